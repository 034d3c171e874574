package io.growalert.dispatcher.notify;

import io.growalert.dispatcher.handler.Settled;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * A circuit breaker for each receiver. It opens after 5 failures in a row of at least 3 deliveries, so that one message that a receiver
 * cannot process does not stop the others. While it is open, one delivery probes the receiver after 1 s, 2 s, 4 s ... 30 s; the
 * others stay due, and continue at once when a probe is answered. One thread changes the state, any may read it.
 */
final class ReceiverCircuits {
    private static final int FAILURES = 5;
    private static final int DELIVERIES = 3;
    private static final long FIRST_WAIT = Duration.ofSeconds(1).toNanos();
    private static final long LONGEST_WAIT = Duration.ofSeconds(30).toNanos();
    /** A shorter failure raises no alarm. */
    private static final long FAILING_AFTER = Duration.ofMinutes(1).toNanos();

    private final LongSupplier nanoTime;
    private final Map<String, Circuit> circuits = new ConcurrentHashMap<>();
    private final Set<String> seen = new HashSet<>();
    private Consumer<String> onFirstOutcome = _ -> {};

    ReceiverCircuits(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /**
     * Failures in a row.
     *
     * @param since when the circuit opened, as {@code probeAt} in nanoseconds of the timer
     * @param pause until the next probe; 0 while it is closed
     */
    private record Circuit(int failures, Set<String> deliveries, long since, long probeAt, long pause) {
        static final Circuit CLOSED = new Circuit(0, Set.of(), 0, 0, 0);

        boolean isOpen() {
            return pause > 0;
        }

        Circuit failed(String delivery, long now) {
            if (isOpen() && now - probeAt < 0) {
                // an attempt that started before it opened
                return this;
            }
            if (isOpen()) {
                long next = Math.min(2 * pause, LONGEST_WAIT);
                return new Circuit(failures, deliveries, since, now + next, next);
            }
            var more = new HashSet<>(deliveries);
            if (more.size() < DELIVERIES) {
                more.add(delivery);
            }
            boolean opens = failures + 1 >= FAILURES && more.size() >= DELIVERIES;
            return new Circuit(
                    failures + 1, Set.copyOf(more), now, opens ? now + FIRST_WAIT : 0, opens ? FIRST_WAIT : 0);
        }
    }

    /** How many of {@code free} attempts may start, while {@code busy} are in flight. */
    int permits(String receiver, int busy, int free) {
        var circuit = circuits.getOrDefault(receiver, Circuit.CLOSED);
        if (!circuit.isOpen()) {
            return free;
        }
        boolean mayProbe = busy == 0 && nanoTime.getAsLong() - circuit.probeAt() >= 0;
        return mayProbe ? Math.min(1, free) : 0;
    }

    void record(Verdict verdict) {
        var receiver = verdict.claim().receiver();
        if (seen.add(receiver)) {
            onFirstOutcome.accept(receiver);
        }
        if (!isFailure(verdict)) {
            circuits.remove(receiver);
            return;
        }
        circuits.merge(
                receiver,
                Circuit.CLOSED.failed(verdict.claim().id(), nanoTime.getAsLong()),
                (before, _) -> before.failed(verdict.claim().id(), nanoTime.getAsLong()));
    }

    /** A rejection is an answer, too, and so is one of several addresses that accepted the message. */
    private static boolean isFailure(Verdict verdict) {
        return !verdict.state().equals("delivered")
                && !verdict.state().equals("parked")
                && Settled.read(verdict.settled()).accepted().isEmpty();
    }

    /** Called once for each receiver; to be set before the first outcome. */
    void onFirstOutcome(Consumer<String> listener) {
        onFirstOutcome = listener;
    }

    CircuitState state(String receiver) {
        var circuit = circuits.getOrDefault(receiver, Circuit.CLOSED);
        if (!circuit.isOpen()) {
            return CircuitState.CLOSED;
        }
        return nanoTime.getAsLong() - circuit.probeAt() >= 0 ? CircuitState.HALF_OPEN : CircuitState.OPEN;
    }

    /** The receivers whose circuit breaker is open. */
    Set<String> open() {
        return circuits.entrySet().stream()
                .filter(entry -> entry.getValue().isOpen())
                .map(Map.Entry::getKey)
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Those for which it has been open for a minute. */
    Set<String> failing() {
        long now = nanoTime.getAsLong();
        return circuits.entrySet().stream()
                .filter(entry ->
                        entry.getValue().isOpen() && now - entry.getValue().since() >= FAILING_AFTER)
                .map(Map.Entry::getKey)
                .collect(Collectors.toUnmodifiableSet());
    }
}
