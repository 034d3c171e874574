package io.growalert.runtime.entitlement;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;

/** DEGRADED while no monitor is paused although the setting demands it. */
public final class EntitlementHealth implements HealthIndicator {
    private static final Status DEGRADED = new Status("DEGRADED");

    private final EntitlementTopic entitlements;

    public EntitlementHealth(EntitlementTopic entitlements) {
        this.entitlements = entitlements;
    }

    @Override
    public Health health() {
        return entitlements
                .obstacle()
                .map(reason -> Health.status(DEGRADED).withDetail("reason", reason + "; no monitor is paused"))
                .orElseGet(Health::up)
                .build();
    }
}
