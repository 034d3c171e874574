package io.growalert.gateway;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.client.EarlyHintsProtocolHandler;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.Response;
import org.eclipse.jetty.client.transport.HttpClientTransportOverHTTP;
import org.eclipse.jetty.http.HttpCookieStore;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.PreEncodedHttpField;
import org.eclipse.jetty.io.ClientConnector;
import org.eclipse.jetty.util.component.LifeCycle;

/** A service behind the gateway, and the connections to it, which its routes share. */
final class Backend implements AutoCloseable {
    /** Shorter than the idle timeout of a service. */
    private static final Duration IDLE = Duration.ofSeconds(10);

    /** In bytes: more than the gateway accepts, and adds. */
    private static final int LARGEST_HEADERS = 24 << 10;

    private final String name;
    private final URI url;
    private final Duration connect;
    private final int permits;
    private final HttpField host;
    private final HttpClient client;
    private int concurrent;

    /** @param threads of the server, so that a response needs no further thread */
    Backend(String name, GatewaySettings.Backend settings, Executor threads) {
        this.name = name;
        url = settings.url();
        connect = settings.connect();
        permits = settings.connections();
        host = new PreEncodedHttpField(HttpHeader.HOST, url.getRawAuthority());
        client = client(threads);
        client.setConnectTimeout(connect.toMillis());
        client.setIdleTimeout(IDLE.toMillis());
    }

    /** Requests and responses pass unchanged: nothing is decoded, followed, added or stored. */
    private static HttpClient client(Executor threads) {
        var connector = new ClientConnector();
        connector.setSelectors(1);
        var transport = new HttpClientTransportOverHTTP(connector);
        // by default a header field that differs in case only from an earlier one of its connection becomes that one
        transport.setHeaderCacheCaseSensitive(true);
        var client = new HttpClient(transport);
        client.setExecutor(threads);
        client.setFollowRedirects(false);
        client.setHttpCookieStore(new HttpCookieStore.Empty());
        client.setUserAgentField(null);
        client.setMaxRequestHeadersSize(LARGEST_HEADERS);
        client.setMaxResponseHeadersSize(LARGEST_HEADERS);
        client.setDefaultRequestContentType(null);
        return client;
    }

    String name() {
        return name;
    }

    HttpClient client() {
        return client;
    }

    HttpField host() {
        return host;
    }

    /** The client is started with the server, whose threads it uses. */
    void start() throws Exception {
        LifeCycle.start(client);
        client.getContentDecoderFactories().clear();
        client.getProtocolHandlers().clear();
        client.getProtocolHandlers().put(new InterimAnswers());
    }

    /** Drops each response with a status of 1xx, such as 103; the final one follows. */
    private static final class InterimAnswers extends EarlyHintsProtocolHandler {
        @Override
        public boolean accept(Request request, Response response) {
            return HttpStatus.isInterim(response.getStatus());
        }
    }

    /** Adds a route with the limit of concurrent requests that the settings have; before the start. */
    int addRoute() {
        addRoute(permits);
        return permits;
    }

    /** Adds a route with this limit of concurrent requests; before the start. */
    void addRoute(int most) {
        concurrent += most;
        // one more for the gateway's own requests, such as the health check; a request never waits for a connection
        client.setMaxConnectionsPerDestination(concurrent + 1);
        client.setMaxRequestsQueuedPerDestination(concurrent + 1);
    }

    Request request() {
        return client.newRequest(url);
    }

    /** Why the service is not healthy; empty when it is. */
    Optional<String> problem() {
        try {
            var answer = client.newRequest(url.resolve("/actuator/health"))
                    .timeout(connect.toMillis(), TimeUnit.MILLISECONDS)
                    .send();
            return HealthReport.problem(answer.getStatus(), answer.getContent());
        } catch (ExecutionException e) {
            return Optional.of("unreachable: " + (e.getCause() == null ? e : e.getCause()));
        } catch (TimeoutException e) {
            return Optional.of("unreachable: " + e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of("interrupted");
        }
    }

    @Override
    public void close() {
        LifeCycle.stop(client);
    }
}
