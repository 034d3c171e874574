package io.growalert.billing.doctor;

import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The checks of the connection to Stripe, {@code growalert.billing.doctor.*}.
 *
 * @param every how often they run after the start; zero: only on request. While there is a problem, at least every 5 minutes
 */
public record DoctorSettings(
        @DefaultValue("1h") @DurationMin @DurationMax(days = 7)
        Duration every) {}
