package io.growalert.gateway;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.springframework.cloud.gateway.server.mvc.handler.ProxyExchange;
import org.springframework.web.servlet.function.ServerResponse;

/** A service behind the gateway. It is asked by lanes, one for each route: what hangs on one takes nothing from the others. */
final class Backend implements AutoCloseable {
    private static final Set<String> WITH_BODY = Set.of("POST", "PUT", "PATCH");

    /** In bytes. */
    private static final int LONGEST_REPORT = 1 << 20;

    private final String name;
    private final URI url;
    private final HttpHost host;
    private final Duration connect;
    private final int places;
    private final MeterRegistry meters;
    private final PoolingHttpClientConnectionManager connections;
    private final CloseableHttpClient client;

    Backend(String name, GatewaySettings.Backend settings, MeterRegistry meters) {
        this.name = name;
        url = settings.url();
        host = HttpHost.create(url);
        connect = settings.connect();
        places = settings.connections();
        this.meters = meters;
        connections = PoolingHttpClientConnectionManagerBuilder.create()
                // to ask whether it is well
                .setMaxConnTotal(1)
                .setMaxConnPerRoute(1)
                .setDefaultConnectionConfig(ConnectionConfig.custom()
                        .setConnectTimeout(Timeout.of(connect))
                        .setSocketTimeout(Timeout.of(connect))
                        // looking costs a millisecond
                        .setValidateAfterInactivity(TimeValue.ofMilliseconds(100))
                        .build())
                .build();
        client = HttpClients.custom()
                .setConnectionManager(connections)
                .evictIdleConnections(TimeValue.ofSeconds(10))
                .setRetryStrategy(new SecondTry(connections))
                // what comes, passes: nothing is unpacked, followed or remembered
                .disableContentCompression()
                .disableRedirectHandling()
                .disableCookieManagement()
                .disableAuthCaching()
                .disableDefaultUserAgent()
                .build();
    }

    String name() {
        return name;
    }

    URI url() {
        return url;
    }

    /** A new lane; only while the gateway is put together. */
    Lane lane(String route, GatewaySettings.Route settings) {
        var free = new Semaphore(places);
        meters.gauge(
                "growalert.gateway.backend.free",
                List.of(Tag.of("backend", name), Tag.of("route", route)),
                free,
                Semaphore::availablePermits);
        int most = connections.getMaxTotal() + places;
        connections.setMaxTotal(most);
        connections.setDefaultMaxPerRoute(most);
        return new Lane(this, settings, free);
    }

    /** So many requests of one route at once and no more: what is above them is refused, and does not wait. */
    record Lane(Backend backend, GatewaySettings.Route route, Semaphore free) {
        /**
         * Asks, and waits for the answer.
         *
         * @throws Refusal when there is none: it is busy, cannot be reached, is silent for too long, or breaks off
         */
        ServerResponse exchange(ProxyExchange.Request request) {
            return backend.exchange(request, route, free);
        }
    }

    private ServerResponse exchange(ProxyExchange.Request request, GatewaySettings.Route route, Semaphore free) {
        var servletRequest = request.getServerRequest().servletRequest();
        // the path and the query as they came: what the framework makes of them is in another order
        var query = servletRequest.getQueryString();
        var path = servletRequest.getRequestURI() + (query == null ? "" : "?" + query);
        var outgoing = new HttpUriRequestBase(request.getMethod().name(), url);
        outgoing.setPath(path);
        request.getHeaders().forEach((header, values) -> values.forEach(value -> outgoing.addHeader(header, value)));
        outgoing.setConfig(config(route.timeout()));
        var body = Bodies.of(servletRequest);
        if (body.length > 0 || WITH_BODY.contains(request.getMethod().name())) {
            outgoing.setEntity(new ByteArrayEntity(body, null));
        }
        if (!free.tryAcquire()) {
            throw Refusal.retryAfter(Problem.BACKEND_BUSY, Duration.ofSeconds(1), null);
        }
        var connection = Connection.CURRENT.get();
        connection.asks(outgoing, route.longest());
        Runnable done = () -> {
            connection.answered();
            free.release();
        };
        try {
            return Relay.of(ask(outgoing, done), request, outgoing, done);
        } catch (IOException e) {
            throw connection.isOverdue() ? new Refusal(Problem.BACKEND_TIMEOUT, e) : refusal(e);
        }
    }

    private ClassicHttpResponse ask(HttpUriRequestBase outgoing, Runnable done) throws IOException {
        try {
            return client.executeOpen(host, outgoing, HttpClientContext.create());
        } catch (IOException | RuntimeException e) {
            done.run();
            throw e;
        }
    }

    /** What it says is wrong with it, or that it says nothing; empty when it is well. */
    Optional<String> problem() {
        var question = new HttpUriRequestBase("GET", url.resolve("/actuator/health"));
        question.setConfig(config(connect));
        try (var answer = client.executeOpen(host, question, HttpClientContext.create())) {
            var entity = answer.getEntity();
            var body = entity == null ? new byte[0] : entity.getContent().readNBytes(LONGEST_REPORT);
            return HealthReport.problem(answer.getCode(), body);
        } catch (IOException e) {
            return Optional.of("unreachable: " + e);
        }
    }

    private RequestConfig config(Duration timeout) {
        return RequestConfig.custom()
                .setResponseTimeout(Timeout.of(timeout))
                .setConnectionRequestTimeout(Timeout.of(connect))
                .setAuthenticationEnabled(false)
                .build();
    }

    private static Refusal refusal(IOException thrown) {
        return switch (thrown) {
            case ConnectTimeoutException _, ConnectException _, UnknownHostException _, NoRouteToHostException _ ->
                Refusal.retryAfter(Problem.BACKEND_UNAVAILABLE, Duration.ofSeconds(1), thrown);
            case SocketTimeoutException _ -> new Refusal(Problem.BACKEND_TIMEOUT, thrown);
            default -> new Refusal(Problem.BACKEND_FAILED, thrown);
        };
    }

    @Override
    public void close() {
        client.close(CloseMode.GRACEFUL);
    }
}
