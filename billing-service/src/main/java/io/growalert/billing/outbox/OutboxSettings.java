package io.growalert.billing.outbox;

import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the outbox is published, {@code growalert.billing.outbox.*}.
 *
 * @param poll how often the outbox is read without a wake-up
 * @param history how long an event is retained after it was published
 */
public record OutboxSettings(
        @DefaultValue("1s") @DurationMin(millis = 10) @DurationMax(minutes = 1)
        Duration poll,

        @DefaultValue("7d") @DurationMin(minutes = 1) @DurationMax(days = 3_650)
        Duration history) {}
