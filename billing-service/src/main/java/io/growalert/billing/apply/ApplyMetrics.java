package io.growalert.billing.apply;

import io.growalert.billing.webhook.EventBacklog;
import io.growalert.billing.webhook.EventState;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;

/** The metrics of applied events and of the backlog, {@code growalert.ledger.*}. */
final class ApplyMetrics {
    private final MeterRegistry registry;
    private final Timer lag;
    private volatile EventBacklog backlog = EventBacklog.NONE;
    private volatile long fetches;

    ApplyMetrics(MeterRegistry registry) {
        this.registry = registry;
        lag = Timer.builder("growalert.ledger.lag")
                .description("from an event's arrival in the database until it was applied")
                .register(registry);
        Gauge.builder("growalert.ledger.waiting", this, metrics -> metrics.backlog.waiting())
                .description("events that are not applied yet")
                .register(registry);
        Gauge.builder("growalert.ledger.parked", this, metrics -> metrics.backlog.parked())
                .description("events that were parked after all attempts failed")
                .register(registry);
        Gauge.builder("growalert.ledger.fetches", this, metrics -> metrics.fetches)
                .description("objects that are to be fetched from Stripe")
                .register(registry);
        Gauge.builder(
                        "growalert.ledger.overdue",
                        this,
                        metrics -> metrics.backlog.overdue().toMillis() / 1_000.0)
                .description("for how long the oldest event has been due")
                .baseUnit("seconds")
                .register(registry);
    }

    /** @param taken the duration of the batch */
    void applied(EventApplier.Round round, Duration taken) {
        round.results().forEach(result -> {
            registry.counter(
                            "growalert.ledger.events",
                            "outcome",
                            result.outcome().text())
                    .increment();
            if (result.update().state() != EventState.RECEIVED) {
                lag.record(result.update().event().age().plus(taken));
            }
        });
    }

    /** @param fetches how many objects are to be fetched */
    void backlog(EventBacklog events, long fetches) {
        backlog = events;
        this.fetches = fetches;
    }
}
