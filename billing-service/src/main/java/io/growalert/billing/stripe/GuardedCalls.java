package io.growalert.billing.stripe;

import com.stripe.exception.ApiConnectionException;
import com.stripe.exception.StripeException;
import com.stripe.net.ApiResource.RequestMethod;
import com.stripe.net.HttpClient;
import com.stripe.net.HttpURLConnectionClient;
import com.stripe.net.StripeRequest;
import com.stripe.net.StripeResponse;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the calls that customers cause. Each kind of calls has a circuit breaker and a limit of concurrent calls, so that a
 * Stripe that hangs in one kind stops no other, and has time to recover. A rejected call was not sent.
 */
final class GuardedCalls extends HttpClient {
    private static final Logger LOG = LoggerFactory.getLogger(GuardedCalls.class);
    private static final int CALLS = 20;
    private static final int CALLS_AT_LEAST = 6;
    /** Concurrent calls of a kind. A semaphore suffices: resilience4j's bulkhead adds nothing. */
    private static final int UNDER_WAY = 64;

    private static final Duration UNTIL_ONE_ENDS = Duration.ofSeconds(2);
    private static final int READ_MILLIS = 5_000;
    private static final ScopedValue<Call> CALL = ScopedValue.newInstance();

    private final HttpClient http = new HttpURLConnectionClient();
    private final Map<CallKind, Guard> guards = new EnumMap<>(CallKind.class);
    private final CallBudget budget;
    private final Duration pause;
    private final MeterRegistry meters;

    private record Guard(CallKind kind, CircuitBreaker breaker, Semaphore permits) {}

    /** One call, with the library's retries. */
    private static final class Call {
        private boolean sent;
    }

    private enum CallOutcome {
        /** Any answer but a 5xx. */
        ANSWERED,
        FAILED,
        NOT_SENT
    }

    GuardedCalls(StripeSettings settings, CallBudget budget, MeterRegistry meters) {
        this.budget = budget;
        this.meters = meters;
        pause = settings.breakerPause();
        var config = CircuitBreakerConfig.custom()
                .slidingWindowType(SlidingWindowType.COUNT_BASED)
                .slidingWindowSize(CALLS)
                .minimumNumberOfCalls(CALLS_AT_LEAST)
                .failureRateThreshold(50)
                .waitDurationInOpenState(pause)
                .permittedNumberOfCallsInHalfOpenState(2)
                // a probe that hangs must not reject all other calls for as long
                .maxWaitDurationInHalfOpenState(pause)
                .build();
        for (var kind : CallKind.values()) {
            guards.put(kind, new Guard(kind, breaker(kind, config), new Semaphore(UNDER_WAY)));
            for (var outcome : CallOutcome.values()) {
                count(kind, outcome, 0);
            }
        }
    }

    private static CircuitBreaker breaker(CallKind kind, CircuitBreakerConfig config) {
        var breaker = CircuitBreaker.of("stripe-" + kind.label(), config);
        breaker.getEventPublisher().onStateTransition(change -> LOG.atWarn()
                .addKeyValue("kind", kind.label())
                .addKeyValue("from", change.getStateTransition().getFromState())
                .addKeyValue("to", change.getStateTransition().getToState())
                .log("Circuit breaker of calls to Stripe changed"));
        return breaker;
    }

    @Override
    public StripeResponse requestWithRetries(StripeRequest request) throws StripeException {
        budget.spend();
        var sent = budget.isRead() && request.method() == RequestMethod.GET ? impatient(request) : request;
        return ScopedValue.where(CALL, new Call()).call(() -> super.requestWithRetries(sent));
    }

    /** The same without retries and with short timeouts. */
    private static StripeRequest impatient(StripeRequest request) throws StripeException {
        var options = request.options();
        var limited = options.toBuilderFullCopy()
                .setConnectTimeout(Math.min(options.getConnectTimeout(), READ_MILLIS))
                .setReadTimeout(Math.min(options.getReadTimeout(), READ_MILLIS))
                .setMaxNetworkRetries(0)
                .build();
        return StripeRequest.create(request.method(), request.url().toString(), Map.of(), limited, request.apiMode());
    }

    /** One attempt. */
    @Override
    public StripeResponse request(StripeRequest request) throws StripeException {
        var guard = guards.get(CallKind.of(request.url().getPath()));
        if (guard == null) {
            throw new IllegalStateException("a kind of calls has no guard");
        }
        if (!guard.permits().tryAcquire()) {
            throw refusal(guard, UNTIL_ONE_ENDS);
        }
        try {
            if (!guard.breaker().tryAcquirePermission()) {
                throw refusal(guard, pause);
            }
            return attempt(guard, request);
        } finally {
            guard.permits().release();
        }
    }

    /** The outcome of an attempt that was sent before stays unknown. */
    private StripeException refusal(Guard guard, Duration retryAfter) {
        count(guard.kind(), CallOutcome.NOT_SENT, 1);
        if (CALL.get().sent) {
            return new ApiConnectionException("Not retried: circuit breaker of calls to Stripe open");
        }
        throw StripeFailure.notSent(guard.kind().label(), retryAfter);
    }

    private StripeResponse attempt(Guard guard, StripeRequest request) throws StripeException {
        var breaker = guard.breaker();
        long start = breaker.getCurrentTimestamp();
        CALL.get().sent = true;
        try {
            var response = http.request(request);
            long taken = breaker.getCurrentTimestamp() - start;
            if (response.code() >= 500) {
                breaker.onError(taken, breaker.getTimestampUnit(), new ApiConnectionException("HTTP 5xx"));
                count(guard.kind(), CallOutcome.FAILED, 1);
            } else {
                breaker.onSuccess(taken, breaker.getTimestampUnit());
                count(guard.kind(), CallOutcome.ANSWERED, 1);
            }
            return response;
        } catch (StripeException | RuntimeException e) {
            breaker.onError(breaker.getCurrentTimestamp() - start, breaker.getTimestampUnit(), e);
            count(guard.kind(), CallOutcome.FAILED, 1);
            throw e;
        }
    }

    private void count(CallKind kind, CallOutcome outcome, int calls) {
        meters.counter(
                        "growalert.billing.stripe.calls",
                        "kind",
                        kind.label(),
                        "outcome",
                        outcome.name().toLowerCase(Locale.ROOT))
                .increment(calls);
    }
}
