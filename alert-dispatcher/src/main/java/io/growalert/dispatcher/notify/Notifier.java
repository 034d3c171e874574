package io.growalert.dispatcher.notify;

import io.growalert.dispatcher.ack.AcknowledgedIncidents;
import io.growalert.dispatcher.ack.Escalations;
import io.growalert.dispatcher.deadman.StoredHeartbeats;
import io.growalert.dispatcher.group.GroupFormer;
import io.growalert.dispatcher.pause.Pausing;
import io.growalert.dispatcher.pause.UnrepeatedIncidents;
import io.growalert.dispatcher.receiver.Receivers;
import io.growalert.dispatcher.silence.LoadedRules;
import io.growalert.dispatcher.silence.Silences;
import io.growalert.runtime.database.DatabaseClock;
import io.growalert.runtime.kafka.KafkaConnection;
import io.growalert.runtime.loop.Loop;
import io.growalert.runtime.loop.Progress;
import io.growalert.runtime.schedule.ScheduledTask;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Runs the notifier: {@link AlertConsumer} stores alert events and their deliveries, {@link DispatchLoop} makes the deliveries,
 * {@link GroupFormer} forms the messages of groups, {@link Housekeeping} begins and ends silences and reads changed files. Its {@link #scheduledTasks} delete old incidents and park the
 * deliveries of unknown receivers.
 */
public final class Notifier implements SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(Notifier.class);
    /** Below the default: it starts before what produces alert events, and stops after it. */
    public static final int PHASE = SmartLifecycle.DEFAULT_PHASE - 100;

    static final Loop.Options LOOPS = Loop.Options.DEFAULT.withThreadPrefix("notifier-");

    private static final int INCIDENTS_PER_DELETION = 500;

    private final Options options;
    private final Deliveries deliveries;
    private final DispatchLoop dispatch;
    private final ReceiverCircuits circuits;
    private final Housekeeping housekeeping;
    private final Loop groups;
    private final AlertConsumer consumer;
    private final Positions positions;
    private final DeadLetters deadLetters;
    private final DeliveryMetrics metrics;
    private final List<ScheduledTask> scheduledTasks;
    private volatile boolean running;

    /**
     * @param instance the name of this instance, unique, and the same after a restart
     * @param history how long incidents are retained after they ended
     */
    public record Options(
            KafkaConnection kafka,
            String instance,
            int partitions,
            Duration sessionTimeout,
            Duration poll,
            Duration shutdownGrace,
            Duration history) {}

    /** @param clock by which groups, escalations and the hours of routes are due: the database's, unless in tests */
    public Notifier(
            Options options,
            Pipeline pipeline,
            Deliveries deliveries,
            Silences silences,
            LoadedRules rules,
            Escalations escalations,
            Receivers receivers,
            Pausing pausing,
            DeliveryMetrics metrics,
            JdbcClient jdbc,
            TransactionOperations transaction,
            InstantSource clock) {
        this.options = options;
        this.deliveries = deliveries;
        this.metrics = metrics;
        var run = options.instance() + ":" + UUID.randomUUID();
        circuits = new ReceiverCircuits(System::nanoTime);
        metrics.bind(circuits);
        dispatch = new DispatchLoop(
                run,
                deliveries,
                receivers,
                Backoff.standard(RandomGenerator.getDefault()),
                metrics,
                circuits,
                options.poll());
        var known = new KnownReceivers(jdbc, transaction, options.instance(), circuits::failing);
        var storedUntil = new StoredUntil(InstantSource.system());
        housekeeping = new Housekeeping(
                known,
                new ParkedAcknowledgements(jdbc, transaction),
                silences,
                rules,
                new IntervalHolds(jdbc, transaction, clock),
                escalations,
                receivers,
                metrics,
                jdbc,
                InstantSource.system(),
                // by the database's clock: an instance whose own clock is behind would delay the escalations of all
                new SharedStoredUntil(
                        jdbc, options.instance(), () -> clock.instant().minus(storedUntil.behind()))::get,
                dispatch::wake,
                options.poll());
        var former = new GroupFormer(
                jdbc,
                transaction,
                silences,
                receivers::routes,
                (event, receiver, now) -> Route.heldUntil(event, receivers.routes(), receiver, now),
                new UnrepeatedIncidents(jdbc, pausing, new AcknowledgedIncidents(jdbc, clock)::acknowledged),
                clock);
        groups = new Loop(
                "groups",
                "Forming the groups' messages failed; retrying",
                LOOPS.withRetry(options.poll(), options.poll()),
                _ -> {
                    if (former.formDue() == 0) {
                        return options.poll();
                    }
                    dispatch.wake();
                    return Duration.ZERO;
                });
        var databaseClock = new DatabaseClock(jdbc);
        scheduledTasks = List.of(
                new IncidentRetention(jdbc, transaction, clock, options.history(), INCIDENTS_PER_DELETION).task(),
                new UnknownReceivers(known, receivers, metrics, jdbc, databaseClock).task(),
                new ScheduledTask(
                        "silence-retention",
                        Duration.ofHours(1),
                        Duration.ofSeconds(10),
                        _ -> silences.deleteEndedBefore(clock.instant().minus(options.history()))),
                new ReceiverAlarms(
                                known,
                                new ParkedAcknowledgements(jdbc, transaction),
                                receivers,
                                jdbc,
                                transaction,
                                databaseClock,
                                dispatch::wake)
                        .task());
        deadLetters = new DeadLetters(options.kafka());
        var kafka = new AlertConsumerSettings(
                options.kafka(), options.instance(), options.sessionTimeout(), options.partitions());
        positions = new Positions(new AlertsTopic(options.kafka()), new Consumed(jdbc), storedUntil);
        consumer = new AlertConsumer(
                kafka::connect, positions, deadLetters, pipeline, dispatch, metrics, new StoredHeartbeats(jdbc));
    }

    /** What runs by the clock, on one instance at a time. */
    public List<ScheduledTask> scheduledTasks() {
        return scheduledTasks;
    }

    private Stream<Loop> all() {
        return Stream.of(consumer.loop(), dispatch.loop(), housekeeping.loop(), groups);
    }

    /** The names of its threads that ended without a stop: only a restart of the service starts them again. */
    public List<String> deadThreads() {
        return all().filter(Loop::isDead).map(Loop::threadName).toList();
    }

    /** The progress of each of its loops. */
    public List<Progress> loops() {
        return all().map(Loop::progress).toList();
    }

    /** Whether none of its loops is stalled or ended. */
    public boolean makesProgress() {
        return loops().stream().allMatch(loop -> loop.stalled().isEmpty())
                && deadThreads().isEmpty();
    }

    /** How many deliveries each receiver has that were parked since the last acknowledgement or redrive. */
    public Map<String, Long> parked() {
        return housekeeping.parked();
    }

    /** The receivers whose circuit breaker is open at this instance. */
    public Set<String> openCircuits() {
        return circuits.open();
    }

    /** The receiver's circuit breaker at this instance. */
    public CircuitState circuit(String receiver) {
        return circuits.state(receiver);
    }

    /** Parked deliveries were acknowledged or redriven. */
    public void parkedChanged() {
        housekeeping.recount();
        dispatch.wake();
    }

    /** What prevents the alert events from being read or stored at present; it is retried. */
    public Optional<String> obstacle() {
        return consumer.loop().obstacle();
    }

    /** There may be new deliveries that are due. */
    public void wake() {
        dispatch.wake();
    }

    @Override
    public void start() {
        int released = deliveries.release(options.instance() + ":");
        if (released > 0) {
            LOG.atInfo().addKeyValue("deliveries", released).log("Released the previous run's delivery leases");
        }
        // before the first event arrives
        housekeeping.tickHolds();
        running = true;
        all().forEach(Loop::start);
    }

    /** Claims nothing more, lets the running handlers finish within the grace, and closes. */
    @Override
    public void stop() {
        if (!running) {
            return;
        }
        all().forEach(Loop::requestStop);
        dispatch.loop().stop();
        dispatch.settle(options.shutdownGrace());
        housekeeping.loop().stop();
        groups.stop();
        consumer.loop().stop();
        metrics.reportParked();
        positions.close();
        deadLetters.close();
        running = false;
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }
}
