package io.growalert.billing.outbox;

import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How changes get to Kafka, {@code growalert.billing.outbox.*}.
 *
 * @param poll how often changes are looked for when nobody calls
 * @param history how long a change is kept in the database after Kafka has it
 */
public record OutboxSettings(
        @DefaultValue("1s") @DurationMin(millis = 10) @DurationMax(minutes = 1)
        Duration poll,

        @DefaultValue("7d") @DurationMin(minutes = 1) @DurationMax(days = 3_650)
        Duration history) {}
