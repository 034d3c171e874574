package io.growalert.dispatcher.state;

import io.growalert.events.Json;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/** The states of alerts by monitor, in a Kafka Streams store. */
final class AlertStore {
    // neither occurs in a monitor's id or an alert's, and they follow each other in byte order
    private static final char SEPARATOR = '/';
    private static final char PAST_SEPARATOR = '0';

    private final KeyValueStore<String, byte[]> store;

    AlertStore(KeyValueStore<String, byte[]> store) {
        this.store = store;
    }

    Map<String, SavedAlert> load(String monitor) {
        var found = new HashMap<String, SavedAlert>();
        try (var entries = store.range(monitor + SEPARATOR, monitor + PAST_SEPARATOR)) {
            entries.forEachRemaining(entry ->
                    found.put(entry.key.substring(monitor.length() + 1), Json.read(entry.value, SavedAlert.class)));
        }
        return found;
    }

    void save(String monitor, String key, @Nullable SavedAlert alert) {
        if (alert == null) {
            store.delete(monitor + SEPARATOR + key);
        } else {
            store.put(monitor + SEPARATOR + key, Json.write(alert));
        }
    }
}
