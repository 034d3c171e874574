package io.growalert.dispatcher.state;

import io.growalert.runtime.entitlement.CustomerPauses;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The beans of the alert state; requires {@link StateSettings}, {@link CustomerPauses} and a {@link MeterRegistry}. */
@Configuration(proxyBeanMethods = false)
public class StateConfiguration {
    @Bean
    StateStreams stateStreams(StateSettings settings, CustomerPauses pauses, MeterRegistry registry) {
        return new StateStreams(settings, pauses, registry);
    }

    @Bean
    AlertCommands alertCommands(StateSettings settings) {
        return new AlertCommands(settings.connection());
    }

    @Bean
    HealthIndicator stateStreamsHealthIndicator(StateStreams streams) {
        return new StateHealth(streams);
    }
}
