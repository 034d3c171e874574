package io.growalert.gateway;

import io.growalert.runtime.http.Operator;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpHeaderValue;
import org.eclipse.jetty.http2.ErrorCode;
import org.eclipse.jetty.http2.HTTP2Channel;
import org.eclipse.jetty.http2.HTTP2Connection;
import org.eclipse.jetty.http2.HTTP2Stream;
import org.eclipse.jetty.http2.frames.ResetFrame;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Attributes;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** A request and its response, from the headers to the last byte: id, client, route, deadline, and whether it was cut. */
final class Exchange {
    static final String ID_HEADER = "X-Request-Id";

    /** The attribute of a request, in servlets too. */
    private static final String ATTRIBUTE = Exchange.class.getName();

    private static final Pattern SANE = Pattern.compile("[A-Za-z0-9._-]{8,64}");

    private final String id;
    private final InetSocketAddress client;
    private final String network;
    private final ClientConnection connection;
    /** Null with HTTP/1, whose connections have one request at a time. */
    private final @Nullable HTTP2Stream stream;
    /** Jetty's idle timeout of the stream, in milliseconds. */
    private final long idle;
    /** Only the sweeper uses it. */
    private boolean isReset;

    private volatile String route = "none";
    private volatile @Nullable Operator operator;
    private volatile @Nullable String brokenOff;
    private volatile boolean receives;
    private volatile long due;

    private Exchange(
            String id,
            InetSocketAddress client,
            ClientConnection connection,
            @Nullable HTTP2Stream stream,
            Duration time) {
        this.id = id;
        this.client = client;
        network = Network.of(client.getAddress());
        this.connection = connection;
        this.stream = stream;
        idle = stream == null ? 0 : stream.getIdleTimeout();
        due = System.nanoTime() + time.toNanos();
    }

    /** Creates an exchange as an attribute of its request. The client may choose the id. */
    static Exchange begin(Request request, ClientConnection connection, Duration time) {
        var given = request.getHeaders().get(ID_HEADER);
        var id = given != null && SANE.matcher(given).matches() ? given : newId();
        var exchange = new Exchange(id, Network.client(request), connection, stream(request), time);
        request.setAttribute(ATTRIBUTE, exchange);
        return exchange;
    }

    private static @Nullable HTTP2Stream stream(Request request) {
        return request.getConnectionMetaData().getConnection() instanceof HTTP2Connection http2
                ? http2.getSession().getStream(Integer.parseInt(request.getId()))
                : null;
    }

    /** Must be unique, but not secret. */
    private static String newId() {
        var random = ThreadLocalRandom.current();
        return new UUID(random.nextLong(), random.nextLong()).toString();
    }

    static @Nullable Exchange find(Attributes request) {
        return (Exchange) request.getAttribute(ATTRIBUTE);
    }

    static Exchange of(Attributes request) {
        return Objects.requireNonNull(find(request));
    }

    static Exchange of(jakarta.servlet.ServletRequest request) {
        return (Exchange) Objects.requireNonNull(request.getAttribute(ATTRIBUTE));
    }

    String id() {
        return id;
    }

    /** Of the client, or of the last proxy that is not trusted. */
    InetAddress address() {
        return client.getAddress();
    }

    /** The address as text; behind a trusted proxy, as the proxy wrote it. */
    String client() {
        return client.getHostString();
    }

    String network() {
        return network;
    }

    ClientConnection connection() {
        return connection;
    }

    String route() {
        return route;
    }

    void takes(String name) {
        route = name;
    }

    void authenticated(Operator caller) {
        operator = caller;
    }

    /** The operator who sent the request; only requests for {@link OperatorPaths#owns their paths} have one. */
    Operator operator() {
        return Objects.requireNonNull(operator);
    }

    /** The operator, also on paths that are open to all. */
    Optional<Operator> findOperator() {
        return Optional.ofNullable(operator);
    }

    /** Who ended the response before it was complete: {@code backend} or {@code client}. The first report counts. */
    void brokenOff(String by) {
        if (brokenOff == null) {
            brokenOff = by;
        }
    }

    @Nullable
    String brokenOff() {
        return brokenOff;
    }

    /** The gateway begins to read the body; a client that waits for 100 Continue gets it. */
    void receives() {
        receives = true;
    }

    /** Whether the client waits for 100 Continue, and sends no body before. */
    boolean isHeld(Request request) {
        return !receives && request.getHeaders().contains(HttpHeader.EXPECT, HttpHeaderValue.CONTINUE.asString());
    }

    /** The new deadline; when it passes, the exchange is ended. */
    void endsWithin(Duration time) {
        due = System.nanoTime() + time.toNanos();
    }

    /**
     * Stops Jetty's idle timeout of an HTTP/2 stream while only the backend is waited for: its second expiry would reset the stream.
     * HTTP/1 has no such limit.
     */
    void waits() {
        if (stream != null) {
            stream.setIdleTimeout(-1);
        }
    }

    /** The client has to read: Jetty's idle timeout applies again. */
    void writes() {
        if (stream != null) {
            stream.setIdleTimeout(idle);
        }
    }

    /**
     * Ends an exchange of an HTTP/2 connection, once, and leaves the connection to the others.
     *
     * @param time within which it has to have ended
     * @return false when the connection has to be cut
     */
    boolean reset(Duration time) {
        if (stream == null || isReset) {
            return false;
        }
        isReset = true;
        endsWithin(time);
        var late = new TimeoutException("deadline passed");
        if (stream.getAttachment() instanceof HTTP2Channel.Server channel) {
            // pending reads and writes fail
            channel.onFailure(late, Callback.NOOP).run();
        }
        stream.reset(new ResetFrame(stream.getId(), ErrorCode.CANCEL_STREAM_ERROR.code), Callback.NOOP);
        return true;
    }

    boolean isDue(long now) {
        return now - due > 0;
    }
}
