package io.growalert.gateway;

import io.growalert.service.PlainReason;
import org.apache.catalina.valves.RemoteIpValve;
import org.apache.coyote.http11.AbstractHttp11Protocol;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.core.Ordered;

/** How Tomcat takes in what comes: raw, from whom it says only when a configured proxy says so, and refused in our words. */
final class ServerLimits implements WebServerFactoryCustomizer<TomcatServletWebServerFactory>, Ordered {
    private final GatewaySettings settings;

    ServerLimits(GatewaySettings settings) {
        this.settings = settings;
    }

    @Override
    public void customize(TomcatServletWebServerFactory factory) {
        factory.addConnectorCustomizers(connector -> {
            // a form is a body like any other
            connector.setParseBodyMethods("");
            connector.setXpoweredBy(false);
            if (connector.getProtocolHandler() instanceof AbstractHttp11Protocol<?> http) {
                // who waits for leave to send a body that is too large never gets it
                http.setContinueResponseTiming("onRead");
            }
        });
        factory.addContextCustomizers(
                context -> context.getParent().getPipeline().addValve(new ProblemReport()));
        if (!settings.proxies().isEmpty()) {
            factory.addEngineValves(proxies());
        }
    }

    private RemoteIpValve proxies() {
        var valve = new RemoteIpValve();
        try {
            valve.setInternalProxies(String.join(",", settings.proxies()));
        } catch (IllegalArgumentException e) {
            throw new Unusable(String.valueOf(e.getMessage()));
        }
        valve.setRemoteIpHeader("X-Forwarded-For");
        valve.setProtocolHeader("X-Forwarded-Proto");
        valve.setHostHeader("X-Forwarded-Host");
        valve.setPortHeader("X-Forwarded-Port");
        return valve;
    }

    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE;
    }

    private static final class Unusable extends RuntimeException implements PlainReason {
        private static final long serialVersionUID = 1L;

        Unusable(String why) {
            super("growalert.gateway.proxies: " + why);
        }
    }
}
