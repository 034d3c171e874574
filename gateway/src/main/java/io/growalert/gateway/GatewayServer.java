package io.growalert.gateway;

import io.growalert.runtime.http.HttpServer;
import io.growalert.runtime.http.TrustedProxies;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.springframework.boot.jetty.servlet.JettyServletWebServerFactory;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.web.server.Http2;
import org.springframework.boot.web.server.Ssl;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.core.Ordered;

/** Jetty as the gateway runs it: connections, the handlers before the servlets, error responses, access log, TLS. */
final class GatewayServer implements WebServerFactoryCustomizer<JettyServletWebServerFactory>, Ordered {
    /** In bytes: a connection that sends a body takes half of it, bodies and the gateway itself the rest. */
    private static final long HEAP_A_CONNECTION = 192 << 10;

    /** Connections that the kernel completes before the gateway accepts them, such as in a burst. */
    private static final int BACKLOG = 200;

    private final QueuedThreadPool threads;
    private final RouteTable routes;
    private final TrustedProxies proxies;
    private final Connections connections;
    private final Refusals refusals;
    private final Authenticator authenticator;
    private final CrossOrigin crossOrigin;
    private final AccessLog accessLog;
    private final SslBundles bundles;
    private final Bodies bodies;
    /** Of a request that no backend gets, in bytes. */
    private final int largestBody;

    GatewayServer(
            QueuedThreadPool threads,
            RouteTable routes,
            TrustedProxies proxies,
            Connections connections,
            Refusals refusals,
            Authenticator authenticator,
            CrossOrigin crossOrigin,
            AccessLog accessLog,
            SslBundles bundles,
            Bodies bodies,
            GatewaySettings settings) {
        this.threads = threads;
        this.routes = routes;
        this.proxies = proxies;
        this.connections = connections;
        this.refusals = refusals;
        this.authenticator = authenticator;
        this.crossOrigin = crossOrigin;
        this.accessLog = accessLog;
        this.bundles = bundles;
        this.bodies = bodies;
        largestBody = Math.toIntExact(settings.routes().pages().body().toBytes());
    }

    @Override
    public void customize(JettyServletWebServerFactory factory) {
        factory.setThreadPool(threads);
        int most = connections(factory.getMaxConnections(), Runtime.getRuntime().maxMemory());
        // Spring Boot would count the connections of the connector that TLS replaces
        factory.setMaxConnections(-1);
        var ssl = factory.getSsl();
        if (ssl != null && Ssl.isEnabled(ssl)) {
            var http2 = new Http2();
            http2.setEnabled(true);
            factory.setHttp2(http2);
        }
        factory.addServerCustomizers(server -> configure(server, most));
        if (ssl != null && Ssl.isEnabled(ssl)) {
            factory.addServerCustomizers(server -> Certificates.reload(server, ssl, bundles));
        }
    }

    private void configure(Server server, int most) {
        for (var connector : server.getConnectors()) {
            if (connector instanceof ServerConnector listening) {
                configure(listening);
            }
        }
        server.addBean(new NetworkConnectionLimit(most, server.getConnectors()));
        server.setRequestLog(accessLog);
        server.setErrorHandler(new ServerErrors(proxies, connections, refusals));
        var handlers = new Handler.Sequence(
                routes.handler(), new ServletThreads(server.getHandler(), refusals, bodies, largestBody));
        server.setHandler(new Front(handlers, proxies, connections, refusals, crossOrigin, authenticator));
    }

    private void configure(ServerConnector connector) {
        for (var protocol : connector.getConnectionFactories()) {
            if (protocol instanceof HttpConfiguration.ConnectionFactory http) {
                var configuration = http.getHttpConfiguration();
                // a response of a backend has its own
                configuration.setSendDateHeader(false);
                HttpServer.keepCase(configuration);
                var tls = configuration.getCustomizer(SecureRequestCustomizer.class);
                if (tls != null) {
                    // one certificate serves all host names
                    tls.setSniHostCheck(false);
                }
            }
        }
        connector.setAcceptQueueSize(BACKLOG);
        connections.listenTo(connector);
    }

    /**
     * The limit of open connections: the configured one, or the number that the heap can hold when each sends a body.
     *
     * @param heap in bytes
     */
    static int connections(int configured, long heap) {
        return (int) Math.min(configured, heap / HEAP_A_CONNECTION);
    }

    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE;
    }
}
