package io.growalert.gateway;

import io.growalert.runtime.BootParts;
import io.growalert.runtime.Service;
import io.growalert.runtime.StartFailure;
import java.util.Map;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.security.autoconfigure.web.servlet.SecurityFilterAutoConfiguration;
import org.springframework.cloud.gateway.server.mvc.GatewayServerMvcAutoConfiguration;
import org.springframework.cloud.gateway.server.mvc.filter.FilterAutoConfiguration;
import org.springframework.cloud.gateway.server.mvc.handler.HandlerFunctionAutoConfiguration;
import org.springframework.cloud.gateway.server.mvc.predicate.PredicateAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;

/**
 * The one public port.
 *
 * <pre>
 * Doorstep (request id, access log) --> Guard (operator token, security headers)
 *   --> Routes: Limit --> Bodies --> circuit breaker --> Backends ==> billing, monitor-service, alert-dispatcher
 *                \--> Pages, HealthCheck
 * </pre>
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableConfigurationProperties(GatewaySettings.class)
@Import({
    ServerLimits.class,
    Doorstep.class,
    Guard.class,
    Refused.class,
    Routes.class,
    Backends.class,
    Breakers.class,
    Bodies.class,
    Limit.class,
    Forwarding.class,
    Pages.class,
    HealthCheck.class,
    Errors.class,
    BootParts.class
})
@ImportAutoConfiguration({
    FilterAutoConfiguration.class,
    HandlerFunctionAutoConfiguration.class,
    PredicateAutoConfiguration.class,
    GatewayServerMvcAutoConfiguration.class,
    SecurityFilterAutoConfiguration.class
})
public class Gateway {
    private static final Service SERVICE = new Service(Gateway.class, "gateway");

    public static void main(String[] arguments) {
        SERVICE.main(arguments);
    }

    /**
     * Starts the gateway inside another program, which closes the answer in time.
     *
     * @param settings by property name, above all others; a collection is a list property
     * @throws StartFailure with a line for each setting that is wrong
     */
    public static ConfigurableApplicationContext start(Map<String, Object> settings) {
        return SERVICE.start(settings);
    }
}
