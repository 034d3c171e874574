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
 * Sends the calls that customers cause. Each kind of calls has a circuit breaker and a limit of calls under way, so that a
 * Stripe that hangs in one kind stops no other, and is given time to recover. What is refused was not sent.
 */
final class GuardedCalls extends HttpClient {
    private static final Logger LOG = LoggerFactory.getLogger(GuardedCalls.class);
    private static final int CALLS = 20;
    private static final int CALLS_AT_LEAST = 6;
    /** Of a kind. A permit is all that is needed: resilience4j's bulkhead adds nothing to a semaphore. */
    private static final int UNDER_WAY = 64;

    private static final Duration UNTIL_ONE_ENDS = Duration.ofSeconds(2);
    private static final int LOOK_MILLIS = 5_000;
    private static final ScopedValue<Call> CALL = ScopedValue.newInstance();

    private final HttpClient http = new HttpURLConnectionClient();
    private final Map<CallKind, Guard> guards = new EnumMap<>(CallKind.class);
    private final CallBudget budget;
    private final Duration pause;
    private final MeterRegistry meters;

    private record Guard(CallKind kind, CircuitBreaker breaker, Semaphore permits) {}

    /** One call, with the attempts that the library makes of it. */
    private static final class Call {
        private boolean sent;
    }

    private enum Outcome {
        /** Whatever Stripe answered, but no failure of its own. */
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
                // a probe that hangs must not refuse all others for as long
                .maxWaitDurationInHalfOpenState(pause)
                .build();
        for (var kind : CallKind.values()) {
            guards.put(kind, new Guard(kind, breaker(kind, config), new Semaphore(UNDER_WAY)));
            for (var outcome : Outcome.values()) {
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
        var sent = budget.isLook() && request.method() == RequestMethod.GET ? impatient(request) : request;
        return ScopedValue.where(CALL, new Call()).call(() -> super.requestWithRetries(sent));
    }

    /** The same, once and with short time limits. */
    private static StripeRequest impatient(StripeRequest request) throws StripeException {
        var options = request.options();
        var limited = options.toBuilderFullCopy()
                .setConnectTimeout(Math.min(options.getConnectTimeout(), LOOK_MILLIS))
                .setReadTimeout(Math.min(options.getReadTimeout(), LOOK_MILLIS))
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

    /** Of what was sent before, the outcome is unknown, and stays so. */
    private StripeException refusal(Guard guard, Duration retryAfter) {
        count(guard.kind(), Outcome.NOT_SENT, 1);
        if (CALL.get().sent) {
            return new ApiConnectionException("Not sent again: calls to Stripe keep failing");
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
                count(guard.kind(), Outcome.FAILED, 1);
            } else {
                breaker.onSuccess(taken, breaker.getTimestampUnit());
                count(guard.kind(), Outcome.ANSWERED, 1);
            }
            return response;
        } catch (StripeException | RuntimeException e) {
            breaker.onError(breaker.getCurrentTimestamp() - start, breaker.getTimestampUnit(), e);
            count(guard.kind(), Outcome.FAILED, 1);
            throw e;
        }
    }

    private void count(CallKind kind, Outcome outcome, int calls) {
        meters.counter(
                        "growalert.billing.stripe.calls",
                        "kind",
                        kind.label(),
                        "outcome",
                        outcome.name().toLowerCase(Locale.ROOT))
                .increment(calls);
    }
}
