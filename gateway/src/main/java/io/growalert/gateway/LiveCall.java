package io.growalert.gateway;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.client.Response.Listener;
import org.eclipse.jetty.client.Result;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Invocable.InvocationType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One stream of server-sent events: each part is written as it arrives, the headers at once. It ends when the service ends it, when
 * the operator's session is over, or when the gateway stops; the last two say so by the event {@code bye}.
 */
final class LiveCall implements Listener {
    private static final Logger LOG = LoggerFactory.getLogger(LiveCall.class);
    private static final String BYE = "event: bye\ndata: {}\n\n";

    private final LiveLane lane;
    private final Request request;
    private final Response response;
    private final Callback callback;
    private final Exchange exchange;
    /** The response's headers before the service's were added. */
    private final HttpFields own;

    private final org.eclipse.jetty.client.Request call;
    private final Queue<Write> waiting = new ArrayDeque<>();
    private boolean writing;
    private boolean begun;
    private boolean ended;
    /** Whether what is written ends with a whole event. */
    private boolean isWhole = true;

    /**
     * @param release of the bytes, which are written or dropped
     * @param then after they were written
     */
    private record Write(boolean last, ByteBuffer bytes, Runnable release, Runnable then) {
        static Write of(boolean last, ByteBuffer bytes, Runnable then) {
            return new Write(last, bytes, () -> {}, then);
        }
    }

    LiveCall(LiveLane lane, Request request, Response response, Callback callback) {
        this.lane = lane;
        this.request = request;
        this.response = response;
        this.callback = callback;
        exchange = Exchange.of(request);
        own = HttpFields.build(response.getHeaders());
        var backend = lane.backend();
        call = backend.request()
                .path(request.getHttpURI().getPathQuery())
                .headers(headers ->
                        headers.add(BackendHeaders.of(request, exchange, backend.host(), lane.identity(exchange))))
                .idleTimeout(lane.settings().timeout().toMillis(), TimeUnit.MILLISECONDS)
                .timeout(lane.settings().longest().toMillis(), TimeUnit.MILLISECONDS);
    }

    void send() {
        exchange.waits();
        call.send(this);
    }

    @Override
    public void onHeaders(org.eclipse.jetty.client.Response answer) {
        synchronized (this) {
            if (ended) {
                return;
            }
            // as one step: an end from another thread finds all of the headers, or none
            begun = true;
            response.setStatus(answer.getStatus());
            BackendHeaders.pass(
                    answer.getHeaders(), response.getHeaders(), lane.getServer().getDateField());
            lane.policy().bindAnswer(response.getHeaders(), request.isSecure());
        }
        write(Write.of(false, BufferUtil.EMPTY_BUFFER, () -> {}));
    }

    @Override
    public void onContent(org.eclipse.jetty.client.Response answer, Content.Chunk chunk, Runnable demander) {
        if (!lane.streams().isAllowed(request)) {
            end();
            return;
        }
        chunk.retain();
        write(new Write(false, chunk.getByteBuffer(), chunk::release, demander));
    }

    private static boolean endsEvent(ByteBuffer bytes) {
        int end = bytes.limit();
        return end - bytes.position() >= 2 && bytes.get(end - 1) == '\n' && bytes.get(end - 2) == '\n';
    }

    @Override
    public void onComplete(Result result) {
        lane.streams().remove(this);
        var failure = result.getFailure();
        if (failure == null) {
            finish(BufferUtil.EMPTY_BUFFER);
        } else if (isFirstEnd()) {
            fail(failure);
        }
    }

    /** Ends the stream before its service does: with an event, unless half of one was written. */
    void end() {
        boolean open;
        boolean whole;
        synchronized (this) {
            open = begun;
            whole = isWhole;
        }
        if (open) {
            finish(whole ? ByteBuffer.wrap(BYE.getBytes(US_ASCII)) : BufferUtil.EMPTY_BUFFER);
        } else if (isFirstEnd()) {
            refuse(GatewayProblem.BACKEND_UNAVAILABLE);
        }
        var _ = call.abort(new CancellationException("stream ended"));
    }

    private synchronized boolean isFirstEnd() {
        boolean first = !ended;
        ended = true;
        return first;
    }

    private void finish(ByteBuffer lastBytes) {
        write(Write.of(true, lastBytes, () -> {
            exchange.endsWithin(lane.slowest());
            callback.succeeded();
        }));
    }

    /** Writes after what was written before; nothing once the stream has ended. */
    private void write(Write next) {
        boolean dropped;
        boolean idle;
        synchronized (this) {
            dropped = ended;
            idle = !dropped && !writing;
            if (!dropped) {
                ended = next.last;
                isWhole = next.bytes.hasRemaining() ? endsEvent(next.bytes) : isWhole;
                waiting.add(next);
                writing = true;
            }
        }
        if (dropped) {
            next.release.run();
        } else if (idle) {
            proceed();
        }
    }

    private void proceed() {
        Write next;
        synchronized (this) {
            next = waiting.poll();
            writing = next != null;
        }
        if (next != null) {
            exchange.writes();
            response.write(
                    next.last,
                    next.bytes,
                    Callback.from(
                            InvocationType.NON_BLOCKING,
                            () -> {
                                next.release.run();
                                exchange.waits();
                                next.then.run();
                                proceed();
                            },
                            failure -> {
                                next.release.run();
                                cut(failure);
                            }));
        }
    }

    /** The client is gone. */
    private void cut(Throwable failure) {
        Write[] unwritten;
        synchronized (this) {
            ended = true;
            unwritten = waiting.toArray(Write[]::new);
            waiting.clear();
        }
        for (var write : unwritten) {
            write.release.run();
        }
        exchange.brokenOff("client");
        callback.failed(failure);
        var _ = call.abort(failure);
    }

    private void fail(Throwable failure) {
        if (response.isCommitted()) {
            exchange.brokenOff("backend");
            callback.failed(failure);
        } else {
            LOG.atDebug().setCause(failure).log("Backend failed");
            refuse(Failures.problem(failure));
        }
    }

    private void refuse(GatewayProblem problem) {
        exchange.endsWithin(lane.slowest());
        response.reset();
        response.getHeaders().add(own);
        problem.answer(request, response, callback, Duration.ofSeconds(1));
    }
}
