package io.growalert.billing.apply;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How stored events are applied, {@code growalert.billing.ledger.*}.
 *
 * @param workers how many batches are applied concurrently, 1 to 32
 * @param batch how many events are applied together at most, 1 to 1,000
 * @param poll how often due events are claimed without a wake-up
 * @param attempts after how many failed attempts an event is parked
 * @param history how long an event is retained after it was applied; Stripe can resend one for 30 days
 */
public record ApplySettings(
        @DefaultValue("2") @Min(1) @Max(32) int workers,
        @DefaultValue("200") @Min(1) @Max(1_000) int batch,

        @DefaultValue("1s") @DurationMin(millis = 10) @DurationMax(minutes = 1)
        Duration poll,

        @DefaultValue("10") @Min(1) @Max(100) int attempts,

        @DefaultValue("90d") @DurationMin(days = 31) @DurationMax(days = 3_650)
        Duration history) {}
