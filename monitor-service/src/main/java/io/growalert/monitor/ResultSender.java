package io.growalert.monitor;

import io.growalert.events.Topics;
import io.growalert.runtime.loop.Progress;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Sends runs from the buffer to Kafka in rounds. While one round is in flight the next gathers, so that the batches are as large as the
 * load wants them and a lone result does not wait. Each partition has its share of what is in flight, and its records leave when its
 * last ones are acknowledged; one without a leader delays only its own. What Kafka has not acknowledged is either in the buffer or
 * in flight, never piled up in the producer.
 */
@Component
final class ResultSender implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ResultSender.class);
    private static final long IN_FLIGHT_BYTES = 4L << 20;
    /** Fewer and larger rounds cost less, so the next waits this long for each run of the last, up to a bound. */
    private static final Duration PACE = Duration.ofNanos(200_000);

    private static final Duration LONGEST_PACE = Duration.ofMillis(50);
    private static final Duration REOPEN_AFTER = Duration.ofSeconds(1);
    /** After this long without any acknowledgement, Kafka is away. */
    private static final Duration AWAY = Duration.ofSeconds(10);

    private final Supplier<Producer<String, byte[]>> connect;
    private final ResultBuffer buffer;
    private final LongSupplier nanoTime;
    private final Duration grace;
    private final Counter dropped;
    private final Counter refused;
    private final AtomicLong acknowledged = new AtomicLong();
    private final Thread thread;
    private final Progress progress = new Progress("results");
    /** Counts the connections: what an earlier one still reports says nothing, as its records are sent again. */
    private final AtomicInteger connection = new AtomicInteger();
    /** Since when, by {@link #nanoTime}, nothing could be sent for want of a broker; null when it could. */
    private volatile @Nullable Long unsentSince;

    private volatile boolean closed;

    @Autowired
    ResultSender(Kafka kafka, MonitorServiceSettings settings, MeterRegistry meters) {
        this(kafka::groupSender, settings, System::nanoTime, meters);
    }

    ResultSender(
            Supplier<Producer<String, byte[]>> connect,
            MonitorServiceSettings settings,
            LongSupplier nanoTime,
            MeterRegistry meters) {
        this.buffer = new ResultBuffer(settings.buffer().toBytes(), IN_FLIGHT_BYTES, nanoTime);
        this.connect = connect;
        this.nanoTime = nanoTime;
        this.grace = settings.grace();
        this.dropped = meters.counter("growalert.results.dropped");
        this.refused = meters.counter("growalert.results.refused");
        meters.gauge("growalert.results.buffered.bytes", buffer, ResultBuffer::bytes);
        meters.gauge("growalert.results.buffered.runs", buffer, ResultBuffer::size);
        this.thread = Thread.ofPlatform().name("growalert-results").unstarted(this::sendUntilClosed);
        thread.start();
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

    /** For how long no result at all was acknowledged although some should have been; empty up to 10 s. */
    Optional<Duration> awayFor() {
        var since = unsentSince;
        var unsent = since == null ? Duration.ZERO : Duration.ofNanos(nanoTime.getAsLong() - since);
        var stuck = buffer.stuck(AWAY);
        if (unsent.compareTo(AWAY) > 0) {
            return Optional.of(unsent);
        }
        return stuck.isEmpty() || stuck.size() < buffer.inFlight()
                ? Optional.empty()
                : stuck.values().stream().min(Duration::compareTo);
    }

    /** The partitions that acknowledged nothing for longer than {@code limit} although something is in flight, and for how long. */
    Map<Integer, Duration> stuck(Duration limit) {
        return buffer.stuck(limit);
    }

    Progress progress() {
        return progress;
    }

    private void sendUntilClosed() {
        try {
            while (!sendWithOneConnection()) {
                Thread.sleep(REOPEN_AFTER);
            }
        } catch (InterruptedException | InterruptException e) {
            LOG.atWarn()
                    .addKeyValue("waiting", buffer.size())
                    .log("Stopped before Kafka acknowledged all results; the rest is lost");
        } catch (Throwable e) {
            progress.terminated(e.toString());
            LOG.atError().setCause(e).log("Sending results ended; results are dropped until a restart");
            throw e;
        }
    }

    /** True when the buffer is closed and all of it is acknowledged; false when the connection broke. */
    private boolean sendWithOneConnection() throws InterruptedException {
        int own = connection.get();
        Producer<String, byte[]> producer = null;
        try {
            producer = connect.get();
            boolean open = true;
            while (open) {
                open = sendRound(producer, own);
            }
            return true;
        } catch (InterruptException e) {
            throw e;
        } catch (RuntimeException e) {
            progress.failed(e);
            LOG.atWarn().setCause(e).log("Sending results failed; retrying with a new connection");
            return false;
        } finally {
            connection.incrementAndGet();
            if (producer != null) {
                producer.close(Duration.ZERO);
            }
            buffer.putBackAll();
        }
    }

    private boolean sendRound(Producer<String, byte[]> producer, int own) throws InterruptedException {
        if (!route(producer)) {
            unsent();
            return !(closed && buffer.isEmpty());
        }
        var round = buffer.take();
        if (round.records().isEmpty()) {
            return false;
        }
        progress.begin();
        long start = System.nanoTime();
        int sent = 0;
        try {
            while (sent < round.records().size() && send(round.records().get(sent), producer, own)) {
                sent++;
            }
        } finally {
            buffer.putBack(round.records().subList(sent, round.records().size()));
        }
        if (sent < round.records().size()) {
            unsent();
            return true;
        }
        unsentSince = null;
        progress.end();
        pace(start, round.runs());
        return true;
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
            TimeUnit.NANOSECONDS.sleep(left);
        }
    }

    private void unsent() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        if (unsentSince == null) {
            unsentSince = nanoTime.getAsLong();
        }
        progress.failed(new TimeoutException("the topic's partitions are unknown, or the producer's memory is full"));
    }

    /** False when the producer does not accept it now: for want of a broker it does not know the topic's partitions yet. */
    private boolean send(ProducerRecord<String, byte[]> record, Producer<String, byte[]> producer, int own) {
        var sent = producer.send(record, (metadata, failure) -> answered(record, failure, own));
        return !(sent.state() == Future.State.FAILED && sent.exceptionNow() instanceof TimeoutException);
    }

    private void answered(ProducerRecord<String, byte[]> record, @Nullable Exception failure, int own) {
        if (own != connection.get() || (failure instanceof TimeoutException && Thread.currentThread() == thread)) {
            return;
        }
        if (failure == null) {
            acknowledged.incrementAndGet();
        } else {
            refused.increment();
            LOG.atError()
                    .setCause(failure)
                    .addKeyValue("monitorId", record.key())
                    .addKeyValue("partition", record.partition())
                    .log("Kafka rejected a result; it is lost");
        }
        buffer.over(record);
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
