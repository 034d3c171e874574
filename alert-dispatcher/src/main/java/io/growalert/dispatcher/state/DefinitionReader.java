package io.growalert.dispatcher.state;

import io.growalert.evaluation.alert.CompiledDefinition;
import io.growalert.events.Json;
import io.growalert.events.Limits;
import io.growalert.events.MonitorDefinition;
import io.growalert.events.UnreadableValue;

/** Reads definitions from the topic and from the store. */
final class DefinitionReader {
    /** The limit of labels and receivers, at which every event of the monitor fits into a record. */
    static final int MOST_BYTES_IN_EVENTS = 256 * 1024;

    private DefinitionReader() {}

    /**
     * @throws UnreadableValue when the JSON is no definition
     * @throws Unusable when its events would not fit into a record
     */
    static CompiledDefinition read(byte[] json) {
        if (json.length > Limits.RECORD_BYTES) {
            throw new Unusable(
                    "the definition has %d bytes; the limit is %d".formatted(json.length, Limits.RECORD_BYTES));
        }
        var definition = Json.read(json, MonitorDefinition.class);
        long inEvents = Json.write(definition.labels()).length
                + (long) Json.write(definition.alert().receivers()).length;
        if (inEvents > MOST_BYTES_IN_EVENTS) {
            throw new Unusable(
                    "labels and receivers have %d bytes; the limit is %d".formatted(inEvents, MOST_BYTES_IN_EVENTS));
        }
        return new CompiledDefinition(definition, MustacheSummary.of(definition));
    }
}
