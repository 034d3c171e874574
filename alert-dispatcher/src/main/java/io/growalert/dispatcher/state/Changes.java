package io.growalert.dispatcher.state;

import io.growalert.evaluation.alert.AlertJournal;
import io.growalert.evaluation.alert.SavedAlert;
import io.growalert.events.AlertEvent;
import io.growalert.events.CloudEvent;
import io.growalert.events.Json;
import io.growalert.events.Limits;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * The changes and events of one decision, collected during the decision and written afterwards as a whole, or discarded. Sizes
 * are checked before the first write: a record that the broker rejects would abort the transaction on every retry.
 */
final class Changes implements AlertJournal {
    private static final Encoded NOTHING = new Encoded(Map.of(), Map.of(), List.of(), List.of());

    private final AlertStore store;
    private final Map<String, Map<String, @Nullable SavedAlert>> saved = new LinkedHashMap<>();
    private final Map<String, byte @Nullable []> definitions = new LinkedHashMap<>();
    private final List<AlertEvent> events = new ArrayList<>();

    Changes(AlertStore store) {
        this.store = store;
    }

    @Override
    public Map<String, SavedAlert> load(String monitor) {
        return store.load(monitor);
    }

    @Override
    public void save(String monitor, String key, @Nullable SavedAlert alert) {
        saved.computeIfAbsent(monitor, _ -> new LinkedHashMap<>()).put(key, alert);
    }

    @Override
    public void publish(AlertEvent event) {
        events.add(event);
    }

    /** Stores a definition, or removes it. */
    void define(String monitor, byte @Nullable [] json) {
        definitions.put(monitor, json);
    }

    void discard() {
        definitions.clear();
        saved.clear();
        events.clear();
    }

    /** Encodes the changes; throws before anything is written when a change cannot be encoded or is too large. */
    Encoded encoded(long now) {
        if (definitions.isEmpty() && saved.isEmpty() && events.isEmpty()) {
            return NOTHING;
        }
        var records = new ArrayList<Record<String, byte[]>>(events.size());
        events.forEach(event -> records.add(encoded(event, now)));
        var states = new LinkedHashMap<AlertStore.Key, byte @Nullable []>();
        saved.forEach((monitor, alerts) -> alerts.forEach((key, alert) -> {
            var value = alert == null ? null : StoredAlert.write(alert);
            if (value != null && value.length > Limits.RECORD_BYTES) {
                throw new IllegalStateException("the state of an alert has %d bytes; the limit is %d"
                        .formatted(value.length, Limits.RECORD_BYTES));
            }
            states.put(new AlertStore.Key(monitor, key), value);
        }));
        var encoded = new Encoded(new LinkedHashMap<>(definitions), states, List.copyOf(events), records);
        discard();
        return encoded;
    }

    private static Record<String, byte[]> encoded(AlertEvent event, long now) {
        var type = CloudEvent.ALERT + event.type().wire();
        var headers = new CloudEvent(event.id(), "/growalert/alert-dispatcher", type, event.monitor(), event.slot())
                .headers();
        var value = Json.write(event);
        long size = Limits.recordBytes(null, value, headers);
        if (size > Limits.RECORD_BYTES) {
            throw new IllegalStateException(
                    "an alert event has %d bytes; the limit is %d".formatted(size, Limits.RECORD_BYTES));
        }
        return new Record<>(event.alert(), value, now, headers);
    }

    /** The encoded changes. */
    record Encoded(
            Map<String, byte @Nullable []> definitions,
            Map<AlertStore.Key, byte @Nullable []> states,
            List<AlertEvent> events,
            List<Record<String, byte[]>> records) {
        void write(
                KeyValueStore<String, byte[]> definitionStore,
                AlertStore stateStore,
                Consumer<Record<String, byte[]>> publish) {
            definitions.forEach(definitionStore::put);
            states.forEach(stateStore::put);
            records.forEach(publish);
        }
    }
}
