package io.growalert.gateway;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.client.ByteBufferRequestContent;
import org.eclipse.jetty.client.Result;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.proxy.ProxyHandler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One route to a backend: rate limit, body, circuit breaker, permits, then Jetty's proxy. Each lane has its own circuit breaker
 * and permits, so that a lane that hangs does not affect the others.
 */
final class Lane extends ProxyHandler {
    private static final Logger LOG = LoggerFactory.getLogger(Lane.class);
    private static final Set<String> READING = Set.of("GET", "HEAD", "OPTIONS");

    private final Name name;
    private final Backend backend;
    private final GatewaySettings.Route settings;
    private final GatewaySettings.Rate rate;
    private final int largestBody;
    private final Shared shared;
    private final CircuitBreaker breaker;
    private final Semaphore free;

    /**
     * @param route of the metrics and the access log
     * @param counted the kind of request that the rate limit counts
     * @param token whether the backend gets the operator token
     */
    record Name(String route, String counted, boolean token) {}

    /** What all lanes use. */
    record Shared(RateLimit limit, Bodies bodies, Breakers breakers, BrowserPolicy policy, MeterRegistry meters) {}

    Lane(Name name, Backend backend, GatewaySettings.Route settings, Shared shared) {
        this.name = name;
        this.backend = backend;
        this.settings = settings;
        this.shared = shared;
        rate = settings.rate();
        largestBody = Math.toIntExact(settings.body().toBytes());
        breaker = shared.breakers.of(name.route);
        free = new Semaphore(backend.addRoute());
        shared.meters.gauge(
                "growalert.gateway.backend.free",
                List.of(Tag.of("backend", backend.name()), Tag.of("route", name.route)),
                free,
                Semaphore::availablePermits);
        setHttpClient(backend.client());
    }

    @Override
    protected void doStart() throws Exception {
        backend.start();
        super.doStart();
    }

    @Override
    public InvocationType getInvocationType() {
        return InvocationType.NON_BLOCKING;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        var exchange = Exchange.of(request);
        exchange.takes(name.route);
        if (!shared.limit.allows(name.counted, exchange.network(), rate)) {
            refuse(GatewayProblem.TOO_MANY_REQUESTS, request, response, callback, rate.next());
            return true;
        }
        shared.bodies.read(request, exchange, largestBody, new Bodies.Receiver() {
            @Override
            public void complete(Body body) {
                forward(new Call(request, exchange, body), response, callback);
            }

            @Override
            public void refused(GatewayProblem problem) {
                boolean busy = problem == GatewayProblem.BACKEND_BUSY;
                refuse(problem, request, response, callback, busy ? Duration.ofSeconds(1) : null);
            }
        });
        return true;
    }

    private void refuse(
            GatewayProblem problem, Request request, Response response, Callback callback, @Nullable Duration wait) {
        Exchange.of(request).endsWithin(shared.bodies.slowest());
        LOG.atDebug().addKeyValue("problem", problem.code()).log("Request refused");
        problem.answer(request, response, new Drain(request, callback), wait);
    }

    private void forward(Call call, Response response, Callback callback) {
        if (!Queries.isReadable(call.getHttpURI().getQuery())) {
            call.close();
            refuse(GatewayProblem.BAD_REQUEST, call, response, callback, null);
        } else if (!breaker.tryAcquirePermission()) {
            call.close();
            refuse(GatewayProblem.BACKEND_UNAVAILABLE, call, response, callback, shared.breakers.pause());
        } else if (!free.tryAcquire()) {
            breaker.releasePermission();
            call.close();
            refuse(GatewayProblem.BACKEND_BUSY, call, response, callback, Duration.ofSeconds(1));
        } else {
            // the call has its own deadline, after which the client gets a problem or a cut response
            call.exchange.endsWithin(settings.longest().plus(shared.bodies.slowest()));
            super.handle(call, new Relayed(response, call.exchange), callback);
        }
    }

    @Override
    protected HttpURI rewriteHttpURI(Request request) {
        return request.getHttpURI();
    }

    @Override
    protected org.eclipse.jetty.client.Request newProxyToServerRequest(Request request, HttpURI uri) {
        // path and query as they came, in the same order and encoding
        return backend.request()
                .method(request.getMethod())
                .path(uri.getPathQuery())
                .idleTimeout(settings.timeout().toMillis(), TimeUnit.MILLISECONDS)
                .timeout(settings.longest().toMillis(), TimeUnit.MILLISECONDS);
    }

    /** The headers of the call are complete. */
    @Override
    protected void addProxyHeaders(Request request, org.eclipse.jetty.client.Request asked) {}

    @Override
    protected org.eclipse.jetty.client.Request.Content newProxyToServerRequestContent(
            Request request, Response response, org.eclipse.jetty.client.Request asked) {
        return new ByteBufferRequestContent((String) null, ((Call) request).body.content());
    }

    @Override
    protected org.eclipse.jetty.client.Response.CompleteListener newServerToProxyResponseListener(
            Request request, org.eclipse.jetty.client.Request asked, Response response, Callback callback) {
        return new Answer((Call) request, asked, response, callback);
    }

    @Override
    protected void onServerToProxyResponseFailure(
            Request request,
            org.eclipse.jetty.client.Request asked,
            org.eclipse.jetty.client.Response answer,
            Response response,
            Callback callback,
            Throwable failure) {
        var call = (Call) request;
        if (response.isCommitted()) {
            call.exchange.brokenOff("backend");
            callback.failed(failure);
            return;
        }
        ((Relayed) response).restart();
        var problem = Failures.problem(failure);
        boolean unavailable = problem == GatewayProblem.BACKEND_UNAVAILABLE;
        LOG.atDebug().addKeyValue("problem", problem.code()).setCause(failure).log("Backend failed");
        problem.answer(request, response, callback, unavailable ? Duration.ofSeconds(1) : null);
    }

    @Override
    protected void onProxyToClientResponseFailure(
            Request request,
            org.eclipse.jetty.client.Request asked,
            org.eclipse.jetty.client.Response answer,
            Response response,
            Callback callback,
            Throwable failure) {
        ((Call) request).exchange.brokenOff("client");
        callback.failed(failure);
    }

    /** A request as the backend gets it, with the permits and the memory that it occupies. */
    private final class Call extends Request.Wrapper implements AutoCloseable {
        private final Exchange exchange;
        private final Body body;
        private final HttpFields headers;
        private final long start = System.nanoTime();
        private boolean retried;
        private boolean judged;

        Call(Request request, Exchange exchange, Body body) {
            super(request);
            this.exchange = exchange;
            this.body = body;
            headers = BackendHeaders.of(request, exchange, backend.host(), name.token);
        }

        @Override
        public HttpFields getHeaders() {
            return headers;
        }

        @Override
        public long getLength() {
            return body.length();
        }

        /** Reports the outcome to the circuit breaker, once. */
        void judge(@Nullable Throwable failure) {
            if (judged) {
                return;
            }
            judged = true;
            long nanos = System.nanoTime() - start;
            if (failure == null) {
                breaker.onSuccess(nanos, TimeUnit.NANOSECONDS);
            } else {
                breaker.onError(nanos, TimeUnit.NANOSECONDS, failure);
            }
        }

        @Override
        public void close() {
            body.close();
        }
    }

    /** Passes a response on as it comes; its first bytes are its proof. */
    private final class Answer extends ProxyResponseListener {
        private final Call call;
        private final org.eclipse.jetty.client.Request asked;
        private final Response response;
        private final Callback callback;

        Answer(Call call, org.eclipse.jetty.client.Request asked, Response response, Callback callback) {
            super(call, asked, response, callback);
            this.call = call;
            this.asked = asked;
            this.response = response;
            this.callback = callback;
        }

        @Override
        public void onHeaders(org.eclipse.jetty.client.Response answer) {
            super.onHeaders(answer);
            var headers = response.getHeaders();
            var nominated = BackendHeaders.nominated(answer.getHeaders());
            if (nominated != null) {
                nominated.forEach(headers::remove);
            }
            if (!headers.contains(HttpHeader.DATE)) {
                headers.add(getServer().getDateField());
            }
            headers.put(Exchange.ID_HEADER, call.exchange.id());
            shared.policy.bindAnswer(headers, call.isSecure());
        }

        @Override
        public void onContent(org.eclipse.jetty.client.Response answer, Content.Chunk chunk, Runnable demander) {
            call.judge(null);
            super.onContent(answer, chunk, demander);
        }

        @Override
        public void onSuccess(org.eclipse.jetty.client.Response answer) {
            call.judge(null);
            super.onSuccess(answer);
        }

        @Override
        public void onComplete(Result result) {
            var failure = result.getFailure();
            if (failure != null && isWorthARetry(result)) {
                call.retried = true;
                ((Relayed) response).restart();
                Lane.super.handle(call, response, callback);
                return;
            }
            if (failure != null) {
                call.judge(failure);
            }
            free.release();
            call.close();
            // what is left is the client's to read
            call.exchange.endsWithin(shared.bodies.slowest());
            super.onComplete(result);
        }

        /**
         * A kept connection may have been closed by the backend in the meantime. A request that only reads is sent a second time,
         * any other request is not: it may have been executed.
         */
        private boolean isWorthARetry(Result result) {
            return !call.retried
                    && READING.contains(call.getMethod())
                    && result.getResponse().getStatus() == 0
                    && Failures.isClosed(result.getFailure())
                    && asked.getConnection() instanceof Connection kept
                    && kept.getMessagesIn() > 0;
        }
    }

    @Override
    protected @Nullable HttpField filterServerToProxyResponseField(HttpField field) {
        boolean dropped = field.getHeader() == HttpHeader.SERVER
                || Exchange.ID_HEADER.equalsIgnoreCase(field.getName())
                || BrowserPolicy.owns(field);
        return dropped ? null : field;
    }

    /** The response to the client; notes when the client does not read it to its end. */
    private static final class Relayed extends Response.Wrapper {
        private final Exchange exchange;
        private final HttpFields own;

        Relayed(Response response, Exchange exchange) {
            super(response.getRequest(), response);
            this.exchange = exchange;
            own = HttpFields.build(response.getHeaders());
        }

        /** Drops what the backend sent, before any of it was passed on. */
        void restart() {
            reset();
            getHeaders().add(own);
        }

        @Override
        public void write(boolean last, ByteBuffer content, Callback callback) {
            super.write(last, content, new Callback.Nested(callback) {
                @Override
                public void failed(Throwable failure) {
                    exchange.brokenOff("client");
                    super.failed(failure);
                }
            });
        }
    }
}
