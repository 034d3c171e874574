package io.growalert.evaluation.alert;

import io.growalert.events.AlertEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A journal in memory. */
final class MemoryJournal implements AlertJournal {
    final List<AlertEvent> published = new ArrayList<>();
    private final Map<String, Map<String, SavedAlert>> stored = new HashMap<>();
    int writes;

    @Override
    public Map<String, SavedAlert> load(String monitor) {
        return Map.copyOf(stored.getOrDefault(monitor, Map.of()));
    }

    @Override
    public void save(String monitor, String key, @Nullable SavedAlert alert) {
        writes++;
        var states = stored.computeIfAbsent(monitor, _ -> new HashMap<>());
        if (alert == null) {
            states.remove(key);
        } else {
            states.put(key, alert);
        }
    }

    @Override
    public void publish(AlertEvent event) {
        published.add(event);
    }
}
