package io.growalert.dispatcher.state;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.growalert.evaluation.alert.Listening;
import io.growalert.events.DeadLetter;
import io.growalert.events.Heartbeat;
import io.growalert.events.Topics;
import io.growalert.events.UnreadableValue;
import io.growalert.runtime.entitlement.CustomerPauses;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
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
 * Processes the definitions, results and commands of one partition into alert events and dead letters.
 * {@link PartitionMonitorStates} decides; its decision is written here as a whole, in Kafka Streams' transaction. Any exception of a decision dead-letters the
 * record in the same transaction, so that no record blocks the others. Kafka's own exceptions restart the task.
 */
final class StateProcessor implements Processor<String, byte[], String, byte[]> {
    private static final Logger LOG = LoggerFactory.getLogger(StateProcessor.class);
    private static final int MAX_SHOWN = 200;

    private final StateMetrics metrics;
    private final BooleanSupplier hearsBroker;
    private final Duration ownAlertDelay;
    private final CustomerPauses pauses;
    private final Function<ProcessorContext<?, ?>, InstantSource> clockOf;

    @SuppressWarnings("NullAway.Init") // Kafka Streams calls init before anything else
    private Task task;

    StateProcessor(
            StateMetrics metrics,
            BooleanSupplier hearsBroker,
            Duration ownAlertDelay,
            CustomerPauses pauses,
            Function<ProcessorContext<?, ?>, InstantSource> clockOf) {
        this.metrics = metrics;
        this.hearsBroker = hearsBroker;
        this.ownAlertDelay = ownAlertDelay;
        this.pauses = pauses;
        this.clockOf = clockOf;
    }

    @Override
    public void init(ProcessorContext<String, byte[]> context) {
        task = new Task(context);
        context.schedule(Listening.EVERY, PunctuationType.WALL_CLOCK_TIME, _ -> task.listen());
    }

    @Override
    public void process(Record<String, byte[]> record) {
        task.process(record);
    }

    /** The state of one run of the task, read from the stores at its start. */
    private final class Task {
        private final ProcessorContext<String, byte[]> context;
        private final KeyValueStore<String, byte[]> definitions;
        private final AlertStore alerts;
        private final Changes changes;
        private final Listening listening = new Listening();
        private final PartitionMonitorStates monitors;
        private final CommitPace.Requests commits;
        private final InstantSource clock;

        Task(ProcessorContext<String, byte[]> context) {
            this.context = context;
            clock = clockOf.apply(context);
            definitions = context.getStateStore(StateTopology.DEFINITIONS);
            alerts = new AlertStore(context.getStateStore(StateTopology.ALERT_STATES));
            changes = new Changes(alerts);
            commits = new CommitPace.Requests(context);
            monitors =
                    new PartitionMonitorStates(definitions, alerts, changes, listening, ownAlertDelay, metrics, pauses);
        }

        void process(Record<String, byte[]> record) {
            var topic = context.recordMetadata().orElseThrow().topic();
            if (topic.equals(Topics.CHECK_RESULTS) && Heartbeat.MONITOR.equals(record.key())) {
                passOn(record);
                return;
            }
            var now = clock.instant();
            listening.start(now);
            Changes.Encoded decided;
            try {
                decide(topic, record);
                decided = changes.encoded(now.toEpochMilli());
            } catch (Unusable | UnreadableValue e) {
                changes.discard();
                deadLetter(record, String.valueOf(e.getMessage()));
                return;
            } catch (Throwable e) {
                rethrowUnlessPoison(e);
                LOG.atError()
                        .setCause(e)
                        .addKeyValue("topic", topic)
                        .addKeyValue("monitorId", record.key())
                        .log("Processing a record failed; dead-lettering it");
                changes.discard();
                monitors.reload(record.key());
                deadLetter(record, e.toString());
                return;
            }
            write(decided);
            if (topic.equals(Topics.CHECK_RESULTS)) {
                monitors.storeListened(Instant.ofEpochMilli(record.timestamp()));
            }
        }

        /** A heartbeat is no result: it changes no state, and the commits of the results take it along. */
        private void passOn(Record<String, byte[]> record) {
            var partition = context.recordMetadata().orElseThrow().partition();
            Record<String, byte[]> heartbeat;
            try {
                heartbeat = Heartbeats.passing(record, partition);
            } catch (IllegalArgumentException | StackOverflowError e) {
                deadLetter(record, String.valueOf(e.getMessage()));
                return;
            }
            context.forward(heartbeat, Topics.HEARTBEATS);
        }

        private void decide(String topic, Record<String, byte[]> record) {
            var at = Instant.ofEpochMilli(record.timestamp());
            switch (topic) {
                case Topics.CHECK_RESULTS -> {
                    if (metrics.arrived(clock.millis() - record.timestamp())) {
                        listening.late();
                    }
                    monitors.result(record.key(), record.value(), at);
                }
                case Topics.MONITORS -> monitors.definition(record.key(), record.value(), at);
                case Topics.ALERT_COMMANDS -> monitors.command(record.key(), record.value(), at);
                default -> throw new IllegalStateException("unexpected topic " + topic);
            }
        }

        /** Checks for silent monitors, unless late results may still arrive, or it is not known yet which monitors are paused. */
        void listen() {
            var now = clock.instant();
            listening.tick(now, hearsBroker.getAsBoolean());
            if (!listening.isPostponed() && pauses.isReady()) {
                monitors.listen(now, this::write);
            }
        }

        private void write(Changes.Encoded decided) {
            decided.write(definitions, alerts, record -> context.forward(record, Topics.ALERTS));
            if (!decided.events().isEmpty()) {
                commits.request();
                decided.events().forEach(event -> metrics.transition(event.type()));
            }
        }

        private void deadLetter(Record<String, byte[]> record, String reason) {
            var origin = context.recordMetadata().orElseThrow();
            LOG.atWarn()
                    .addKeyValue("topic", origin.topic())
                    .addKeyValue("partition", origin.partition())
                    .addKeyValue("offset", origin.offset())
                    .addKeyValue("monitorId", shown(record.key()))
                    .addKeyValue("reason", shown(reason))
                    .log("Record dead-lettered");
            var key = record.key() == null ? null : record.key().getBytes(UTF_8);
            var letter = new DeadLetter(origin.topic(), origin.partition(), origin.offset(), reason)
                    .of(key, record.value(), record.headers());
            context.forward(
                    record.withKey(text(letter.key())).withValue(letter.value()).withHeaders(letter.headers()),
                    letter.topic());
            commits.request();
            metrics.deadLetter(letter.topic());
        }

        private static String shown(@Nullable String text) {
            return text == null ? "" : text.substring(0, Math.min(MAX_SHOWN, text.length()));
        }

        private static @Nullable String text(byte @Nullable [] key) {
            return key == null ? null : new String(key, UTF_8);
        }
    }

    /** Kafka's exceptions and the JVM's own errors are not caused by a record; a stack overflow may be. */
    static void rethrowUnlessPoison(Throwable e) {
        switch (e) {
            case KafkaException kafka -> throw kafka;
            case StackOverflowError _ -> {}
            case VirtualMachineError failure -> throw failure;
            case LinkageError failure -> throw failure;
            default -> {}
        }
    }
}
