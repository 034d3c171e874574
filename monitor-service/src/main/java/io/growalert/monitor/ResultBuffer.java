package io.growalert.monitor;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Runs that wait for Kafka, up to a number of bytes. Adding never waits: what is too much goes, the oldest run first. */
final class ResultBuffer {
    private final long maxBytes;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition filled = lock.newCondition();
    private final ArrayDeque<EncodedRun> runs = new ArrayDeque<>();
    private long bytes;
    private boolean closed;

    ResultBuffer(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** Adds a run, the newest. Answers how many runs had to go for it; itself, when it alone is too large. */
    int add(EncodedRun run) {
        lock.lock();
        try {
            runs.addLast(run);
            bytes += run.bytes();
            int dropped = 0;
            for (; bytes > maxBytes; dropped++) {
                bytes -= runs.removeFirst().bytes();
            }
            filled.signal();
            return dropped;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits for runs and takes the oldest: at least one, and no more than these bytes unless a single run has more. Empty
     * only when the buffer is closed and has nothing left.
     */
    List<EncodedRun> take(long upTo) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (runs.isEmpty() && !closed) {
                filled.await();
            }
            var taken = new ArrayList<EncodedRun>();
            long sum = 0;
            for (var next = runs.peekFirst(); next != null; next = runs.peekFirst()) {
                sum += next.bytes();
                if (sum > upTo && !taken.isEmpty()) {
                    break;
                }
                taken.add(runs.removeFirst());
                bytes -= next.bytes();
            }
            return taken;
        } finally {
            lock.unlock();
        }
    }

    /** What is in it can still be taken; nobody waits for more. */
    void close() {
        lock.lock();
        try {
            closed = true;
            filled.signalAll();
        } finally {
            lock.unlock();
        }
    }

    long bytes() {
        lock.lock();
        try {
            return bytes;
        } finally {
            lock.unlock();
        }
    }

    int size() {
        lock.lock();
        try {
            return runs.size();
        } finally {
            lock.unlock();
        }
    }
}
