package io.growalert.dispatcher.state;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.growalert.events.AlertEvent;
import io.growalert.events.Json;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A journal in memory that keeps states as the JSON the store would have. */
final class MemoryJournal implements Journal {
    final List<AlertEvent> told = new ArrayList<>();
    private final Map<String, Map<String, byte[]>> kept = new HashMap<>();
    int writes;

    @Override
    public Map<String, SavedAlert> load(String monitor) {
        var saved = new HashMap<String, SavedAlert>();
        kept.getOrDefault(monitor, Map.of()).forEach((key, json) -> saved.put(key, Json.read(json, SavedAlert.class)));
        return saved;
    }

    @Override
    public void save(String monitor, String key, @Nullable SavedAlert alert) {
        writes++;
        var states = kept.computeIfAbsent(monitor, _ -> new HashMap<>());
        if (alert == null) {
            states.remove(key);
        } else {
            states.put(key, Json.write(alert));
        }
    }

    String json(String monitor, String key) {
        return new String(kept.getOrDefault(monitor, Map.of()).getOrDefault(key, new byte[0]), UTF_8);
    }

    @Override
    public void tell(AlertEvent event) {
        told.add(event);
    }
}
