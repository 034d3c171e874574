package io.growalert.monitor;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Takes runs from the buffer to Kafka in groups, one group at a time: while one is on its way the next gathers, so the
 * groups are as large as the load wants them and a lone result does not wait. What Kafka has not taken is either in the
 * buffer or in the one group, never piled up in the producer.
 */
@Component
final class ResultSender implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ResultSender.class);
    private static final long GROUP_BYTES = 4L << 20;
    /** Fewer and larger groups cost less, so the next waits this long for each run of the last, up to a bound. */
    private static final Duration PACE = Duration.ofNanos(200_000);

    private static final Duration LONGEST_PACE = Duration.ofMillis(50);
    private static final Duration REOPEN_AFTER = Duration.ofSeconds(1);
    private static final Duration STUCK = Duration.ofSeconds(10);

    private final Supplier<Producer<String, byte[]>> connect;
    private final ResultBuffer buffer;
    private final InstantSource clock;
    private final Duration grace;
    private final Counter dropped;
    private final Counter refused;
    private final AtomicLong acknowledged = new AtomicLong();
    private final Thread thread;
    private volatile @Nullable Instant sendingSince;
    private volatile boolean closed;

    @Autowired
    ResultSender(Kafka kafka, MonitorServiceSettings settings, InstantSource clock, MeterRegistry meters) {
        this(kafka::groupSender, settings, clock, meters);
    }

    ResultSender(
            Supplier<Producer<String, byte[]>> connect,
            MonitorServiceSettings settings,
            InstantSource clock,
            MeterRegistry meters) {
        this.buffer = new ResultBuffer(settings.buffer().toBytes());
        this.connect = connect;
        this.clock = clock;
        this.grace = settings.grace();
        this.dropped = meters.counter("growalert.results.dropped");
        this.refused = meters.counter("growalert.results.refused");
        meters.gauge("growalert.results.buffered.bytes", buffer, ResultBuffer::bytes);
        meters.gauge("growalert.results.buffered.runs", buffer, ResultBuffer::size);
        this.thread = Thread.ofPlatform().name("growalert-results").start(this::sendUntilClosed);
    }

    /** Hands a run over and returns at once. */
    void send(EncodedRun run) {
        int gone = buffer.add(run);
        if (gone > 0) {
            dropped.increment(gone);
        }
    }

    /** How many records Kafka has taken since the start. */
    long acknowledged() {
        return acknowledged.get();
    }

    /** How many runs wait, those on their way left out. */
    int waiting() {
        return buffer.size();
    }

    /** Since when Kafka owes an acknowledgement that should have been here long ago. */
    Optional<Instant> stuckSince() {
        return Optional.ofNullable(sendingSince)
                .filter(since -> since.plus(STUCK).isBefore(clock.instant()));
    }

    private void sendUntilClosed() {
        try {
            var group = buffer.take(GROUP_BYTES);
            while (!group.isEmpty()) {
                group = sendFrom(group);
            }
        } catch (InterruptedException | InterruptException e) {
            LOG.atWarn()
                    .addKeyValue("waiting", buffer.size())
                    .log("stopped before Kafka had taken all results; the rest is lost");
        }
    }

    /** Sends this group and those after it; answers the group that a producer broke at, for a new one to send again. */
    private List<EncodedRun> sendFrom(List<EncodedRun> first) throws InterruptedException {
        var group = first;
        Producer<String, byte[]> producer = null;
        try {
            producer = connect.get();
            for (; !group.isEmpty(); group = buffer.take(GROUP_BYTES)) {
                long start = System.nanoTime();
                send(group, producer);
                long pace = Math.min(group.size() * PACE.toNanos(), LONGEST_PACE.toNanos());
                long left = pace - (System.nanoTime() - start);
                if (left > 0 && !closed) {
                    TimeUnit.NANOSECONDS.sleep(left);
                }
            }
        } catch (InterruptException e) {
            throw e;
        } catch (KafkaException e) {
            LOG.atWarn().setCause(e).log("results cannot be sent; trying again with a new connection");
            Thread.sleep(REOPEN_AFTER);
        } finally {
            if (producer != null) {
                producer.close(Duration.ZERO);
            }
        }
        return group;
    }

    private void send(List<EncodedRun> group, Producer<String, byte[]> producer) throws InterruptedException {
        sendingSince = clock.instant();
        for (var run : group) {
            for (var record : run.records()) {
                while (!isAccepted(producer.send(record, this::answered))) {
                    if (Thread.interrupted()) {
                        throw new InterruptedException();
                    }
                }
            }
        }
        producer.flush();
        sendingSince = null;
    }

    /** False when the producer does not know the topic's partitions yet, for want of a broker. */
    private static boolean isAccepted(Future<RecordMetadata> sent) {
        return !(sent.state() == Future.State.FAILED && sent.exceptionNow() instanceof TimeoutException);
    }

    private void answered(@Nullable RecordMetadata metadata, @Nullable Exception failure) {
        switch (failure) {
            case null -> acknowledged.incrementAndGet();
            case TimeoutException timeout -> LOG.atDebug().log("Kafka does not answer; sending goes on");
            default -> {
                refused.increment();
                LOG.atError().setCause(failure).log("Kafka refused a result; it is lost");
            }
        }
    }

    /** Waits until Kafka has taken what is there, for as long as the grace period. */
    @Override
    public void close() {
        closed = true;
        buffer.close();
        try {
            if (!thread.join(grace)) {
                thread.interrupt();
                thread.join();
            }
        } catch (InterruptedException e) {
            thread.interrupt();
            Thread.currentThread().interrupt();
        }
    }
}
