package io.growalert.gateway;

import io.growalert.runtime.BootParts;
import io.growalert.runtime.Service;
import io.growalert.runtime.StartFailure;
import io.growalert.runtime.brand.Brand;
import java.util.Map;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.security.autoconfigure.web.servlet.SecurityFilterAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;

/**
 * The one public port.
 *
 * <pre>
 * Connections (deadlines, limits by address)
 *   --> Front (request id, operator and role, requests that no route may see)
 *     --> SessionApi (sessions of browsers)
 *     --> Lane (rate limit, Bodies, circuit breaker, permits, identity) --> Call ==> each service
 *     --> LiveLane (rate limit, number of streams, identity) --> LiveCall ==> history-service
 *     --> servlets: Guard --> OwnRoutes (Pages, HealthCheck, StatusApi ==> history-service), OidcSignIn ==> OIDC provider, actuator
 *   --> AccessLog
 * </pre>
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableConfigurationProperties({GatewaySettings.class, Brand.class})
@Import({
    GatewayServer.class,
    GatewayConfiguration.class,
    Connections.class,
    Refusals.class,
    CrossOrigin.class,
    Authenticator.class,
    AccessLog.class,
    RateLimit.class,
    Bodies.class,
    Guard.class,
    OwnRoutes.class,
    Pages.class,
    HealthCheck.class,
    Errors.class,
    BootParts.class
})
@ImportAutoConfiguration(SecurityFilterAutoConfiguration.class)
public class Gateway {
    private static final Service SERVICE = new Service(Gateway.class, "gateway");

    public static void main(String[] arguments) {
        SERVICE.main(arguments);
    }

    /**
     * Embedded start. The caller must close the returned context.
     *
     * @param settings by property name, above all others; a collection is a list property
     * @throws StartFailure with a line for each wrong setting
     */
    public static ConfigurableApplicationContext start(Map<String, Object> settings) {
        return SERVICE.start(settings);
    }
}
