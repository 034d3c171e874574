package io.growalert.billing.stripe;

import com.stripe.StripeClient;
import com.stripe.exception.StripeException;
import com.stripe.net.ApiResource.RequestMethod;
import com.stripe.net.RawRequestOptions;
import com.stripe.net.StripeResponse;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;

/** Reads and deletes single objects at Stripe. */
public final class StripeObjects {
    private static final Duration AFTER_TOO_MANY = Duration.ofSeconds(2);
    /** The library does not retry: the caller keeps the pace and retries. */
    private static final RawRequestOptions ONCE = onceOnly();

    private final StripeClient stripe;

    public StripeObjects(StripeClient stripe) {
        this.stripe = stripe;
    }

    public sealed interface Answer {

        /**
         * @param json the object
         * @param asOf it includes all changes at Stripe before this second
         */
        record Found(String json, Instant asOf) implements Answer {}

        /** The object does not exist, or was deleted. */
        record Gone() implements Answer {}

        /**
         * Stripe rejected the request; a retry does not help.
         *
         * @param reason such as {@code HTTP 400}
         */
        record Refused(String reason) implements Answer {}

        /**
         * Temporary failure.
         *
         * @param retryAfter the least time until a retry; zero: unknown
         */
        record Unavailable(Duration retryAfter, String reason) implements Answer {}
    }

    public Answer fetch(Kind kind, String id) {
        return send(RequestMethod.GET, kind, id);
    }

    /** Deletes an object for good, and returns what is left of it. */
    public Answer delete(Kind kind, String id) {
        return send(RequestMethod.DELETE, kind, id);
    }

    private Answer send(RequestMethod method, Kind kind, String id) {
        long start = System.nanoTime();
        try {
            var response = stripe.rawRequest(
                    method, kind.path() + "/" + URLEncoder.encode(id, StandardCharsets.UTF_8), null, ONCE);
            return new Answer.Found(response.body(), asOf(response, Duration.ofNanos(System.nanoTime() - start)));
        } catch (StripeException e) {
            var status = e.getStatusCode();
            if (status == null || status == 0) {
                return new Answer.Unavailable(
                        Duration.ZERO, "no answer: " + e.getClass().getSimpleName());
            }
            return switch (status) {
                case 404 -> new Answer.Gone();
                case 429 -> new Answer.Unavailable(AFTER_TOO_MANY, "HTTP 429");
                case 401, 403 -> new Answer.Refused("HTTP %d: the secret key lacks the permission".formatted(status));
                default ->
                    status < 500 && status != 409
                            ? new Answer.Refused("HTTP " + status)
                            : new Answer.Unavailable(Duration.ZERO, "HTTP " + status);
            };
        } catch (DateTimeException e) {
            return new Answer.Unavailable(Duration.ZERO, "the answer's Date header is not a date");
        }
    }

    /** The object was read at some time between the request and the second of the answer. */
    static Instant asOf(StripeResponse response, Duration taken) {
        var date = response.headers()
                .firstValue("Date")
                .orElseThrow(() -> new DateTimeException("the answer has no Date header"));
        return ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME)
                .toInstant()
                .minus(taken)
                .truncatedTo(ChronoUnit.SECONDS);
    }

    private static RawRequestOptions onceOnly() {
        var options = RawRequestOptions.builder();
        options.setMaxNetworkRetries(0);
        return options.build();
    }
}
