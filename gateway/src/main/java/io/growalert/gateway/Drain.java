package io.growalert.gateway;

import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Invocable;

/**
 * Reads and drops the rest of a body after its request was refused. A connection that was closed at once would be reset, and the
 * client could lose the response that it has not read yet. The deadline of the exchange bounds it.
 */
final class Drain implements Callback, Invocable.Task {
    private final Request request;
    private final Callback callback;

    Drain(Request request, Callback callback) {
        this.request = request;
        this.callback = callback;
    }

    @Override
    public InvocationType getInvocationType() {
        return InvocationType.NON_BLOCKING;
    }

    @Override
    public void succeeded() {
        // a read would send 100 Continue to a client that waits for it
        if (request.getLength() == 0 || Exchange.of(request).isHeld(request)) {
            callback.succeeded();
        } else {
            run();
        }
    }

    @Override
    public void run() {
        while (true) {
            var chunk = request.read();
            if (chunk == null) {
                request.demand(this);
                return;
            }
            chunk.release();
            if (chunk.isLast() || Content.Chunk.isFailure(chunk)) {
                callback.succeeded();
                return;
            }
        }
    }

    @Override
    public void failed(Throwable failure) {
        callback.failed(failure);
    }
}
