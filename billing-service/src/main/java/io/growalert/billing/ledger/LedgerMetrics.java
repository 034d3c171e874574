package io.growalert.billing.ledger;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.function.ToLongFunction;

/** What is counted of the events on their way to records, {@code growalert.ledger.*}. */
final class LedgerMetrics {
    private final MeterRegistry registry;
    private final Timer lag;
    private volatile Backlog backlog = Backlog.NONE;

    LedgerMetrics(MeterRegistry registry) {
        this.registry = registry;
        lag = Timer.builder("growalert.ledger.lag")
                .description("from an event's arrival in the database until it was applied")
                .register(registry);
        gauge("growalert.ledger.waiting", "events that are not applied yet", Backlog::waiting);
        gauge("growalert.ledger.parked", "events that were given up", Backlog::parked);
        gauge("growalert.ledger.fetches", "objects that are to be read from Stripe", Backlog::fetches);
        Gauge.builder(
                        "growalert.ledger.overdue",
                        this,
                        metrics -> metrics.backlog.overdue().toMillis() / 1_000.0)
                .description("for how long the oldest event has been due")
                .baseUnit("seconds")
                .register(registry);
    }

    private void gauge(String name, String description, ToLongFunction<Backlog> value) {
        Gauge.builder(name, this, metrics -> value.applyAsLong(metrics.backlog))
                .description(description)
                .register(registry);
    }

    /** @param taken how long the batch took */
    void applied(Ledger.Round round, Duration taken) {
        round.outcomes().forEach(outcome -> {
            registry.counter("growalert.ledger.events", "outcome", outcome.word())
                    .increment();
            if (!outcome.mark().state().equals("received")) {
                lag.record(outcome.mark().event().age().plus(taken));
            }
        });
    }

    /** @param outcome such as {@code found} */
    void fetched(String outcome) {
        registry.counter("growalert.ledger.fetched", "outcome", outcome).increment();
    }

    void backlog(Backlog now) {
        backlog = now;
    }
}
