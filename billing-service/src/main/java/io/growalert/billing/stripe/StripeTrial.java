package io.growalert.billing.stripe;

import com.stripe.StripeClient;
import com.stripe.exception.ApiConnectionException;
import com.stripe.exception.AuthenticationException;
import com.stripe.exception.PermissionException;
import com.stripe.exception.StripeException;
import com.stripe.net.ApiResource.RequestMethod;
import com.stripe.net.HttpHeaders;
import com.stripe.net.RawRequestOptions;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Tries each call to Stripe that billing makes, without any effect, and compares the clocks. */
public final class StripeTrial {
    private static final Pattern RIGHT = Pattern.compile("\\brak_\\w{1,64}");
    private static final int UNAUTHORIZED = 401;
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final StripeClient stripe;
    private final InstantSource clock;
    private final Runnable turn;
    private final RawRequestOptions options;

    /** @param turn called before each request; may wait */
    StripeTrial(StripeClient stripe, StripeSettings settings, InstantSource clock, Runnable turn) {
        this.stripe = stripe;
        this.clock = clock;
        this.turn = turn;
        options = options(settings);
    }

    /** The result of a call. */
    public sealed interface CallResult {
        record Permitted() implements CallResult {}

        /** @param rights of which the key lacks one; several only where any of them would suffice */
        record Forbidden(Set<String> rights) implements CallResult {
            public Forbidden {
                rights = Set.copyOf(rights);
            }
        }

        /** Stripe rejected the key. */
        record Denied() implements CallResult {}

        /** @param reason such as {@code HTTP 500} */
        record Unknown(String reason) implements CallResult {}

        /** No connection, or no response in time. */
        record Unreachable() implements CallResult {}
    }

    /**
     * @param call such as {@code POST /v1/payment_intents}
     * @param purpose what billing does by it
     */
    public record TriedCall(String call, String purpose, CallResult result) {}

    /**
     * @param attempts in the order of the calls; after a rejected key or without a connection no further call is tried
     * @param ahead how far our clock is ahead of Stripe's, negative when it is behind, at least; empty: unknown
     */
    public record TrialReport(List<TriedCall> attempts, Optional<Duration> ahead) {
        public TrialReport {
            attempts = List.copyOf(attempts);
        }

        /** Why no call works, if none does. */
        public Optional<CallResult> failure() {
            return attempts.stream()
                    .map(TriedCall::result)
                    .filter(result -> result instanceof CallResult.Denied || result instanceof CallResult.Unreachable)
                    .findFirst();
        }
    }

    /** @param portal whether customers may open Stripe's Customer Portal */
    public TrialReport run(boolean portal) {
        var attempts = new ArrayList<TriedCall>();
        var offset = new ClockOffset();
        for (var call : StripeCall.made(portal)) {
            turn.run();
            var result = attempt(call, offset);
            attempts.add(new TriedCall(call.request(), call.purpose(), result));
            if (result instanceof CallResult.Denied || result instanceof CallResult.Unreachable) {
                break;
            }
        }
        return new TrialReport(attempts, offset.ahead());
    }

    private CallResult attempt(StripeCall call, ClockOffset offset) {
        var before = clock.instant();
        try {
            var content = call.triedParameters();
            boolean isForm = call.method() == RequestMethod.POST;
            var response = stripe.rawRequest(call.method(), call.triedPath(), isForm ? content : null, options);
            offset.add(before, clock.instant(), response.headers());
            return new CallResult.Permitted();
        } catch (ApiConnectionException _) {
            return new CallResult.Unreachable();
        } catch (StripeException e) {
            headers(e).ifPresent(headers -> offset.add(before, clock.instant(), headers));
            return result(call, e);
        }
    }

    private static CallResult result(StripeCall call, StripeException e) {
        if (e instanceof PermissionException) {
            return new CallResult.Forbidden(missing(call, Objects.requireNonNullElse(e.getMessage(), "")));
        }
        int status = Objects.requireNonNullElse(e.getStatusCode(), 0);
        if (e instanceof AuthenticationException || status == UNAUTHORIZED) {
            return new CallResult.Denied();
        }
        // an object that does not exist, or a parameter that names it
        return status == 400 || status == 402 || status == 404
                ? new CallResult.Permitted()
                : new CallResult.Unknown(status == 0 ? "no answer" : "HTTP " + status);
    }

    /** Stripe names the right that it misses, or all of which any would do; some refusals name none. */
    private static Set<String> missing(StripeCall call, String message) {
        var named = new TreeSet<String>();
        var matcher = RIGHT.matcher(message);
        while (matcher.find()) {
            named.add(matcher.group());
        }
        if (named.isEmpty()) {
            return call.rights();
        }
        var expected = new TreeSet<>(named);
        expected.retainAll(call.rights());
        return expected.isEmpty() ? named : expected;
    }

    private static Optional<HttpHeaders> headers(StripeException e) {
        var error = e.getStripeError();
        return error == null || error.getLastResponse() == null
                ? Optional.empty()
                : Optional.of(error.getLastResponse().headers());
    }

    private static RawRequestOptions options(StripeSettings settings) {
        var options = RawRequestOptions.builder();
        options.setConnectTimeout(millis(settings.connectTimeout()));
        options.setReadTimeout(millis(settings.readTimeout()));
        options.setMaxNetworkRetries(0);
        return options.build();
    }

    private static int millis(Duration setting) {
        return (int) (setting.compareTo(PATIENCE) < 0 ? setting : PATIENCE).toMillis();
    }

    /** The smallest difference that any response allows: a Date has whole seconds, and a response takes time. */
    private static final class ClockOffset {
        private @Nullable Duration smallest;

        void add(Instant before, Instant after, HttpHeaders headers) {
            var date = headers.firstValue("Date").flatMap(ClockOffset::parse);
            date.map(stripes -> ahead(before, after, stripes)).ifPresent(ahead -> {
                if (smallest == null || ahead.abs().compareTo(smallest.abs()) < 0) {
                    smallest = ahead;
                }
            });
        }

        Optional<Duration> ahead() {
            return Optional.ofNullable(smallest);
        }

        private static Optional<Instant> parse(String date) {
            try {
                return Optional.of(ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME)
                        .toInstant());
            } catch (DateTimeException _) {
                return Optional.empty();
            }
        }

        private static Duration ahead(Instant before, Instant after, Instant date) {
            if (date.isAfter(after)) {
                return Duration.between(date, after);
            }
            var end = date.plusSeconds(1);
            return end.isBefore(before) ? Duration.between(end, before) : Duration.ZERO;
        }
    }
}
