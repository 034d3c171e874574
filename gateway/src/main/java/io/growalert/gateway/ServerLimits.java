package io.growalert.gateway;

import io.growalert.runtime.PlainReason;
import io.growalert.runtime.loop.Progress;
import java.net.InetAddress;
import java.util.List;
import org.apache.catalina.util.NetMask;
import org.apache.catalina.valves.RemoteIpValve;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.core.Ordered;

/** How Tomcat takes in what comes: raw, from whom it says only when a configured proxy says so, and refused in our words. */
final class ServerLimits implements WebServerFactoryCustomizer<TomcatServletWebServerFactory>, Ordered {
    /** In bytes: one that is sending takes half of it, bodies and the gateway itself the rest. */
    private static final long HEAP_A_CONNECTION = 192 << 10;

    private final GatewaySettings settings;
    private final ObjectProvider<Doorstep> doorstep;
    private final Progress overdueRequests = new Progress("overdue-requests");

    ServerLimits(GatewaySettings settings, ObjectProvider<Doorstep> doorstep) {
        this.settings = settings;
        this.doorstep = doorstep;
    }

    @Override
    public void customize(TomcatServletWebServerFactory factory) {
        var proxies = settings.proxies().stream().map(ServerLimits::mask).toList();
        factory.setProtocol(Connections.class.getName());
        factory.addConnectorCustomizers(connector -> {
            // a form is a body like any other
            connector.setParseBodyMethods("");
            connector.setXpoweredBy(false);
            if (connector.getProtocolHandler() instanceof Connections http) {
                http.setMaxConnections(connections(
                        http.getMaxConnections(), Runtime.getRuntime().maxMemory()));
                http.limit(settings, proxies.stream().map(NetMask::new).toList(), overdueRequests);
                // who waits for leave to send a body that is too large never gets it
                http.setContinueResponseTiming("onRead");
            }
        });
        factory.addContextCustomizers(
                context -> context.getParent().getPipeline().addValve(new ProblemReport(doorstep)));
        if (!proxies.isEmpty()) {
            factory.addEngineValves(believing(proxies));
        }
    }

    /** The loop that ends requests which take too long. */
    Progress overdueRequests() {
        return overdueRequests;
    }

    /**
     * How many connections there are at once: as many as configured, or as the heap can hold if each is sending.
     *
     * @param heap in bytes
     */
    static int connections(int configured, long heap) {
        return (int) Math.min(configured, heap / HEAP_A_CONNECTION);
    }

    /** As a network even when it is one address: Tomcat takes what has no length for a regular expression. */
    private static String mask(String proxy) {
        try {
            int slash = proxy.indexOf('/');
            var address = InetAddress.ofLiteral(slash < 0 ? proxy : proxy.substring(0, slash));
            var mask = slash < 0 ? "%s/%d".formatted(proxy, address.getAddress().length * 8) : proxy;
            new NetMask(mask);
            return mask;
        } catch (IllegalArgumentException e) {
            throw new Unusable("%s is no address and no network such as 10.0.0.0/8".formatted(proxy));
        }
    }

    private static RemoteIpValve believing(List<String> proxies) {
        var valve = new RemoteIpValve();
        valve.setInternalProxies(String.join(",", proxies));
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
