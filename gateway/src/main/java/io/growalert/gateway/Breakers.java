package io.growalert.gateway;

import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.timelimiter.TimeLimiterRegistry;
import java.time.Duration;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.cloud.circuitbreaker.resilience4j.Resilience4JCircuitBreakerFactory;
import org.springframework.cloud.circuitbreaker.resilience4j.Resilience4JConfigBuilder;
import org.springframework.cloud.circuitbreaker.resilience4j.Resilience4JConfigurationProperties;
import org.springframework.context.annotation.Bean;

/**
 * One circuit breaker for each route to a backend, by the route's name: a payment provider that hangs behind one route does not
 * close the others. Only a backend that does not answer counts, never what it answers.
 */
class Breakers {
    private static final Logger LOG = LoggerFactory.getLogger(Breakers.class);

    private static final Set<Problem> FAILURES =
            Set.of(Problem.BACKEND_FAILED, Problem.BACKEND_UNAVAILABLE, Problem.BACKEND_TIMEOUT);

    private final GatewaySettings.Breaker settings;

    Breakers(GatewaySettings settings) {
        this.settings = settings.breaker();
    }

    /** For how long a backend is left alone. */
    Duration pause() {
        return settings.pause();
    }

    @Bean
    CircuitBreakerRegistry circuitBreakers() {
        var registry = CircuitBreakerRegistry.of(CircuitBreakerConfig.custom()
                .slidingWindowType(SlidingWindowType.COUNT_BASED)
                .slidingWindowSize(settings.calls())
                .minimumNumberOfCalls(Math.max(1, settings.calls() / 2))
                .failureRateThreshold(50)
                .waitDurationInOpenState(settings.pause())
                .permittedNumberOfCallsInHalfOpenState(2)
                // a call that hangs would keep everybody from a backend that is well again
                .maxWaitDurationInHalfOpenState(settings.pause())
                .recordException(Breakers::isFailure)
                .ignoreException(thrown -> !isFailure(thrown))
                .build());
        registry.getEventPublisher().onEntryAdded(added -> {
            var breaker = added.getAddedEntry();
            breaker.getEventPublisher().onStateTransition(change -> LOG.atWarn()
                    .addKeyValue("route", breaker.getName())
                    .addKeyValue("from", change.getStateTransition().getFromState())
                    .addKeyValue("to", change.getStateTransition().getToState())
                    .log("A circuit breaker changed"));
        });
        return registry;
    }

    /** A backend of which we asked too much has not failed, and what is wrong with a request is not its fault. */
    private static boolean isFailure(Throwable thrown) {
        return thrown instanceof Refusal refusal && FAILURES.contains(refusal.problem());
    }

    /** Calls are made where they are asked for: the backends' own timeouts bound them. */
    @Bean
    Resilience4JCircuitBreakerFactory circuitBreakerFactory(CircuitBreakerRegistry registry) {
        var properties = new Resilience4JConfigurationProperties();
        properties.setDisableTimeLimiter(true);
        properties.setDisableThreadPool(true);
        var factory =
                new Resilience4JCircuitBreakerFactory(registry, TimeLimiterRegistry.ofDefaults(), null, properties);
        factory.configureDefault(name -> new Resilience4JConfigBuilder(name)
                .circuitBreakerConfig(registry.getDefaultConfig())
                .build());
        return factory;
    }
}
