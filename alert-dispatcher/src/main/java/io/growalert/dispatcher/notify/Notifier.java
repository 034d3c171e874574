package io.growalert.dispatcher.notify;

import io.growalert.dispatcher.receiver.Receivers;
import io.growalert.runtime.loop.Progress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

/** The notifier's three threads: the consumer feeds the deliveries, the loop makes them, the upkeep minds the clock. */
public final class Notifier implements SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(Notifier.class);
    /** Below the default: what produces alert events starts after us, and stops before us. */
    public static final int PHASE = SmartLifecycle.DEFAULT_PHASE - 100;

    private static final int INCIDENTS_PER_DELETION = 500;

    private final Options options;
    private final Deliveries deliveries;
    private final DispatchLoop dispatch;
    private final Upkeep upkeep;
    private final AlertConsumer consumer;
    private final Positions positions;
    private final DeadLetters deadLetters;
    private volatile @Nullable Threads threads;

    /**
     * @param instance the name of this instance, unique, and the same after a restart
     * @param history how long incidents are kept after they ended
     */
    public record Options(
            String kafka,
            String instance,
            int partitions,
            Duration sessionTimeout,
            Duration poll,
            Duration shutdownGrace,
            Duration history) {}

    private record Threads(Thread dispatch, Thread upkeep, Thread consumer) {}

    public Notifier(
            Options options,
            Pipeline pipeline,
            Deliveries deliveries,
            Mutes mutes,
            Receivers receivers,
            DeliveryMetrics metrics,
            JdbcClient jdbc,
            TransactionOperations transaction,
            InstantSource clock) {
        this.options = options;
        this.deliveries = deliveries;
        var run = options.instance() + ":" + UUID.randomUUID();
        dispatch = new DispatchLoop(
                run, deliveries, receivers, Backoff.standard(RandomGenerator.getDefault()), metrics, options.poll());
        var retention = new Retention(jdbc, transaction, clock, options.history(), INCIDENTS_PER_DELETION);
        upkeep = new Upkeep(
                new KnownReceivers(jdbc, options.instance()),
                new Acknowledgements(jdbc, transaction),
                mutes,
                retention,
                receivers,
                metrics,
                jdbc,
                clock,
                dispatch::wake,
                options.poll());
        deadLetters = new DeadLetters(options.kafka());
        var kafka =
                new KafkaSettings(options.kafka(), options.instance(), options.sessionTimeout(), options.partitions());
        positions = new Positions(new AlertsTopic(options.kafka()), new Consumed(jdbc));
        consumer = new AlertConsumer(kafka::connect, positions, deadLetters, pipeline, dispatch, metrics);
    }

    /** The names of those of its threads that ended without a stop: only a restart brings them back. */
    public List<String> deadThreads() {
        var running = threads;
        return running == null
                ? List.of()
                : Stream.of(running.dispatch(), running.upkeep(), running.consumer())
                        .filter(thread -> !thread.isAlive())
                        .map(Thread::getName)
                        .toList();
    }

    /** The progress of each of its loops. */
    public List<Progress> loops() {
        return List.of(consumer.progress(), dispatch.progress(), upkeep.progress());
    }

    /** How many deliveries each receiver has that were parked since the last acknowledgement or redrive. */
    public Map<String, Long> parked() {
        return upkeep.parked();
    }

    /** Parked deliveries were acknowledged or redriven. */
    public void parkedChanged() {
        upkeep.recount();
        dispatch.wake();
    }

    /** What prevents the alert events from being read or stored at present; it is retried. */
    public Optional<String> obstacle() {
        return consumer.obstacle();
    }

    /** Something may be due that was not: the loop looks at once. */
    public void wake() {
        dispatch.wake();
    }

    @Override
    public void start() {
        int left = deliveries.release(options.instance() + ":");
        if (left > 0) {
            LOG.atInfo().addKeyValue("deliveries", left).log("Released the previous run's delivery leases");
        }
        threads = new Threads(
                started("notifier-dispatch", dispatch),
                started("notifier-upkeep", upkeep),
                started("notifier-consumer", consumer));
    }

    /** Takes nothing new, lets the handlers that are running finish within the grace, and closes. */
    @Override
    public void stop() {
        var stopping = threads;
        if (stopping == null) {
            return;
        }
        consumer.stop();
        upkeep.stop();
        dispatch.stop();
        join(stopping.dispatch());
        dispatch.settle(options.shutdownGrace());
        join(stopping.upkeep());
        join(stopping.consumer());
        positions.close();
        deadLetters.close();
        threads = null;
    }

    @Override
    public boolean isRunning() {
        return threads != null;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }

    private static Thread started(String name, Runnable task) {
        return Thread.ofPlatform().name(name).start(task);
    }

    private static void join(Thread thread) {
        try {
            thread.join(Duration.ofSeconds(15));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
