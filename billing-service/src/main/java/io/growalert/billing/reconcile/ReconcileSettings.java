package io.growalert.billing.reconcile;

import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The scheduled reconciliation, {@code growalert.billing.reconcile.*}.
 *
 * @param every the interval; 0: never. One instance runs it, ten minutes after its start at the earliest
 * @param lookBack how far back it looks; Stripe lists events for 30 days, and retries their delivery for 3
 */
public record ReconcileSettings(
        @DefaultValue("24h") @DurationMin(seconds = 0) @DurationMax(days = 30)
        Duration every,

        @DefaultValue("4d") @DurationMin(minutes = 1) @DurationMax(days = 30)
        Duration lookBack) {}
