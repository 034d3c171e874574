package io.growalert.gateway;

import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.client.ByteBufferRequestContent;
import org.eclipse.jetty.client.Response.Listener;
import org.eclipse.jetty.client.Result;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Invocable.InvocationType;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request on its way to a backend, and the response on its way back. A short response is read completely first, so that a client
 * that reads slowly occupies no permit and no connection of the backend; a long one, or one without a length, passes as it arrives.
 */
final class Call implements Listener {
    private static final Logger LOG = LoggerFactory.getLogger(Call.class);
    /** In bytes, of a response that is read completely. */
    private static final int SHORT = 64 << 10;

    private static final Set<String> READING = Set.of("GET", "HEAD", "OPTIONS");
    private final Lane lane;
    private final Request request;
    private final Response response;
    private final Callback callback;
    private final Bodies.Body body;
    private final Exchange exchange;
    /** The response's headers before the backend's were added. */
    private final HttpFields own;

    private final long start = System.nanoTime();
    private Bodies.@Nullable Body memory;
    /** What arrived of a short response; null when the response passes as it arrives. */
    private @Nullable ByteBuffer content;

    private boolean retried;
    private boolean judged;

    Call(Lane lane, Request request, Response response, Callback callback, Bodies.Body body) {
        this.lane = lane;
        this.request = request;
        this.response = response;
        this.callback = callback;
        this.body = body;
        exchange = Exchange.of(request);
        own = HttpFields.build(response.getHeaders());
    }

    /** Path, query and body pass unchanged, in the same order and encoding. */
    void send() {
        var backend = lane.backend();
        var forwarded = backend.request()
                .method(request.getMethod())
                .path(request.getHttpURI().getPathQuery())
                .headers(headers ->
                        headers.add(BackendHeaders.of(request, exchange, backend.host(), lane.identity(exchange))))
                .idleTimeout(lane.settings().timeout().toMillis(), TimeUnit.MILLISECONDS)
                .timeout(lane.settings().longest().toMillis(), TimeUnit.MILLISECONDS);
        if (body.length() > 0) {
            forwarded.body(new ByteBufferRequestContent((String) null, body.content()));
        }
        forwarded.send(this);
    }

    @Override
    public void onHeaders(org.eclipse.jetty.client.Response answer) {
        if (answer.getStatus() == HttpStatus.SWITCHING_PROTOCOLS_101) {
            var _ = answer.abort(new ProtocolException("upgrade without a request for it"));
            return;
        }
        response.setStatus(answer.getStatus());
        BackendHeaders.pass(
                answer.getHeaders(), response.getHeaders(), lane.getServer().getDateField());
        lane.policy().bindAnswer(response.getHeaders(), request.isSecure());
        reserve(answer.getHeaders().getLongField(HttpHeader.CONTENT_LENGTH));
    }

    private void reserve(long length) {
        if (length > 0 && length <= SHORT && !HttpMethod.HEAD.is(request.getMethod())) {
            lane.bodies().reserve(exchange, Math.toIntExact(length)).ifPresent(reserved -> {
                memory = reserved;
                content = reserved.content();
            });
        }
    }

    @Override
    public void onContent(org.eclipse.jetty.client.Response answer, Content.Chunk chunk, Runnable demander) {
        judge(null);
        if (content != null) {
            content.put(chunk.getByteBuffer());
            demander.run();
            return;
        }
        chunk.retain();
        exchange.writes();
        response.write(
                false,
                chunk.getByteBuffer(),
                Callback.from(
                        InvocationType.NON_BLOCKING,
                        () -> {
                            exchange.waits();
                            chunk.release();
                            demander.run();
                        },
                        failure -> {
                            chunk.release();
                            exchange.brokenOff("client");
                            var _ = answer.abort(failure);
                        }));
    }

    @Override
    public void onComplete(Result result) {
        var failure = result.getFailure();
        if (failure != null && isWorthARetry(result)) {
            retried = true;
            restart();
            send();
            return;
        }
        judge(failure);
        lane.returned(exchange);
        body.close();
        exchange.writes();
        if (failure == null) {
            finish();
            return;
        }
        forget();
        if (response.isCommitted()) {
            exchange.brokenOff("backend");
            callback.failed(failure);
        } else {
            refuse(failure);
        }
    }

    private void finish() {
        var rest = content == null ? null : content.flip();
        var end = Callback.from(InvocationType.NON_BLOCKING, this::complete, this::cut);
        if (isOfUnknownLength()) {
            // the headers first: a response that is complete with them would get a length of zero
            var headers = Callback.from(InvocationType.NON_BLOCKING, () -> response.write(true, null, end), this::cut);
            response.write(false, null, headers);
        } else {
            response.write(true, rest, end);
        }
    }

    /** Whether the response describes a body that it leaves out, and not its length. */
    private boolean isOfUnknownLength() {
        return (HttpMethod.HEAD.is(request.getMethod()) || response.getStatus() == HttpStatus.NOT_MODIFIED_304)
                && !response.getHeaders().contains(HttpHeader.CONTENT_LENGTH);
    }

    /** Returns the memory of a short response. */
    private void forget() {
        if (memory != null) {
            memory.close();
            memory = null;
            content = null;
        }
    }

    private void complete() {
        forget();
        callback.succeeded();
    }

    private void cut(Throwable failure) {
        forget();
        exchange.brokenOff("client");
        callback.failed(failure);
    }

    private void refuse(Throwable failure) {
        restart();
        var problem = Failures.problem(failure);
        LOG.atDebug().addKeyValue("problem", problem.code()).setCause(failure).log("Backend failed");
        boolean unavailable = problem == GatewayProblem.BACKEND_UNAVAILABLE;
        problem.answer(request, response, callback, unavailable ? Duration.ofSeconds(1) : null);
    }

    /** Drops the backend's response, of which nothing was passed on. */
    private void restart() {
        response.reset();
        response.getHeaders().add(own);
    }

    /**
     * The backend may have closed a persistent connection in the meantime. A request that only reads is retried once. Any other
     * request is not: it may have been executed.
     */
    private boolean isWorthARetry(Result result) {
        return !retried
                && READING.contains(request.getMethod())
                && result.getResponse().getStatus() == 0
                && Failures.isClosed(result.getFailure())
                && result.getRequest().getConnection() instanceof Connection kept
                && kept.getMessagesIn() > 0;
    }

    /** Reports the outcome to the circuit breaker, once: the first bytes of a response are a success. */
    private void judge(@Nullable Throwable failure) {
        if (judged) {
            return;
        }
        judged = true;
        long nanos = System.nanoTime() - start;
        if (failure == null) {
            lane.breaker().onSuccess(nanos, TimeUnit.NANOSECONDS);
        } else {
            lane.breaker().onError(nanos, TimeUnit.NANOSECONDS, failure);
        }
    }
}
