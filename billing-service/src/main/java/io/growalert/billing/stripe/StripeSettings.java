package io.growalert.billing.stripe;

import io.growalert.definitions.Secret;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import java.net.URI;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Whom we bill through, {@code growalert.billing.stripe.*}.
 *
 * @param apiBase where Stripe's API is; a stand-in is used by its address alone
 * @param secretKey {@code sk_...} or {@code rk_...}
 * @param publishableKey {@code pk_...}; handed to browsers
 * @param retries how often the library itself tries again, with the same idempotency key
 * @param requestsPerSecond how many requests may leave, of all instances together, that no customer waits for, 1 to 100
 */
public record StripeSettings(
        @DefaultValue("https://api.stripe.com") @NotNull URI apiBase,
        @NotNull Secret secretKey,
        @NotBlank String publishableKey,

        @DefaultValue("5s") @DurationMin(millis = 100) @DurationMax(minutes = 1)
        Duration connectTimeout,

        @DefaultValue("20s") @DurationMin(millis = 100) @DurationMax(minutes = 2)
        Duration readTimeout,

        @DefaultValue("2") @Min(0) @Max(5) int retries,

        @DefaultValue("20") @Min(1) @Max(100) int requestsPerSecond) {

    @AssertTrue(message = "growalert.billing.stripe.secret-key is needed, sk_... or rk_...")
    boolean isSecretKeyThere() {
        return !secretKey.value().isBlank();
    }

    @AssertTrue(message = "growalert.billing.stripe.api-base must be https://... with a key that is live")
    boolean isLiveKeySafe() {
        return "https".equals(apiBase.getScheme()) || !secretKey.value().contains("_live_");
    }
}
