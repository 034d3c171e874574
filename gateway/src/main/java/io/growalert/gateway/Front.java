package io.growalert.gateway;

import io.growalert.runtime.http.TrustedProxies;
import java.util.Set;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.URIUtil;
import org.jspecify.annotations.Nullable;

/**
 * The first handler: gives each request its id and its deadline, and rejects requests that no route may see. It does not block, so
 * a selector thread runs it.
 */
final class Front extends Handler.Wrapper {
    private static final Set<String> METHODS = Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");

    private final TrustedProxies proxies;
    private final Connections connections;
    private final Refusals refusals;
    private final CrossOrigin crossOrigin;
    private final Authenticator authenticator;

    Front(
            Handler next,
            TrustedProxies proxies,
            Connections connections,
            Refusals refusals,
            CrossOrigin crossOrigin,
            Authenticator authenticator) {
        super(next);
        this.proxies = proxies;
        this.connections = connections;
        this.refusals = refusals;
        this.crossOrigin = crossOrigin;
        this.authenticator = authenticator;
    }

    @Override
    public InvocationType getInvocationType() {
        return InvocationType.NON_BLOCKING;
    }

    @Override
    public boolean handle(Request given, Response response, Callback callback) throws Exception {
        var request = proxies.apply(given);
        var exchange = connections.begin(request);
        response.getHeaders().put(Exchange.ID_HEADER, exchange.id());
        crossOrigin.vary(request, response);
        // reads and writes time out; waiting for a backend is bounded by its route
        request.addIdleTimeoutListener(_ -> false);
        var problem = problem(request);
        if (problem == GatewayProblem.NOT_IMPLEMENTED) {
            if (request.getConnectionMetaData().getHttpVersion() != HttpVersion.HTTP_2) {
                // where the body of an unknown coding ends is unknown
                response.getHeaders().put(HttpHeader.CONNECTION, "close");
            }
            refusals.answer(problem.status().value(), request, response, callback);
            return true;
        }
        if (problem != null) {
            refusals.answer(problem, request, response, callback);
            return true;
        }
        var path = Request.getPathInContext(request);
        if (OperatorPaths.owns(path)) {
            var caller = authenticator.caller(request);
            if (caller.isEmpty()) {
                refusals.answerUnauthorized(request, response, callback);
                return true;
            }
            var operator = caller.get().operator();
            if (caller.get().mayBeForged(request)) {
                refusals.answer(GatewayProblem.CROSS_ORIGIN, request, response, callback);
                return true;
            }
            if (!operator.role().allows(request.getMethod(), path)) {
                refusals.answer(GatewayProblem.FORBIDDEN_ROLE, request, response, callback);
                return true;
            }
            exchange.authenticated(operator);
        } else if (path.startsWith(StatusApi.PREFIX)) {
            // some of them are open to all
            var caller = authenticator.caller(request);
            if (caller.isEmpty() && request.getHeaders().contains(HttpHeader.AUTHORIZATION)) {
                refusals.answerUnauthorized(request, response, callback);
                return true;
            }
            caller.ifPresent(known -> exchange.authenticated(known.operator()));
        }
        if (crossOrigin.handle(request, response, callback)) {
            return true;
        }
        return super.handle(request, response, callback);
    }

    private @Nullable GatewayProblem problem(Request request) {
        var method = request.getMethod();
        if (!METHODS.contains(method)) {
            return switch (method) {
                case "TRACE" -> GatewayProblem.METHOD_NOT_ALLOWED;
                case "CONNECT" -> GatewayProblem.NOT_IMPLEMENTED;
                default -> GatewayProblem.BAD_REQUEST;
            };
        }
        if (hasUnknownCoding(request)) {
            return GatewayProblem.NOT_IMPLEMENTED;
        }
        if (!isPlain(request.getHttpURI())) {
            return GatewayProblem.BAD_REQUEST;
        }
        for (var field : request.getHeaders()) {
            if (!isReadable(field)) {
                return GatewayProblem.BAD_REQUEST;
            }
        }
        return crossOrigin.refuses(request) ? GatewayProblem.CORS_REFUSED : null;
    }

    /** Jetty accepts further codings before {@code chunked}, and drops their names. */
    private static boolean hasUnknownCoding(Request request) {
        var coding = request.getHeaders().get(HttpHeader.TRANSFER_ENCODING);
        return coding != null && !coding.equalsIgnoreCase("chunked");
    }

    /** Jetty rejects ambiguous paths. A backend could parse dots and parameters differently. */
    private static boolean isPlain(HttpURI uri) {
        var path = uri.getPath();
        return path.startsWith("/")
                && path.indexOf(';') < 0
                && path.equals(URIUtil.normalizePath(path))
                && uri.getFragment() == null;
    }

    /** No control characters, to which the bytes 0x80 to 0x9F belong, and no media type with a wildcard, such as {@code text/*}. */
    private static boolean isReadable(HttpField field) {
        var value = field.getValue();
        if (value == null) {
            return true;
        }
        for (int i = 0; i < value.length(); i++) {
            if (Character.isISOControl(value.charAt(i)) && value.charAt(i) != '\t') {
                return false;
            }
        }
        return field.getHeader() != HttpHeader.CONTENT_TYPE || value.split(";", 2)[0].indexOf('*') < 0;
    }
}
