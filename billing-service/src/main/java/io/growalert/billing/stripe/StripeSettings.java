package io.growalert.billing.stripe;

import io.growalert.definitions.Secret;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.net.URI;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The connection to Stripe, {@code growalert.billing.stripe.*}.
 *
 * @param apiBase of Stripe's API, or of a stand-in
 * @param secretKey {@code sk_...} or {@code rk_...}
 * @param publishableKey {@code pk_...}; sent to browsers
 * @param retries of the library, with the same idempotency key
 * @param requestsPerSecond of background requests, all instances together, 1 to 100
 * @param customerRequestsPerSecond of calls that customers cause, all instances together, 1 to 1,000; null: Stripe's limit less
 *     the background requests and a margin: 5 in Stripe's test mode, else 70
 * @param breakerPause how long a circuit breaker stays open
 */
public record StripeSettings(
        @DefaultValue("https://api.stripe.com") @NotNull URI apiBase,
        @DefaultValue("") @NotNull Secret secretKey,
        @DefaultValue("") @NotNull String publishableKey,

        @DefaultValue("5s") @DurationMin(millis = 100) @DurationMax(minutes = 1)
        Duration connectTimeout,

        @DefaultValue("20s") @DurationMin(millis = 100) @DurationMax(minutes = 2)
        Duration readTimeout,

        @DefaultValue("2") @Min(0) @Max(5) int retries,

        @DefaultValue("20") @Min(1) @Max(100) int requestsPerSecond,
        @Nullable @Min(1) @Max(1_000) Integer customerRequestsPerSecond,

        @DefaultValue("10s") @DurationMin(millis = 100) @DurationMax(minutes = 10)
        Duration breakerPause) {
    /** Stripe allows 100 requests a second, and 25 in test mode (docs.stripe.com/rate-limits). */
    private static final int LIVE = 70;

    private static final int TEST_MODE = 5;

    /** The same connection with another secret key. */
    public StripeSettings withSecretKey(String key) {
        return new StripeSettings(
                apiBase,
                new Secret(key),
                publishableKey,
                connectTimeout,
                readTimeout,
                retries,
                requestsPerSecond,
                customerRequestsPerSecond,
                breakerPause);
    }

    /** A stand-in has no limit. */
    public int customerRate() {
        if (customerRequestsPerSecond != null) {
            return customerRequestsPerSecond;
        }
        boolean stripe = "api.stripe.com".equals(apiBase.getHost());
        return stripe && secretKey.value().contains("_test_") ? TEST_MODE : LIVE;
    }

    @AssertTrue(
            message = "growalert.billing.stripe.secret-key must be sk_... or rk_...; set "
                    + StripeKeys.SECRET_KEY_VARIABLE)
    boolean isSecretKeySecret() {
        return StripeKeys.isSecret(secretKey.value());
    }

    @AssertTrue(
            message =
                    "growalert.billing.stripe.publishable-key must be pk_..., never a secret key, as browsers get it; set "
                            + StripeKeys.PUBLISHABLE_KEY_VARIABLE)
    boolean isPublishableKeyPublishable() {
        return StripeKeys.isPublishable(publishableKey);
    }

    @AssertTrue(
            message =
                    "growalert.billing.stripe.secret-key and publishable-key must be of the same mode, but one is for tests and"
                            + " the other is live; set " + StripeKeys.SECRET_KEY_VARIABLE + " and "
                            + StripeKeys.PUBLISHABLE_KEY_VARIABLE)
    boolean isOfOneMode() {
        // a text that is not a key is reported above
        return !StripeKeys.isSecret(secretKey.value())
                || !StripeKeys.isPublishable(publishableKey)
                || StripeKeys.isLive(secretKey.value()) == StripeKeys.isLive(publishableKey);
    }

    @AssertTrue(
            message = "growalert.billing.stripe.api-base must be https://... with a key that is live; set "
                    + StripeKeys.API_BASE_VARIABLE)
    boolean isLiveKeySafe() {
        return "https".equals(apiBase.getScheme()) || !StripeKeys.isLive(secretKey.value());
    }
}
