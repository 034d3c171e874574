package io.growalert.gateway;

import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.UnsupportedCharsetException;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.VirtualThreads;
import org.slf4j.MDC;

/**
 * Runs the servlets, which block, on a virtual thread for each request; the handlers before them do not block. A body, which no
 * servlet uses, is read and dropped before: a connection that was closed with unread bytes would be reset, and the client could lose the
 * response.
 */
final class ServletThreads extends Handler.Wrapper {
    private final Refusals refusals;
    private final Bodies bodies;
    /** In bytes. */
    private final int largestBody;

    ServletThreads(Handler servlets, Refusals refusals, Bodies bodies, int largestBody) {
        super(servlets);
        this.refusals = refusals;
        this.bodies = bodies;
        this.largestBody = largestBody;
    }

    /** A request whose body was read. */
    private static final class Bodiless extends Request.Wrapper {
        private final HttpFields headers;

        Bodiless(Request request) {
            super(request);
            headers = HttpFields.build(request.getHeaders())
                    .remove(HttpHeader.CONTENT_TYPE)
                    .remove(HttpHeader.CONTENT_LENGTH)
                    .remove(HttpHeader.TRANSFER_ENCODING)
                    .asImmutable();
        }

        @Override
        public HttpFields getHeaders() {
            return headers;
        }

        @Override
        public long getLength() {
            return 0;
        }
    }

    @Override
    public InvocationType getInvocationType() {
        return InvocationType.NON_BLOCKING;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        if (!hasKnownCharset(request)) {
            refusals.answer(GatewayProblem.BAD_REQUEST, request, response, callback);
            return true;
        }
        bodies.read(request, Exchange.of(request), largestBody, new Bodies.Receiver() {
            @Override
            public void complete(Bodies.Body body) {
                body.close();
                run(body.length() == 0 ? request : new Bodiless(request), response, callback);
            }

            @Override
            public void refused(GatewayProblem problem) {
                if (problem == GatewayProblem.BACKEND_BUSY) {
                    response.getHeaders().put(HttpHeader.RETRY_AFTER, 1);
                }
                refusals.answer(problem, request, response, callback);
            }
        });
        return true;
    }

    private void run(Request request, Response response, Callback callback) {
        VirtualThreads.getDefaultVirtualThreadsExecutor().execute(() -> {
            var exchange = Exchange.of(request);
            response.getHeaders().put(getServer().getDateField());
            try (var _ = MDC.putCloseable("requestId", exchange.id())) {
                if (!super.handle(request, response, callback)) {
                    Response.writeError(request, response, callback, 404);
                }
            } catch (Throwable e) {
                Response.writeError(request, response, callback, e);
            }
        });
    }

    /** A servlet that reads the media type of a request would fail. */
    private static boolean hasKnownCharset(Request request) {
        try {
            Request.getCharset(request);
            return true;
        } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
            return false;
        }
    }
}
