package io.growalert.monitor.publish;

import io.growalert.events.Topics;
import io.growalert.runtime.loop.Loop;
import io.growalert.runtime.loop.Progress;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends runs from the buffer to Kafka in rounds. While one round is in flight the next is collected, so that batches grow with the load
 * and a single result does not wait. The records of a partition leave when its previous ones are acknowledged; a partition without a
 * leader delays only its own. What Kafka has not acknowledged is in the buffer or in flight, and never piles up in the producer.
 */
public final class ResultSender implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ResultSender.class);
    private static final String UNSENT = "the topic's partitions are unknown, or the producer's memory is full";
    private static final long IN_FLIGHT_BYTES = 4L << 20;
    /** Fewer and larger rounds cost less, so the next waits this long for each run of the last, up to a limit. */
    private static final Duration PACE = Duration.ofNanos(200_000);

    private static final Duration LONGEST_PACE = Duration.ofMillis(50);
    private static final Duration RECONNECT_AFTER = Duration.ofSeconds(1);
    /** While Kafka denies access. */
    private static final Duration LONGEST_RECONNECT = Duration.ofSeconds(5);

    private static final Duration INTERRUPT_AFTER = Duration.ofMillis(100);
    /** After this long without any acknowledgement, Kafka is unavailable. */
    private static final Duration UNAVAILABLE = Duration.ofSeconds(10);

    private final ExistingTopic topic;
    private final Supplier<? extends Producer<String, byte[]>> connect;
    private final ResultBuffer buffer;
    private final long maxBytes;
    private final Duration grace;
    private final Counter dropped;
    private final Counter refused;
    private final AtomicLong acknowledged = new AtomicLong();
    private final Loop loop;
    private final CountDownLatch drained = new CountDownLatch(1);
    /** Counts the connections: acknowledgements of an earlier one are ignored, because its records are sent again. */
    private final AtomicInteger connection = new AtomicInteger();
    /** The loop's thread, which must not count a record that the producer does not accept. */
    private volatile @Nullable Thread sending;
    /** Whether the last round failed before anything was sent. Of the loop's thread. */
    private boolean unrouted;

    private final Outage outage;

    private volatile boolean closed;

    /** The topic of the results, which a producer must not make the broker create. */
    @FunctionalInterface
    public interface ExistingTopic {
        /** False when it does not exist after this time. */
        boolean await(Duration atMost) throws InterruptedException;
    }

    /**
     * @param topic awaited before the first connection
     * @param maxBytes of waiting runs, above which the oldest are dropped
     * @param grace how long {@link #close} waits for acknowledgements
     */
    public ResultSender(
            ExistingTopic topic,
            Supplier<? extends Producer<String, byte[]>> connect,
            long maxBytes,
            Duration grace,
            LongSupplier nanoTime,
            MeterRegistry meters) {
        this.buffer = new ResultBuffer(maxBytes, IN_FLIGHT_BYTES, nanoTime);
        this.maxBytes = maxBytes;
        this.topic = topic;
        this.connect = connect;
        this.outage = new Outage(nanoTime);
        this.grace = grace;
        this.dropped = meters.counter("growalert.results.dropped");
        this.refused = meters.counter("growalert.results.refused");
        meters.gauge("growalert.results.buffered.bytes", buffer, ResultBuffer::bytes);
        meters.gauge("growalert.results.buffered.runs", buffer, ResultBuffer::size);
        this.loop = new Loop(
                "results",
                "Sending results failed; retrying with a new connection",
                Loop.Options.DEFAULT
                        .withRetry(RECONNECT_AFTER, LONGEST_RECONNECT)
                        .withGrace(INTERRUPT_AFTER),
                _ -> sendWithOneConnection());
        loop.start();
    }

    /** Adds a run to the buffer and returns at once. */
    public void send(EncodedRun run) {
        int removed = buffer.add(run);
        if (removed > 0) {
            dropped.increment(removed);
        }
    }

    /** Adds a heartbeat of this partition to the buffer, behind its runs; it counts neither as a run nor as acknowledged. */
    public void heartbeat(int partition, Instant now) {
        buffer.addHeartbeat(partition, EncodedRun.heartbeat(partition, now));
    }

    /** The number of records acknowledged since the start. */
    public long acknowledged() {
        return acknowledged.get();
    }

    /** The number of waiting runs, without those in flight. */
    public int waiting() {
        return buffer.size();
    }

    /** How full the buffer is, from 0 to 100. */
    public double filledPercent() {
        return Math.round(1_000.0 * buffer.bytes() / maxBytes) / 10.0;
    }

    /** The number of runs dropped since the start because the buffer was full. */
    public long dropped() {
        return (long) dropped.count();
    }

    /** For how long no result at all was acknowledged although some are due; empty up to 10 s. */
    public Optional<Duration> unavailableFor() {
        var unsent = outage.lasted();
        var stuck = buffer.stuck(UNAVAILABLE);
        if (unsent.compareTo(UNAVAILABLE) > 0) {
            return Optional.of(unsent);
        }
        return stuck.isEmpty() || stuck.size() < buffer.inFlight()
                ? Optional.empty()
                : stuck.values().stream().min(Duration::compareTo);
    }

    /** The partitions that acknowledged nothing for longer than {@code limit} although something is in flight, and for how long. */
    public Map<Integer, Duration> stuck(Duration limit) {
        return buffer.stuck(limit);
    }

    public Progress progress() {
        return loop.progress();
    }

    /** Sends with one connection until it fails or everything is sent after {@link #close}. */
    private Duration sendWithOneConnection() throws InterruptedException {
        sending = Thread.currentThread();
        outage.connecting();
        Producer<String, byte[]> producer = null;
        try {
            if (awaitTopic()) {
                producer = connect.get();
                boolean open = true;
                while (open) {
                    open = sendRound(producer);
                }
            }
            drained.countDown();
            loop.requestStop();
            return Duration.ZERO;
        } catch (RuntimeException e) {
            unrouted = true;
            outage.begin();
            throw e;
        } finally {
            connection.incrementAndGet();
            if (producer != null) {
                producer.close(Duration.ZERO);
            }
            buffer.putBackAll();
        }
    }

    /** False when the buffer is closed without any result before the topic exists. */
    private boolean awaitTopic() throws InterruptedException {
        while (!topic.await(RECONNECT_AFTER)) {
            unrouted = true;
            unsent("the topics do not exist yet");
            if (closed && buffer.isEmpty()) {
                return false;
            }
        }
        return true;
    }

    /** False when the buffer is closed and all of it is acknowledged. */
    private boolean sendRound(Producer<String, byte[]> producer) throws InterruptedException {
        if (!route(producer)) {
            unrouted = true;
            unsent(UNSENT);
            return !(closed && buffer.isEmpty());
        }
        if (unrouted) {
            // the topic is known now; without monitors no result would ever clear this
            unrouted = false;
            succeeded();
        }
        loop.progress().idle();
        var round = buffer.take();
        if (round.records().isEmpty()) {
            return false;
        }
        loop.progress().begin();
        long start = System.nanoTime();
        int sent = 0;
        try {
            while (sent < round.records().size() && send(round.records().get(sent), producer)) {
                sent++;
            }
        } finally {
            buffer.putBack(round.records().subList(sent, round.records().size()));
        }
        if (sent < round.records().size()) {
            unsent(UNSENT);
            return true;
        }
        outage.awaitResponse(RECONNECT_AFTER);
        succeeded();
        pace(start, round.runs());
        return true;
    }

    private void succeeded() {
        if (outage.end()) {
            loop.succeeded();
        }
    }

    /** The partitions are looked up before each round: from memory, except for the first and after a change. */
    private boolean route(Producer<String, byte[]> producer) {
        try {
            var partitions = producer.partitionsFor(Topics.CHECK_RESULTS);
            if (!partitions.isEmpty()) {
                buffer.partitions(partitions.size());
            }
            return true;
        } catch (TimeoutException e) {
            return false;
        }
    }

    private void pace(long start, int runs) throws InterruptedException {
        long pace = Math.min(runs * PACE.toNanos(), LONGEST_PACE.toNanos());
        long left = pace - (System.nanoTime() - start);
        if (left > 0 && !closed) {
            loop.await(Duration.ofNanos(left));
        }
    }

    private void unsent(String why) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        outage.begin();
        loop.progress().failed(new TimeoutException(why));
    }

    /** False when the producer does not accept it: without a broker it does not know the topic's partitions yet. */
    private boolean send(ProducerRecord<String, byte[]> record, Producer<String, byte[]> producer) {
        int own = connection.get();
        var sent = producer.send(record, (metadata, failure) -> acknowledged(record, failure, own));
        return !(sent.state() == Future.State.FAILED && sent.exceptionNow() instanceof TimeoutException);
    }

    private void acknowledged(ProducerRecord<String, byte[]> record, @Nullable Exception failure, int own) {
        if (own != connection.get() || (failure instanceof TimeoutException && Thread.currentThread() == sending)) {
            return;
        }
        if (failure instanceof AuthenticationException || failure instanceof AuthorizationException) {
            // in flight until the connection is replaced: a right that is granted later must not cost results
            buffer.deny((RuntimeException) failure, () -> own == connection.get());
            outage.denied();
            return;
        }
        if (failure == null) {
            outage.acknowledged();
            acknowledged.addAndGet(EncodedRun.isHeartbeat(record) ? 0 : 1);
        } else {
            refused.increment();
            LOG.atError()
                    .setCause(failure)
                    .addKeyValue("monitorId", record.key())
                    .addKeyValue("partition", record.partition())
                    .log("Result rejected by Kafka; it is lost");
        }
        buffer.over(record);
    }

    /** Waits until Kafka has acknowledged all results, for the grace period at most. */
    @Override
    public void close() {
        closed = true;
        buffer.close();
        try {
            var _ = drained.await(grace.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        loop.stop();
        int lost = buffer.unacknowledged();
        if (lost > 0) {
            LOG.atWarn()
                    .addKeyValue("waiting", lost)
                    .log("Stopped before Kafka acknowledged all results; the rest is lost");
        }
    }
}
