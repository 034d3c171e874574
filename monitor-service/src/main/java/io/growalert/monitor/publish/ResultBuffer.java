package io.growalert.monitor.publish;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/**
 * Buffered runs by partition. Adding does not block: above {@code maxBytes} the oldest waiting run of the fullest partition is
 * dropped, so that a partition without a leader cannot use the memory of the others.
 */
final class ResultBuffer {
    /** How long the next round waits for acknowledgements of the last; a slower partition continues separately. */
    private static final long ROUND_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final long maxBytes;
    private final long maxInFlight;
    private final LongSupplier nanoTime;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final List<ResultLane> lanes = new ArrayList<>(List.of(new ResultLane(0)));
    private int partitions = 1;
    private long roundBegan = System.nanoTime();
    /** Whether {@link #take} has something to send, and waits for what is in flight: further runs change nothing. */
    private boolean awaitsAcknowledgements;

    private boolean closed;
    private @Nullable RuntimeException denied;

    /**
     * The records that are sent together.
     *
     * @param records with their partitions, in order for each of them
     * @param runs how many runs begin with it
     */
    record Round(List<ProducerRecord<String, byte[]>> records, int runs) {}

    /** @param maxInFlight about how many bytes are in flight at once, over all partitions */
    ResultBuffer(long maxBytes, long maxInFlight, LongSupplier nanoTime) {
        this.maxBytes = maxBytes;
        this.maxInFlight = maxInFlight;
        this.nanoTime = nanoTime;
    }

    /** Adds the newest run. Returns the number of runs dropped for it; possibly itself, when it is too large. */
    int add(EncodedRun run) {
        lock.lock();
        try {
            lane(run).add(run);
            int dropped = 0;
            while (waitingBytes() > maxBytes) {
                var oldest = lanes.stream()
                        .max(Comparator.comparingLong(ResultLane::waitingBytes))
                        .orElseThrow()
                        .poll();
                dropped += oldest == null || oldest.isHeartbeat() ? 0 : 1;
            }
            if (!awaitsAcknowledgements) {
                changed.signal();
            }
            return dropped;
        } finally {
            lock.unlock();
        }
    }

    /** Adds a heartbeat of this partition, unless one waits, or the topic's partitions are not known yet. */
    void addHeartbeat(int partition, EncodedRun heartbeat) {
        lock.lock();
        try {
            if (partition < partitions && !closed) {
                lanes.get(partition).addHeartbeat(heartbeat);
                changed.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    /** As Kafka's partitioner decides. */
    private ResultLane lane(EncodedRun run) {
        var key = run.records().getFirst().key().getBytes(UTF_8);
        return lanes.get(Utils.toPositive(Utils.murmur2(key)) % partitions);
    }

    /** The number of partitions of the topic; waiting runs are rerouted when it changes. */
    void partitions(int count) {
        lock.lock();
        try {
            if (count == partitions) {
                return;
            }
            var runs = lanes.stream().flatMap(lane -> lane.clear().stream()).toList();
            partitions = count;
            for (int i = lanes.size(); i < count; i++) {
                lanes.add(new ResultLane(i));
            }
            runs.forEach(run -> lane(run).add(run));
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits for records to send, and, for a short time, for those in flight: partitions are sent together, unless one is late. The
     * returned records are in flight. Empty only when the buffer is closed and nothing waits or is in flight.
     *
     * @throws RuntimeException the reason of {@link #deny}
     */
    Round take() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (true) {
                var failure = denied;
                denied = null;
                if (failure != null) {
                    throw failure;
                }
                boolean sendable = lanes.stream().anyMatch(ResultLane::isSendable);
                long left = roundBegan + ROUND_NANOS - System.nanoTime();
                if (sendable && left <= 0) {
                    lanes.forEach(ResultLane::markLate);
                }
                if (sendable && (left <= 0 || lanes.stream().noneMatch(ResultLane::isPunctual))) {
                    return round();
                }
                if (closed && isEmpty()) {
                    return new Round(List.of(), 0);
                }
                if (sendable) {
                    awaitsAcknowledgements = true;
                    try {
                        var _ = changed.awaitNanos(left);
                    } finally {
                        awaitsAcknowledgements = false;
                    }
                } else {
                    changed.await();
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private Round round() {
        var records = new ArrayList<ProducerRecord<String, byte[]>>();
        int runs = 0;
        long now = nanoTime.getAsLong();
        for (var lane : lanes) {
            if (lane.isSendable()) {
                runs += lane.take(maxInFlight / partitions, now, records::add);
            }
        }
        roundBegan = System.nanoTime();
        return new Round(records, runs);
    }

    /** Kafka acknowledged or rejected this record. */
    void over(ProducerRecord<String, byte[]> record) {
        lock.lock();
        try {
            var lane = lanes.get(record.partition());
            lane.over(record, nanoTime.getAsLong());
            if (!lane.isInFlight()) {
                changed.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Kafka denies access: {@link #take} fails with the reason, and the records in flight are sent again later.
     *
     * @param current false when their connection was replaced meanwhile; the next one must not fail for it
     */
    void deny(RuntimeException reason, BooleanSupplier current) {
        lock.lock();
        try {
            if (current.getAsBoolean()) {
                denied = reason;
                changed.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    /** These records were taken and not sent. */
    void putBack(List<ProducerRecord<String, byte[]>> records) {
        lock.lock();
        try {
            for (var lane : lanes) {
                lane.putBack(records.stream()
                        .filter(record -> record.partition() == lane.partition())
                        .toList());
            }
        } finally {
            lock.unlock();
        }
    }

    /** All records in flight are sent again, by another connection. */
    void putBackAll() {
        lock.lock();
        try {
            denied = null;
            lanes.forEach(ResultLane::putBackAll);
        } finally {
            lock.unlock();
        }
    }

    /** The partitions that have records in flight and acknowledged none for longer than {@code limit}, and for how long. */
    Map<Integer, Duration> stuck(Duration limit) {
        lock.lock();
        try {
            var stuck = new TreeMap<Integer, Duration>();
            for (var lane : lanes) {
                var silent = Duration.ofNanos(lane.silentFor(nanoTime.getAsLong()));
                if (silent.compareTo(limit) > 0) {
                    stuck.put(lane.partition(), silent);
                }
            }
            return stuck;
        } finally {
            lock.unlock();
        }
    }

    /** How many partitions have records in flight. */
    int inFlight() {
        return (int) sum(lane -> lane.isInFlight() ? 1 : 0);
    }

    /** Nothing waits or is in flight. */
    boolean isEmpty() {
        return sum(lane -> lane.isSendable() || lane.isInFlight() ? 1 : 0) == 0;
    }

    /** Its content can still be taken; {@link #take} no longer waits for more. */
    void close() {
        lock.lock();
        try {
            closed = true;
            lanes.forEach(ResultLane::dropHeartbeat);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Of the runs that may be dropped; summed up for each run that is added. */
    private long waitingBytes() {
        long bytes = 0;
        for (var lane : lanes) {
            bytes += lane.waitingBytes();
        }
        return bytes;
    }

    /** Of what waits. */
    long bytes() {
        return sum(ResultLane::bytes);
    }

    /** The runs that wait, completely or in part. */
    int size() {
        return (int) sum(ResultLane::waitingRuns);
    }

    /** The runs that wait or are in flight. */
    int unacknowledged() {
        return (int) sum(ResultLane::unacknowledgedRuns);
    }

    private long sum(ToLongFunction<ResultLane> count) {
        lock.lock();
        try {
            return lanes.stream().mapToLong(count).sum();
        } finally {
            lock.unlock();
        }
    }
}
