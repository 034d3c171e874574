package io.growalert.dispatcher.state;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.samskivert.mustache.MustacheException;
import io.growalert.events.AlertEvent;
import io.growalert.events.CheckResult;
import io.growalert.events.CloudEvent;
import io.growalert.events.DeadLetter;
import io.growalert.events.Json;
import io.growalert.events.Topics;
import io.growalert.events.UnreadableValue;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Definitions and results of one partition in, alert events and dead letters out. What it holds in memory is read from
 * the stores whenever its task starts, so an aborted transaction takes it back together with them.
 */
final class StateProcessor implements Processor<String, byte[], String, byte[]> {
    private static final Logger LOG = LoggerFactory.getLogger(StateProcessor.class);
    private static final Duration LISTEN_EVERY = Duration.ofSeconds(1);

    private final StateMetrics metrics;
    private final BooleanSupplier hearsBroker;

    @SuppressWarnings("NullAway.Init") // Kafka Streams calls init before anything else
    private Task task;

    StateProcessor(StateMetrics metrics, BooleanSupplier hearsBroker) {
        this.metrics = metrics;
        this.hearsBroker = hearsBroker;
    }

    @Override
    public void init(ProcessorContext<String, byte[]> context) {
        task = new Task(context);
        context.schedule(LISTEN_EVERY, PunctuationType.WALL_CLOCK_TIME, _ -> task.listen());
    }

    @Override
    public void process(Record<String, byte[]> record) {
        task.process(record);
    }

    /** What lives from one start of the task to the next. */
    private final class Task implements Journal {
        private final ProcessorContext<String, byte[]> context;
        private final KeyValueStore<String, byte[]> definitions;
        private final AlertStore alerts;
        private final CommitPace.Requests commits;
        private final Map<String, WatchedMonitor> monitors = new HashMap<>();
        private final Set<String> faulty = new HashSet<>();
        private @Nullable Instant listeningSince;
        private long lateArrival = Long.MIN_VALUE / 2;

        Task(ProcessorContext<String, byte[]> context) {
            this.context = context;
            commits = new CommitPace.Requests(context);
            definitions = context.getStateStore(StateTopology.DEFINITIONS);
            alerts = new AlertStore(context.getStateStore(StateTopology.ALERT_STATES));
            try (var all = definitions.all()) {
                all.forEachRemaining(entry -> restore(entry.key, entry.value));
            }
        }

        private void restore(String id, byte[] json) {
            try {
                monitors.put(id, new WatchedMonitor(CompiledDefinition.read(json), this, Instant.EPOCH));
            } catch (UnreadableValue | MustacheException e) {
                LOG.atError()
                        .setCause(e)
                        .addKeyValue("monitor", id)
                        .log("A definition that was kept is none any more; its monitor is not watched");
            }
        }

        void process(Record<String, byte[]> record) {
            if (listeningSince == null) {
                listeningSince = now(); // Kafka Streams' clock stands at zero while a task starts
            }
            boolean isResult = context.recordMetadata().orElseThrow().topic().equals(Topics.CHECK_RESULTS);
            try {
                if (isResult) {
                    result(record);
                } else {
                    definition(record);
                }
            } catch (UnreadableValue | MustacheException e) {
                deadLetter(record, e.getMessage());
            }
        }

        private void result(Record<String, byte[]> record) {
            long now = context.currentSystemTimeMs();
            long waited = now - record.timestamp();
            metrics.arrived(waited);
            if (waited > StateMetrics.LATE.toMillis()) {
                lateArrival = now;
            }
            if (record.value() == null) {
                deadLetter(record, "a check result is expected, not nothing");
                return;
            }
            var run = Json.read(record.value(), CheckResult.class);
            if (!run.monitor().equals(record.key())) {
                deadLetter(record, "the key is not the result's monitor");
                return;
            }
            var monitor = monitors.get(run.monitor());
            if (monitor == null) {
                metrics.ignoredUndefined();
                return;
            }
            if (monitor.definition().isAhead(run.slot(), Instant.ofEpochMilli(record.timestamp()))) {
                deadLetter(record, "the slot %s is ahead of the broker's clock".formatted(run.slot()));
                return;
            }
            metrics.judged(run.series().size());
            metrics.ignoredOld(monitor.observe(run));
        }

        private void definition(Record<String, byte[]> record) {
            var id = record.key();
            var json = record.value();
            if (id == null) {
                deadLetter(record, "a definition needs its monitor's id as key");
            } else if (json == null) {
                remove(id, Instant.ofEpochMilli(record.timestamp()));
            } else {
                var read = CompiledDefinition.read(json);
                if (read.monitor().equals(id)) {
                    define(read, json);
                } else {
                    deadLetter(record, "the key is not the definition's id");
                }
            }
        }

        private void define(CompiledDefinition definition, byte[] json) {
            var id = definition.monitor();
            var there = monitors.get(id);
            if (there == null) {
                monitors.put(id, new WatchedMonitor(definition, this, now()));
            } else if (!there.definition().definition().equals(definition.definition())) {
                there.redefine(definition, now());
            } else {
                return;
            }
            definitions.put(id, json);
        }

        private void remove(String id, Instant at) {
            var there = monitors.remove(id);
            if (there != null) {
                there.remove(at);
                definitions.delete(id);
            }
        }

        /** Looks for silent monitors, unless what they said may still be on its way. */
        void listen() {
            var now = now();
            if (listeningSince == null || !hearsBroker.getAsBoolean()) {
                listeningSince = now;
            }
            if (now.toEpochMilli() - lateArrival <= StateMetrics.LATE.toMillis()) {
                return;
            }
            for (var monitor : monitors.entrySet()) {
                listen(monitor.getKey(), monitor.getValue(), now, listeningSince);
            }
        }

        /** A fault with one monitor is said once, and keeps no other from being listened to. */
        private void listen(String id, WatchedMonitor monitor, Instant now, Instant since) {
            try {
                monitor.listen(now, since);
            } catch (KafkaException e) {
                throw e; // what was told is not certain: the task has to start again
            } catch (RuntimeException e) {
                if (faulty.add(id)) {
                    LOG.atError().setCause(e).addKeyValue("monitor", id).log("Nobody can tell if a monitor is silent");
                }
            }
        }

        @Override
        public Map<String, SavedAlert> load(String monitor) {
            return alerts.load(monitor);
        }

        @Override
        public void save(String monitor, String key, @Nullable SavedAlert alert) {
            alerts.save(monitor, key, alert);
        }

        @Override
        public void tell(AlertEvent event) {
            var type = CloudEvent.ALERT + event.type().wire();
            var headers = new CloudEvent(event.id(), "/growalert/alert-dispatcher", type, event.monitor(), event.slot())
                    .headers();
            context.forward(
                    new Record<>(event.alert(), Json.write(event), context.currentSystemTimeMs(), headers),
                    Topics.ALERTS);
            commits.request();
            metrics.told(event.type());
        }

        private void deadLetter(Record<String, byte[]> record, @Nullable String reason) {
            var origin = context.recordMetadata().orElseThrow();
            var key = record.key() == null ? null : record.key().getBytes(UTF_8);
            var letter = new DeadLetter(origin.topic(), origin.partition(), origin.offset(), String.valueOf(reason))
                    .of(key, record.value(), record.headers());
            context.forward(
                    record.withKey(letter.key() == null ? null : new String(letter.key(), UTF_8))
                            .withValue(letter.value())
                            .withHeaders(letter.headers()),
                    Topics.deadLetters(origin.topic()));
            commits.request();
            metrics.deadLetter(Topics.deadLetters(origin.topic()));
        }

        private Instant now() {
            return Instant.ofEpochMilli(context.currentSystemTimeMs());
        }
    }
}
