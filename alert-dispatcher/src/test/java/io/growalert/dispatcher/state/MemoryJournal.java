package io.growalert.dispatcher.state;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.growalert.evaluation.alert.AlertJournal;
import io.growalert.evaluation.alert.SavedAlert;
import io.growalert.events.AlertEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A journal in memory that stores states as the JSON that the store would have. */
final class MemoryJournal implements AlertJournal {
    final List<AlertEvent> published = new ArrayList<>();
    private final Map<String, Map<String, byte[]>> stored = new HashMap<>();

    @Override
    public Map<String, SavedAlert> load(String monitor) {
        var saved = new HashMap<String, SavedAlert>();
        stored.getOrDefault(monitor, Map.of()).forEach((key, json) -> saved.put(key, StoredAlert.read(json)));
        return saved;
    }

    @Override
    public void save(String monitor, String key, @Nullable SavedAlert alert) {
        var states = stored.computeIfAbsent(monitor, _ -> new HashMap<>());
        if (alert == null) {
            states.remove(key);
        } else {
            states.put(key, StoredAlert.write(alert));
        }
    }

    String json(String monitor, String key) {
        return new String(stored.getOrDefault(monitor, Map.of()).getOrDefault(key, new byte[0]), UTF_8);
    }

    @Override
    public void publish(AlertEvent event) {
        published.add(event);
    }
}
