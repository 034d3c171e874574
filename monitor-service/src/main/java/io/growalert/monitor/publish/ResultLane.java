package io.growalert.monitor.publish;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * The results of one partition: waiting runs, the rest of a partly sent run, and the records in flight. The next records are sent
 * when all in flight are acknowledged, so that they are sent in order and as one batch. Guarded by the buffer's lock.
 */
final class ResultLane {
    private final int partition;
    private final Deque<EncodedRun> waiting = new ArrayDeque<>();
    /** Partly sent runs are never dropped: the dispatcher does not judge an incomplete run. */
    private final Deque<ProducerRecord<String, byte[]>> begun = new ArrayDeque<>();

    private final Deque<ProducerRecord<String, byte[]>> inFlight = new ArrayDeque<>();
    /** The last record of each run that is begun or in flight, by identity; without heartbeats. */
    private final Set<ProducerRecord<String, byte[]>> ends = Collections.newSetFromMap(new IdentityHashMap<>());

    private long waitingBytes;
    private boolean heartbeatWaits;
    private long progressAt;
    private boolean late;

    ResultLane(int partition) {
        this.partition = partition;
    }

    void add(EncodedRun run) {
        waiting.addLast(run);
        waitingBytes += run.bytes();
    }

    /** Behind the waiting runs; at most one waits, so that heartbeats do not fill the buffer while Kafka is unavailable. */
    void addHeartbeat(EncodedRun heartbeat) {
        if (!heartbeatWaits) {
            heartbeatWaits = true;
            add(heartbeat);
        }
    }

    void dropHeartbeat() {
        if (heartbeatWaits) {
            heartbeatWaits = false;
            waiting.stream().filter(EncodedRun::isHeartbeat).forEach(run -> waitingBytes -= run.bytes());
            waiting.removeIf(EncodedRun::isHeartbeat);
        }
    }

    /** Removes the oldest run. */
    @Nullable
    EncodedRun poll() {
        var run = waiting.pollFirst();
        if (run != null) {
            waitingBytes -= run.bytes();
            heartbeatWaits &= !run.isHeartbeat();
        }
        return run;
    }

    /** Moves up to {@code maxBytes}, and at least one record, in flight; returns the number of runs that begin with it. */
    int take(long maxBytes, long now, Consumer<ProducerRecord<String, byte[]>> taken) {
        int runs = 0;
        long bytes = 0;
        for (var next = next(); next != null; next = next()) {
            long size = EncodedRun.bytes(next);
            if (bytes > 0 && bytes + size > maxBytes) {
                break;
            }
            if (begun.isEmpty()) {
                begin(Objects.requireNonNull(poll()));
                runs++;
            }
            bytes += size;
            var record = begun.removeFirst();
            var routed = new ProducerRecord<>(
                    record.topic(), partition, null, record.key(), record.value(), record.headers());
            if (ends.remove(record)) {
                ends.add(routed);
            }
            inFlight.addLast(routed);
            taken.accept(routed);
        }
        progressAt = now;
        late = false;
        return runs;
    }

    private void begin(EncodedRun run) {
        begun.addAll(run.records());
        if (!run.isHeartbeat()) {
            ends.add(run.records().getLast());
        }
    }

    private @Nullable ProducerRecord<String, byte[]> next() {
        var run = waiting.peekFirst();
        return !begun.isEmpty() || run == null
                ? begun.peekFirst()
                : run.records().getFirst();
    }

    void over(ProducerRecord<String, byte[]> record, long now) {
        inFlight.remove(record);
        ends.remove(record);
        progressAt = now;
    }

    /** These records were not sent; they are the next ones. */
    void putBack(List<ProducerRecord<String, byte[]>> records) {
        for (var record : records.reversed()) {
            inFlight.remove(record);
            begun.addFirst(record);
        }
    }

    void putBackAll() {
        putBack(List.copyOf(inFlight));
    }

    /** Removes and returns everything that is not in flight, in order. */
    List<EncodedRun> clear() {
        dropHeartbeat();
        var runs = begunRuns();
        runs.addAll(waiting);
        begun.forEach(ends::remove);
        begun.clear();
        waiting.clear();
        waitingBytes = 0;
        return runs;
    }

    /** What is left of each begun run; records that were put back may be of several. A heartbeat is only for its partition. */
    private List<EncodedRun> begunRuns() {
        var runs = new ArrayList<EncodedRun>();
        var rest = new ArrayList<ProducerRecord<String, byte[]>>();
        for (var record : begun) {
            if (EncodedRun.isHeartbeat(record)) {
                continue;
            }
            rest.add(record);
            if (ends.contains(record)) {
                runs.add(new EncodedRun(rest));
                rest.clear();
            }
        }
        return runs;
    }

    void markLate() {
        late = isInFlight();
    }

    boolean isInFlight() {
        return !inFlight.isEmpty();
    }

    /** In flight, and not late, so that the other partitions wait for it. */
    boolean isPunctual() {
        return isInFlight() && !late;
    }

    boolean isSendable() {
        return inFlight.isEmpty() && !(begun.isEmpty() && waiting.isEmpty());
    }

    int partition() {
        return partition;
    }

    /** Without those in flight. */
    int waitingRuns() {
        int begunRuns = (int) begun.stream().filter(ends::contains).count();
        return waiting.size() - (heartbeatWaits ? 1 : 0) + begunRuns;
    }

    /** Those in flight, too. */
    int unacknowledgedRuns() {
        return waiting.size() - (heartbeatWaits ? 1 : 0) + ends.size();
    }

    /** Of the runs that may be dropped. */
    long waitingBytes() {
        return waitingBytes;
    }

    /** Without those in flight. */
    long bytes() {
        return waitingBytes + begun.stream().mapToLong(EncodedRun::bytes).sum();
    }

    /** For how long nothing in flight was acknowledged, in nanoseconds; 0 when nothing is in flight. */
    long silentFor(long now) {
        return isInFlight() ? now - progressAt : 0;
    }
}
