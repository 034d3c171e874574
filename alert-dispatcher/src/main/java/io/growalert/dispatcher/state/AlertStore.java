package io.growalert.dispatcher.state;

import io.growalert.evaluation.alert.AlertJournal;
import io.growalert.evaluation.alert.SavedAlert;
import io.growalert.events.Json;
import io.growalert.events.UnreadableValue;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The states of alerts by monitor, in a Kafka Streams store. */
final class AlertStore {
    private static final Logger LOG = LoggerFactory.getLogger(AlertStore.class);
    // neither occurs in a monitor's id or an alert's, and they follow each other in byte order
    private static final char SEPARATOR = '/';
    private static final char PAST_SEPARATOR = '0';
    private static final String LISTENED = "#listened";

    private final KeyValueStore<String, byte[]> store;

    AlertStore(KeyValueStore<String, byte[]> store) {
        this.store = store;
    }

    /** One alert of a monitor: the alert's id, or {@link AlertJournal#OWN}. */
    record Key(String monitor, String alert) {}

    /** Loads the stored alerts of a monitor by their ids, except unreadable ones. */
    Map<String, SavedAlert> load(String monitor) {
        var found = new HashMap<String, SavedAlert>();
        try (var entries = store.range(monitor + SEPARATOR, monitor + PAST_SEPARATOR)) {
            entries.forEachRemaining(entry -> {
                try {
                    found.put(entry.key.substring(monitor.length() + 1), StoredAlert.read(entry.value));
                } catch (UnreadableValue e) {
                    LOG.atError()
                            .setCause(e)
                            .addKeyValue("monitorId", monitor)
                            .addKeyValue("key", entry.key)
                            .log("Stored alert state is unreadable; the alert starts without it");
                }
            });
        }
        return found;
    }

    void put(Key key, byte @Nullable [] state) {
        var name = key.monitor() + SEPARATOR + key.alert();
        if (state == null) {
            store.delete(name);
        } else {
            store.put(name, state);
        }
    }

    /** Until when results could arrive, as of the last update; empty when that was never stored. */
    Optional<Instant> listened() {
        return Optional.ofNullable(store.get(LISTENED)).map(json -> Json.read(json, Instant.class));
    }

    void putListened(Instant now) {
        store.put(LISTENED, Json.write(now));
    }
}
