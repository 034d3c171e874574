package io.growalert.dispatcher.state;

import io.growalert.events.Topics;
import io.growalert.runtime.entitlement.CustomerPauses;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.KeyValueBytesStoreSupplier;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.jspecify.annotations.Nullable;

/** From definitions, check results and commands to alert events and dead letters; heartbeats pass through. */
final class StateTopology {
    static final String DEFINITIONS = "definitions";
    static final String ALERT_STATES = "alert-states";

    /** The topics that it writes; each is also the name of its sink. */
    private static final List<String> WRITTEN = List.of(
            Topics.ALERTS,
            Topics.deadLetters(Topics.MONITORS),
            Topics.deadLetters(Topics.CHECK_RESULTS),
            Topics.deadLetters(Topics.ALERT_COMMANDS));

    /** The topics that it reads. */
    static final List<String> READ = List.of(Topics.MONITORS, Topics.CHECK_RESULTS, Topics.ALERT_COMMANDS);

    /** Every topic that it reads or writes. */
    static final List<String> TOPICS = Stream.of(READ, WRITTEN, List.of(Topics.HEARTBEATS))
            .flatMap(List::stream)
            .toList();

    private StateTopology() {}

    /**
     * @param hearsBroker whether the broker is reachable at present; no monitor counts as silent while it is not
     * @param ownAlertDelay how long a monitor itself must be failing before its own alert fires
     * @param pauses which customers' monitors are paused: they are not silent, and their pushed results are ignored
     */
    static void addTo(
            Topology topology,
            StateMetrics metrics,
            BooleanSupplier hearsBroker,
            Duration ownAlertDelay,
            CustomerPauses pauses) {
        addTo(
                topology,
                metrics,
                hearsBroker,
                ownAlertDelay,
                pauses,
                _ -> InstantSource.system(),
                Stores::persistentKeyValueStore);
    }

    static void addTo(
            Topology topology,
            StateMetrics metrics,
            BooleanSupplier hearsBroker,
            Duration ownAlertDelay,
            CustomerPauses pauses,
            Function<ProcessorContext<?, ?>, InstantSource> clock,
            Function<String, KeyValueBytesStoreSupplier> storedIn) {
        topology.addSource("monitors", new StringDeserializer(), new ByteArrayDeserializer(), Topics.MONITORS);
        topology.addSource(
                "check-results", new StringDeserializer(), new ByteArrayDeserializer(), Topics.CHECK_RESULTS);
        topology.addSource(
                "alert-commands", new StringDeserializer(), new ByteArrayDeserializer(), Topics.ALERT_COMMANDS);
        topology.addProcessor(
                "state",
                new Supplier(metrics, hearsBroker, ownAlertDelay, pauses, clock, storedIn),
                "monitors",
                "check-results",
                "alert-commands");
        for (var topic : WRITTEN) {
            topology.addSink(topic, topic, new StringSerializer(), new ByteArraySerializer(), "state");
        }
        topology.addSink(
                Topics.HEARTBEATS,
                Topics.HEARTBEATS,
                new StringSerializer(),
                new ByteArraySerializer(),
                StateTopology::samePartition,
                "state");
    }

    /** A heartbeat's key is the number of its partition, which it keeps. */
    private static Optional<Set<Integer>> samePartition(
            String topic, @Nullable String key, byte @Nullable [] value, int partitions) {
        return Optional.of(Set.of(Integer.parseInt(Objects.requireNonNull(key)) % partitions));
    }

    private record Supplier(
            StateMetrics metrics,
            BooleanSupplier hearsBroker,
            Duration ownAlertDelay,
            CustomerPauses pauses,
            Function<ProcessorContext<?, ?>, InstantSource> clock,
            Function<String, KeyValueBytesStoreSupplier> storedIn)
            implements ProcessorSupplier<String, byte[], String, byte[]> {
        @Override
        public Processor<String, byte[], String, byte[]> get() {
            return new StateProcessor(metrics, hearsBroker, ownAlertDelay, pauses, clock);
        }

        @Override
        public Set<StoreBuilder<?>> stores() {
            return Set.of(store(DEFINITIONS), store(ALERT_STATES));
        }

        private StoreBuilder<KeyValueStore<String, byte[]>> store(String name) {
            return Stores.keyValueStoreBuilder(storedIn.apply(name), Serdes.String(), Serdes.ByteArray());
        }
    }
}
