package io.growalert.gateway;

import io.growalert.runtime.http.TrustedProxies;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.io.QuietException;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Responds with a problem to a request that Jetty rejected, or whose handler threw an exception. */
final class ServerErrors implements Request.Handler {
    private static final Logger LOG = LoggerFactory.getLogger(ServerErrors.class);

    private final TrustedProxies proxies;
    private final Connections connections;
    private final Refusals refusals;

    ServerErrors(TrustedProxies proxies, Connections connections, Refusals refusals) {
        this.proxies = proxies;
        this.connections = connections;
        this.refusals = refusals;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        var cause = (Throwable) request.getAttribute(ErrorHandler.ERROR_EXCEPTION);
        boolean isBrokenOff = isBrokenOff(cause);
        int status = HttpMethod.CONNECT.is(request.getMethod())
                ? HttpStatus.NOT_IMPLEMENTED_501
                : isBrokenOff ? HttpStatus.BAD_REQUEST_400 : status(response.getStatus(), cause);
        var begun = Exchange.find(request);
        var exchange = begun == null ? connections.begin(proxies.apply(request)) : begun;
        if (isBrokenOff) {
            exchange.brokenOff("client");
        }
        response.reset();
        response.getHeaders().put(Exchange.ID_HEADER, exchange.id());
        boolean isWithinLimit = refusals.answer(status, request, response, callback);
        if (isWithinLimit && status == HttpStatus.INTERNAL_SERVER_ERROR_500) {
            LOG.atError()
                    .setCause(cause)
                    .addKeyValue("requestId", exchange.id())
                    .log("Request failed with an internal error");
        }
        return true;
    }

    /** Whether the client reset its stream or closed its connection, such as before the request was handled. */
    static boolean isBrokenOff(@Nullable Throwable cause) {
        return cause instanceof EofException || (cause instanceof QuietException && !(cause instanceof HttpException));
    }

    /** Jetty's status, or the documented one where they differ. */
    private static int status(int status, @Nullable Throwable cause) {
        boolean isUnknownEncoding = cause instanceof HttpException refused
                && String.valueOf(refused.getReason()).startsWith("Bad Transfer-Encoding");
        if (isUnknownEncoding) {
            return HttpStatus.NOT_IMPLEMENTED_501;
        }
        return switch (status) {
            case HttpStatus.UPGRADE_REQUIRED_426 -> HttpStatus.HTTP_VERSION_NOT_SUPPORTED_505;
            case HttpStatus.URI_TOO_LONG_414, HttpStatus.REQUEST_HEADER_FIELDS_TOO_LARGE_431 ->
                HttpStatus.BAD_REQUEST_400;
            default -> status;
        };
    }
}
