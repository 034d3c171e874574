package io.growalert.billing.customer.subscription;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;

/** {@code DEGRADED} while a configured price is not offered; without any, registration is closed. */
public final class PricesHealth implements HealthIndicator {
    private static final Status DEGRADED = new Status("DEGRADED");

    private final Prices prices;

    public PricesHealth(Prices prices) {
        this.prices = prices;
    }

    @Override
    public Health health() {
        var missing = prices.missing();
        return missing.isEmpty()
                ? Health.up().build()
                : Health.status(DEGRADED)
                        .withDetail("missing", missing)
                        .withDetail(
                                "reason",
                                "Stripe has no active recurring price that can be offered with these lookup keys; run"
                                        + " 'growalert billing setup', or 'growalert billing doctor' for the reason")
                        .build();
    }
}
