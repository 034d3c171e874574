package io.growalert.dispatcher.notify;

import io.growalert.dispatcher.handler.Outcome;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.atomic.AtomicLong;

/** Metrics of events and deliveries, {@code growalert.*}. */
public final class DeliveryMetrics {
    private final MeterRegistry registry;
    private final ParkedLog parkedLog = new ParkedLog();
    private final AtomicLong parked = new AtomicLong();
    private final AtomicLong pending = new AtomicLong();
    private final AtomicLong oldestSeconds = new AtomicLong();

    public DeliveryMetrics(MeterRegistry registry) {
        this.registry = registry;
        Gauge.builder("growalert.deliveries.parked", parked, AtomicLong::get)
                .description("deliveries that are parked")
                .register(registry);
        Gauge.builder("growalert.deliveries.pending", pending, AtomicLong::get)
                .description("deliveries that are not finished")
                .register(registry);
        Gauge.builder("growalert.deliveries.pending.age", oldestSeconds, AtomicLong::get)
                .description("age of the oldest delivery that is not finished")
                .baseUnit("seconds")
                .register(registry);
    }

    /** Publishes the state of each receiver's circuit breaker, from its first outcome on. */
    void bind(ReceiverCircuits circuits) {
        circuits.onFirstOutcome(receiver -> Gauge.builder(
                        "growalert.receiver.circuit",
                        circuits,
                        all -> all.open().contains(receiver) ? 1 : 0)
                .description("1 while the circuit breaker of the receiver is open")
                .tag("receiver", receiver)
                .register(registry));
    }

    void accepted(int fresh, int repeated) {
        events("new").increment(fresh);
        events("repeated").increment(repeated);
    }

    void deadLetter() {
        events("unreadable").increment();
    }

    void attempted(String receiver, Outcome outcome) {
        registry.counter("growalert.delivery.attempts", "receiver", receiver, "outcome", AttemptTable.name(outcome))
                .increment();
    }

    /** Counts finished deliveries, and records how long each delivered one took since its event arrived. */
    void recorded(Deliveries.Recorded row) {
        switch (row.state()) {
            case "delivered" -> {
                finished(row.receiver(), "delivered").increment();
                Timer.builder("growalert.delivery.latency")
                        .description("from storing the event until it was delivered")
                        .tag("receiver", row.receiver())
                        .register(registry)
                        .record(row.age());
            }
            case "parked" -> parked(row.receiver(), row.detail());
            default -> {}
        }
    }

    /** Counts a parked delivery; {@link #reportParked} logs it. */
    void parked(String receiver, String reason) {
        finished(receiver, "parked").increment();
        parkedLog.add(receiver, reason);
    }

    /** Logs the deliveries parked since the last call, and returns whether there were any. */
    boolean reportParked() {
        return parkedLog.report();
    }

    void leaseLost(String receiver) {
        finished(receiver, "lease lost").increment();
    }

    void backlog(Housekeeping.Backlog backlog) {
        pending.set(backlog.pending());
        parked.set(backlog.parked());
        oldestSeconds.set(backlog.oldest());
    }

    private Counter finished(String receiver, String outcome) {
        return registry.counter("growalert.deliveries", "receiver", receiver, "outcome", outcome);
    }

    private Counter events(String kind) {
        return registry.counter("growalert.alert.events", "kind", kind);
    }
}
