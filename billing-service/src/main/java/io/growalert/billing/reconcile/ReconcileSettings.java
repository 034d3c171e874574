package io.growalert.billing.reconcile;

import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How Stripe and the records are compared without being asked to, {@code growalert.billing.reconcile.*}.
 *
 * @param every how often; 0: never. One of all instances does it, ten minutes after its start at the earliest
 * @param lookBack how far back; Stripe lists events for 30 days, and tries to deliver them for 3
 */
public record ReconcileSettings(
        @DefaultValue("24h") @DurationMin(seconds = 0) @DurationMax(days = 30)
        Duration every,

        @DefaultValue("4d") @DurationMin(minutes = 1) @DurationMax(days = 30)
        Duration lookBack) {}
