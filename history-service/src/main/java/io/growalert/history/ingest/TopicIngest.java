package io.growalert.history.ingest;

import io.growalert.events.Topics;
import io.growalert.runtime.kafka.KafkaConnection;
import io.growalert.runtime.kafka.TopicCreator;
import io.growalert.runtime.loop.Loop;
import io.growalert.runtime.loop.Progress;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.event.ConsumerStoppedEvent;
import org.springframework.kafka.event.ListenerContainerIdleEvent;
import org.springframework.kafka.listener.ContainerProperties;
import org.springframework.kafka.listener.KafkaMessageListenerContainer;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Reads the topics with Spring's listener container, and watches it: the container is started when the broker is reachable, and
 * again when it ended; failures, and partitions that do not advance, are reported.
 */
public final class TopicIngest implements SmartLifecycle {
    static final String GROUP = "growalert-history";
    static final List<String> TOPICS =
            List.of(Topics.MONITORS, Topics.CHECK_RESULTS, Topics.ALERTS, Topics.NOTIFICATIONS);

    private static final Duration CHECK = Duration.ofSeconds(2);
    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final Duration SHUTDOWN = Duration.ofSeconds(10);
    /** A position that stands longer, with records behind it, is a failure. */
    private static final Duration LONGEST_BATCH = Duration.ofSeconds(20);

    private static final long IDLE_MILLIS = 500;
    /** So that a steady stream is written about once a second, or whenever there is enough for a fetch. */
    private static final int FETCH_WAIT_MILLIS = 1_000;

    /** The most that a fetch returns of one partition: with more, a backlog of one partition would wait for each fetch. */
    private static final int FETCH_MIN_BYTES = ConsumerConfig.DEFAULT_MAX_PARTITION_FETCH_BYTES;

    private static final int FETCH_MAX_BYTES = 16 << 20;
    /** In one transaction, in which a definition takes four statements. */
    private static final int MOST_RECORDS = 5_000;

    private final Options options;
    private final StoredOffsets offsets;
    private final TopicIds topics;
    private final BatchReceiver receiver;
    private final InstantSource clock;
    private final SkippedRecords skipped;
    private final Loop loop = new Loop(
            "consumer",
            "Storing records failed; retrying",
            Loop.Options.DEFAULT.withRetry(RETRY, RETRY.multipliedBy(2)),
            _ -> watch());
    private @Nullable KafkaMessageListenerContainer<byte[], byte[]> container;
    private TopicIds.@Nullable Ends before;
    private final Map<TopicPartition, Stuck> stuck = new HashMap<>();
    private volatile long lag;
    /** Why the last container ended. */
    private volatile ConsumerStoppedEvent.Reason ending = ConsumerStoppedEvent.Reason.NORMAL;

    /**
     * @param partitions of a topic that is created
     * @param sessionTimeout after how long without a heartbeat an instance counts as dead
     */
    public record Options(KafkaConnection connection, int partitions, Duration sessionTimeout) {}

    public TopicIngest(
            Options options,
            JdbcClient jdbc,
            TransactionOperations transaction,
            DataSource database,
            MeterRegistry meters,
            InstantSource clock) {
        this.options = options;
        this.clock = clock;
        skipped = new SkippedRecords(clock);
        offsets = new StoredOffsets(jdbc);
        topics = new TopicIds(options.connection(), TOPICS);
        var writer = new BatchWriter(jdbc, transaction, database, offsets, new IngestMetrics(meters), skipped);
        receiver = new BatchReceiver(writer, offsets, topics);
        Gauge.builder("growalert.history.lag", this, ingest -> ingest.lag).register(meters);
    }

    public SkippedRecords skipped() {
        return skipped;
    }

    public Progress progress() {
        return loop.progress();
    }

    /** @param since in monotonic time */
    private record Stuck(long position, long since) {}

    private Duration watch() throws Exception {
        var running = container;
        boolean begins = running == null || !running.isRunning();
        if (begins) {
            if (running != null) {
                receiver.ended(ending);
            }
            new TopicCreator(options.connection(), options.partitions()).createMissing(TOPICS);
            before = null;
            container = connect();
            container.start();
        }
        // of a consumer that ended too, until the next one has polled
        var failure = receiver.failure();
        if (failure.isPresent()) {
            throw failure.get();
        }
        if (begins) {
            return CHECK;
        }
        var positions = receiver.positions();
        var known = before;
        if (known != null) {
            complete(known, positions);
        }
        var at = clock.instant();
        before = new TopicIds.Ends(at, topics.ends(positions.keySet()));
        lag = lag(before.offsets(), positions);
        requireProgress(before.offsets(), positions);
        return CHECK;
    }

    private void complete(TopicIds.Ends ends, Map<TopicPartition, Long> positions) {
        var complete = ends.offsets().keySet().stream()
                .filter(partition -> positions.getOrDefault(partition, -1L)
                        >= ends.offsets().getOrDefault(partition, Long.MAX_VALUE))
                .toList();
        offsets.complete(complete, ends.at());
    }

    private static long lag(Map<TopicPartition, Long> ends, Map<TopicPartition, Long> positions) {
        return positions.entrySet().stream()
                .mapToLong(entry -> Math.max(0, ends.getOrDefault(entry.getKey(), 0L) - entry.getValue()))
                .sum();
    }

    private void requireProgress(Map<TopicPartition, Long> ends, Map<TopicPartition, Long> positions) {
        long now = System.nanoTime();
        stuck.keySet().retainAll(positions.keySet());
        positions.forEach((partition, position) -> {
            var before = stuck.get(partition);
            if (position >= ends.getOrDefault(partition, 0L)) {
                stuck.remove(partition);
            } else if (before == null || before.position() != position) {
                stuck.put(partition, new Stuck(position, now));
            } else if (now - before.since() > LONGEST_BATCH.toNanos()) {
                throw new KafkaException("%s does not advance from offset %d although it ends at %d"
                        .formatted(partition, position, ends.get(partition)));
            }
        });
    }

    private KafkaMessageListenerContainer<byte[], byte[]> connect() {
        var properties = new ContainerProperties(TOPICS.toArray(String[]::new));
        properties.setMessageListener(receiver);
        properties.setConsumerRebalanceListener(receiver);
        properties.setAckMode(ContainerProperties.AckMode.BATCH);
        properties.setSyncCommits(false);
        properties.setIdleEventInterval(IDLE_MILLIS);
        properties.setShutdownTimeout(SHUTDOWN.toMillis());
        properties.setPollTimeout(IDLE_MILLIS);
        var created = new KafkaMessageListenerContainer<>(consumers(), properties);
        created.setBeanName("history-consumer");
        created.setCommonErrorHandler(receiver);
        created.setApplicationEventPublisher(event -> {
            if (event instanceof ListenerContainerIdleEvent idle) {
                receiver.idle(idle.getConsumer());
            } else if (event instanceof ConsumerStoppedEvent stopped) {
                ending = stopped.getReason();
            }
        });
        return created;
    }

    private DefaultKafkaConsumerFactory<byte[], byte[]> consumers() {
        var settings = new HashMap<String, Object>();
        settings.put(ConsumerConfig.GROUP_ID_CONFIG, GROUP);
        settings.put(ConsumerConfig.GROUP_PROTOCOL_CONFIG, "classic");
        settings.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, (int)
                options.sessionTimeout().toMillis());
        settings.put(
                ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG,
                (int) options.sessionTimeout().toMillis() / 3);
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        settings.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, FETCH_WAIT_MILLIS);
        settings.put(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, FETCH_MIN_BYTES);
        settings.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, FETCH_MAX_BYTES);
        settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, MOST_RECORDS);
        settings.put(ConsumerConfig.ENABLE_METRICS_PUSH_CONFIG, false);
        return new DefaultKafkaConsumerFactory<>(
                options.connection().consumer(settings), new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    @Override
    public void start() {
        loop.start();
    }

    /** Waits up to 10 s for the batch under way; what is not committed is read again. */
    @Override
    public void stop() {
        loop.stop();
        var running = container;
        container = null;
        if (running != null) {
            running.stop();
        }
        topics.close();
    }

    @Override
    public boolean isRunning() {
        return loop.isRunning();
    }
}
