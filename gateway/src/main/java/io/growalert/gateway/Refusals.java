package io.growalert.gateway;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.springframework.security.web.firewall.RequestRejectedException;
import org.springframework.security.web.firewall.RequestRejectedHandler;

/**
 * Requests that are refused before they have a route, by Jetty, a filter or the gateway: they count towards a rate limit of their
 * network as well, wrong tokens towards a stricter one. A valid token never counts, so that guessing from the operator's network
 * does not lock the operator out.
 */
final class Refusals implements RequestRejectedHandler {
    private final RateLimit limit;
    private final GatewaySettings.Rate all;
    private final GatewaySettings.Rate tokens;
    private final Duration slowest;

    /** @param kind that is counted */
    private record Counted(String kind, GatewaySettings.Rate rate) {}

    Refusals(RateLimit limit, GatewaySettings settings) {
        this.limit = limit;
        all = settings.routes().pages().rate();
        tokens = settings.wrongTokens();
        slowest = settings.slowest();
    }

    void answer(GatewayProblem problem, Request request, Response response, Callback callback) {
        var drain = new Drain(request, callback);
        answer(problem, problem.status().value(), new Counted("none", all), request, response, drain);
    }

    void answerUnauthorized(Request request, Response response, Callback callback) {
        var path = request.getHttpURI().getCanonicalPath();
        response.getHeaders().put(HttpHeader.WWW_AUTHENTICATE, OperatorPaths.challenge(path));
        boolean isGuess = request.getHeaders().contains(HttpHeader.AUTHORIZATION);
        var counted = isGuess ? new Counted("token", tokens) : new Counted("none", all);
        var drain = new Drain(request, callback);
        answer(GatewayProblem.OPERATOR_TOKEN_NEEDED, 401, counted, request, response, drain);
    }

    /** A sign-in with a wrong token, whose body was read. */
    void answerWrongToken(Request request, Response response, Callback callback) {
        response.getHeaders().put(HttpHeader.WWW_AUTHENTICATE, "Bearer");
        answer(GatewayProblem.OPERATOR_TOKEN_NEEDED, 401, new Counted("token", tokens), request, response, callback);
    }

    /**
     * A request that Jetty refused with this status. The rest of it is not valid HTTP, and is not read.
     *
     * @return false when its network exceeded the rate limit, and the response is 429
     */
    boolean answer(int status, Request request, Response response, Callback callback) {
        var connection = request.getConnectionMetaData();
        boolean isTunnel =
                HttpMethod.CONNECT.is(request.getMethod()) && connection.getHttpVersion() != HttpVersion.HTTP_2;
        // Jetty would leave the connection open for more bytes of the client
        var end = isTunnel ? Callback.from(callback, connection.getConnection()::close) : callback;
        return answer(GatewayProblem.of(status), status, new Counted("none", all), request, response, end);
    }

    private boolean answer(
            GatewayProblem problem,
            int status,
            Counted counted,
            Request request,
            Response response,
            Callback callback) {
        var exchange = Exchange.of(request);
        exchange.endsWithin(slowest);
        boolean allowed = limit.allows(counted.kind, exchange.network(), counted.rate);
        if (allowed) {
            problem.answer(request, response, callback, status, null);
        } else {
            GatewayProblem.TOO_MANY_REQUESTS.answer(request, response, callback, counted.rate.next());
        }
        return allowed;
    }

    @Override
    public void handle(HttpServletRequest request, HttpServletResponse response, RequestRejectedException cause)
            throws IOException {
        answer(GatewayProblem.BAD_REQUEST.status().value(), request, response);
    }

    /**
     * A request that the servlet side refused with this status.
     *
     * @return false when its network exceeded the rate limit, and the response is 429
     */
    boolean answer(int status, HttpServletRequest request, HttpServletResponse response) throws IOException {
        var exchange = Exchange.of(request);
        exchange.endsWithin(slowest);
        boolean allowed = limit.allows("none", exchange.network(), all);
        if (allowed) {
            GatewayProblem.of(status).answer(response, status, null);
        } else {
            GatewayProblem.TOO_MANY_REQUESTS.answer(response, 429, all.next());
        }
        return allowed;
    }
}
