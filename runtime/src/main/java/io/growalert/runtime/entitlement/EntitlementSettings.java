package io.growalert.runtime.entitlement;

import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Whether monitors of customers without a subscription are paused; equal in all services.
 *
 * @param enforce true: they are, once the grace is over
 * @param grace the time from the end of the subscription to the pause, at most 366 days
 */
@Validated
@ConfigurationProperties("growalert.entitlements")
public record EntitlementSettings(
        @DefaultValue("false") boolean enforce,

        @DefaultValue("7d") @DurationMin @DurationMax(days = 366)
        Duration grace) {}
