package io.growalert.gateway;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One circuit breaker for each route to a backend: a payment provider that hangs behind one route does not open the other routes'
 * circuit breakers. Only a missing response is a failure; the status of a response does not count.
 */
final class Breakers {
    private static final Logger LOG = LoggerFactory.getLogger(Breakers.class);

    private final Duration pause;
    private final CircuitBreakerConfig configuration;

    Breakers(GatewaySettings settings) {
        var breaker = settings.breaker();
        pause = breaker.pause();
        configuration = CircuitBreakerConfig.custom()
                .slidingWindowType(SlidingWindowType.COUNT_BASED)
                .slidingWindowSize(breaker.calls())
                .minimumNumberOfCalls(Math.max(1, breaker.calls() / 2))
                .failureRateThreshold(50)
                .waitDurationInOpenState(pause)
                .permittedNumberOfCallsInHalfOpenState(2)
                // a trial call that hangs must not keep the circuit breaker half open
                .maxWaitDurationInHalfOpenState(pause)
                .build();
    }

    /** How long a circuit breaker stays open. */
    Duration pause() {
        return pause;
    }

    CircuitBreaker of(String route) {
        var breaker = CircuitBreaker.of(route, configuration);
        breaker.getEventPublisher().onStateTransition(change -> LOG.atWarn()
                .addKeyValue("route", route)
                .addKeyValue("from", change.getStateTransition().getFromState())
                .addKeyValue("to", change.getStateTransition().getToState())
                .log("Circuit breaker changed state"));
        return breaker;
    }
}
