package io.growalert.gateway;

import io.micrometer.core.instrument.MeterRegistry;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Optional;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.springframework.http.MediaType;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code /session}: {@code POST} with {@code {"token": ...}} signs an operator in, {@code GET} names the operator, {@code DELETE}
 * signs out. Only a page of this site may sign in and out.
 */
final class SessionApi extends Handler.Abstract.NonBlocking {
    static final String PATH = "/session";

    static final String ROUTE = "session";
    /** In bytes. */
    private static final int LARGEST_BODY = 4 << 10;

    private static final JsonMapper JSON = JsonMapper.shared();

    private final GatewaySettings.Session settings;
    private final GatewaySettings.Rate rate;
    private final KnownOperators operators;
    private final Authenticator authenticator;
    private final SessionSeal seal;
    private final InstantSource clock;
    private final RateLimit limit;
    private final Bodies bodies;
    private final Refusals refusals;
    private final MeterRegistry meters;

    /** The parts of the gateway that it uses. */
    record Shared(RateLimit limit, Bodies bodies, Refusals refusals, MeterRegistry meters) {}

    SessionApi(
            GatewaySettings settings,
            KnownOperators operators,
            Authenticator authenticator,
            SessionSeal seal,
            InstantSource clock,
            Shared shared) {
        this.settings = settings.session();
        rate = settings.routes().pages().rate();
        this.operators = operators;
        this.authenticator = authenticator;
        this.seal = seal;
        this.clock = clock;
        limit = shared.limit;
        bodies = shared.bodies;
        refusals = shared.refusals;
        meters = shared.meters;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        var exchange = Exchange.of(request);
        exchange.takes(ROUTE);
        exchange.endsWithin(bodies.slowest());
        var drained = new Drain(request, callback);
        if (!limit.allows(ROUTE, exchange.network(), rate)) {
            GatewayProblem.TOO_MANY_REQUESTS.answer(request, response, drained, rate.next());
            return true;
        }
        switch (request.getMethod()) {
            case "GET", "HEAD" -> show(request, response, callback);
            case "POST", "DELETE" -> {
                if (!CrossOrigin.isSameOrigin(request)) {
                    GatewayProblem.CROSS_ORIGIN.answer(request, response, drained);
                } else if (request.getMethod().equals("POST")) {
                    read(request, response, callback);
                } else {
                    answer(SessionCookie.remove(request.isSecure()), request, response, drained);
                }
            }
            default -> {
                response.getHeaders().put(HttpHeader.ALLOW, "GET, HEAD, POST, DELETE");
                GatewayProblem.METHOD_NOT_ALLOWED.answer(request, response, drained);
            }
        }
        return true;
    }

    private void show(Request request, Response response, Callback callback) {
        var caller = authenticator.caller(request);
        if (caller.isEmpty()) {
            refusals.answerUnauthorized(request, response, callback);
            return;
        }
        var operator = caller.get().operator();
        var session = new LinkedHashMap<String, Object>();
        session.put("name", operator.name());
        session.put("role", operator.role().text());
        if (caller.get().sessionEnd() != null) {
            session.put("expiresAt", caller.get().sessionEnd().toString());
        }
        var body = JSON.writeValueAsBytes(session);
        var headers = response.getHeaders();
        headers.put(HttpHeader.CONTENT_TYPE, MediaType.APPLICATION_JSON_VALUE);
        headers.put(HttpHeader.CONTENT_LENGTH, body.length);
        head(HttpStatus.OK_200, request, response);
        response.write(true, request.getMethod().equals("HEAD") ? null : ByteBuffer.wrap(body), callback);
    }

    private void read(Request request, Response response, Callback callback) {
        var exchange = Exchange.of(request);
        bodies.read(request, exchange, LARGEST_BODY, new Bodies.Receiver() {
            @Override
            public void complete(Bodies.Body body) {
                Optional<String> token;
                try (body) {
                    token = token(body.content());
                }
                signIn(token, request, response, callback);
            }

            @Override
            public void refused(GatewayProblem problem) {
                boolean busy = problem == GatewayProblem.BACKEND_BUSY;
                problem.answer(request, response, new Drain(request, callback), busy ? Duration.ofSeconds(1) : null);
            }
        });
    }

    private static Optional<String> token(ByteBuffer body) {
        try {
            var bytes = new byte[body.remaining()];
            body.get(bytes);
            var token = JSON.readTree(bytes).path("token");
            return token.isString() ? Optional.of(token.asString().strip()) : Optional.empty();
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }

    private void signIn(Optional<String> token, Request request, Response response, Callback callback) {
        Exchange.of(request).endsWithin(bodies.slowest());
        if (token.isEmpty()) {
            GatewayProblem.BAD_REQUEST.answer(request, response, callback);
            return;
        }
        var known = operators.find(token.get());
        meters.counter("growalert.gateway.sign.ins", "outcome", known.isPresent() ? "accepted" : "refused")
                .increment();
        if (known.isEmpty()) {
            refusals.answerWrongToken(request, response, callback);
            return;
        }
        var session = new BrowserSession.ByToken(
                known.get().operator().name(),
                known.get().tokenId(),
                clock.instant().plus(settings.lifetime()).truncatedTo(ChronoUnit.SECONDS));
        answer(
                SessionCookie.set(seal.seal(session), settings.lifetime(), request.isSecure()),
                request,
                response,
                callback);
    }

    private static void answer(String cookie, Request request, Response response, Callback callback) {
        response.getHeaders().put(HttpHeader.SET_COOKIE, cookie);
        head(HttpStatus.NO_CONTENT_204, request, response);
        response.write(true, null, callback);
    }

    private static void head(int status, Request request, Response response) {
        response.setStatus(status);
        var headers = response.getHeaders();
        headers.put(HttpHeader.CACHE_CONTROL, "no-store");
        headers.put(request.getConnectionMetaData().getConnector().getServer().getDateField());
        BrowserPolicy.bind(headers, request.isSecure());
    }
}
