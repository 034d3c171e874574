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
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads lists and objects from Stripe, one request after another. Each request waits for its turn, a retry too; a failure that
 * may be temporary is retried for about a minute.
 */
public final class StripeReader {
    private static final int PAGE = 100;
    private static final int ATTEMPTS = 8;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    private static final Duration LONGEST_ASKED = Duration.ofMinutes(2);

    private static final RawRequestOptions ONCE = onceOnly();

    private final StripeClient stripe;
    private final Supplier<Duration> turns;
    private final Duration gap;
    private final Pause pause;
    private @Nullable Long lastLeft;
    private long requests;

    /**
     * @param turns reserves the next turn, and returns how long it is until then
     * @param gap the least time between two requests; otherwise the next request would make up for a turn that was missed by a little
     * @param pause waits
     */
    StripeReader(StripeClient stripe, Supplier<Duration> turns, Duration gap, Pause pause) {
        this.stripe = stripe;
        this.turns = turns;
        this.gap = gap;
        this.pause = pause;
    }

    /** Waits, or throws when the wait is pointless. */
    @FunctionalInterface
    public interface Pause {
        void take(Duration duration);
    }

    /** @param asOf it includes all changes at Stripe before this second */
    public record Page(List<ObjectNode> objects, Instant asOf) {
        public Page {
            objects = List.copyOf(objects);
        }
    }

    /** A request failed for good. The message quotes nothing of Stripe's but codes. */
    public static final class Unreadable extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final boolean anything;

        Unreadable(String reason, boolean anything, @Nullable Throwable cause) {
            super(reason, cause);
            this.anything = anything;
        }

        /** Whether other requests would fail too, at present. */
        public boolean isAnything() {
            return anything;
        }
    }

    /** How many requests were sent. */
    public long requests() {
        return requests;
    }

    /**
     * The pages of a list, the newest objects first. Each is read by {@code next()}, which may throw {@link Unreadable}.
     *
     * @param path such as {@code /v1/charges}
     * @param parameters such as {@code created[gte]}
     */
    public Iterator<Page> pages(String path, Map<String, String> parameters) {
        return new Iterator<>() {
            private @Nullable String last;
            private boolean more = true;

            @Override
            public boolean hasNext() {
                return more;
            }

            @Override
            public Page next() {
                if (!more) {
                    throw new NoSuchElementException();
                }
                var answer = get(path + query(parameters, last));
                var list = answer.body();
                var objects = list.path("data")
                        .valueStream()
                        .map(object -> (ObjectNode) object)
                        .toList();
                more = list.path("has_more").asBoolean(false) && !objects.isEmpty();
                last = more ? objects.getLast().path("id").asString() : null;
                return new Page(objects, answer.asOf());
            }
        };
    }

    /**
     * One object; an empty page when it does not exist or was deleted.
     *
     * @param path of its list, such as {@code /v1/charges}
     */
    public Page one(String path, String id) {
        return getOrNothing(path + "/" + encoded(id))
                .map(answer -> new Page(List.of(answer.body()), answer.asOf()))
                .orElseGet(() -> new Page(List.of(), Instant.EPOCH));
    }

    private static String query(Map<String, String> parameters, @Nullable String after) {
        var page = after == null ? Map.<String, String>of() : Map.of("starting_after", after);
        return Stream.of(Map.of("limit", Integer.toString(PAGE)), parameters, page)
                .flatMap(some -> some.entrySet().stream())
                .map(each -> encoded(each.getKey()) + "=" + encoded(each.getValue()))
                .collect(Collectors.joining("&", "?", ""));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private record Answer(ObjectNode body, Instant asOf) {}

    private Answer get(String url) {
        return getOrNothing(url)
                .orElseThrow(() -> new Unreadable("Stripe answered 404: unknown address or object", false, null));
    }

    private Optional<Answer> getOrNothing(String url) {
        for (int attempt = 1; ; attempt++) {
            awaitTurn();
            requests++;
            long start = System.nanoTime();
            lastLeft = start;
            try {
                var response = stripe.rawRequest(RequestMethod.GET, url, null, ONCE);
                return Optional.of(answer(response, Duration.ofNanos(System.nanoTime() - start)));
            } catch (StripeException e) {
                int status = e.getStatusCode() == null ? 0 : e.getStatusCode();
                if (status == 404) {
                    return Optional.empty();
                }
                if (!mayPass(status)) {
                    throw new Unreadable("Stripe answered %d %s".formatted(status, e.getCode()), status == 401, null);
                }
                if (attempt == ATTEMPTS) {
                    var reason = status == 0 ? "Stripe is unreachable" : "Stripe answered " + status;
                    throw new Unreadable(reason, true, status == 0 ? e.getCause() : null);
                }
                pause.take(longer(pauseAfter(attempt), asked(e)));
            }
        }
    }

    private void awaitTurn() {
        var turn = turns.get();
        pause.take(lastLeft == null ? turn : longer(turn, gap.minusNanos(System.nanoTime() - lastLeft)));
    }

    private static boolean mayPass(int status) {
        return status == 0 || status == 409 || status == 429 || status >= 500;
    }

    private static Duration pauseAfter(int attempt) {
        var pause = FIRST_PAUSE.multipliedBy(1L << (attempt - 1));
        return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
    }

    /** Stripe's Retry-After; zero: none. */
    private static Duration asked(StripeException failure) {
        var error = failure.getStripeError();
        if (error == null || error.getLastResponse() == null) {
            return Duration.ZERO;
        }
        try {
            var asked = error.getLastResponse()
                    .headers()
                    .firstValue("Retry-After")
                    .map(seconds -> Duration.ofSeconds(Long.parseLong(seconds.strip())))
                    .orElse(Duration.ZERO);
            return asked.compareTo(LONGEST_ASKED) < 0 ? asked : LONGEST_ASKED;
        } catch (NumberFormatException _) {
            return Duration.ZERO;
        }
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    private static Answer answer(StripeResponse response, Duration taken) {
        try {
            var body = StripeFields.parse(response.body());
            if (!(body instanceof ObjectNode object)) {
                throw new Unreadable("Stripe's answer is not a JSON object", false, null);
            }
            return new Answer(object, asOf(response, taken));
        } catch (JacksonException _) {
            // its message would show some of the body
            throw new Unreadable("Stripe's answer is not JSON", false, null);
        } catch (DateTimeException _) {
            throw new Unreadable("Stripe's answer has no valid Date header", true, null);
        }
    }

    /** The object was read between the request and the second of the answer. */
    private static Instant asOf(StripeResponse response, Duration taken) {
        var date = response.headers().firstValue("Date").orElseThrow(() -> new DateTimeException("no Date header"));
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
