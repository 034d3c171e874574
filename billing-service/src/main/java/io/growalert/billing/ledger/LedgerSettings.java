package io.growalert.billing.ledger;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How stored events are applied, {@code growalert.billing.ledger.*}.
 *
 * @param workers how many batches are applied at once, 1 to 32
 * @param batch how many events are applied together at most, 1 to 1,000
 * @param poll how often stored events are looked for when nobody calls
 * @param attempts how often an event is tried before it is parked
 * @param history how long an event is kept after it was applied; Stripe can send one again for 30 days
 */
public record LedgerSettings(
        @DefaultValue("2") @Min(1) @Max(32) int workers,
        @DefaultValue("200") @Min(1) @Max(1_000) int batch,

        @DefaultValue("1s") @DurationMin(millis = 10) @DurationMax(minutes = 1)
        Duration poll,

        @DefaultValue("10") @Min(1) @Max(100) int attempts,

        @DefaultValue("90d") @DurationMin(days = 31) @DurationMax(days = 3_650)
        Duration history) {}
