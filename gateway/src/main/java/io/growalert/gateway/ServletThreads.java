package io.growalert.gateway;

import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.VirtualThreads;
import org.slf4j.MDC;

/** Runs the servlets, which block, on a virtual thread for each request; the handlers before them do not block. */
final class ServletThreads extends Handler.Wrapper {
    ServletThreads(Handler servlets) {
        super(servlets);
    }

    @Override
    public InvocationType getInvocationType() {
        return InvocationType.NON_BLOCKING;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
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
        return true;
    }
}
