package io.growalert.gateway;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Attributes;
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
    private volatile String route = "none";
    private volatile @Nullable String brokenOff;
    private volatile long due;

    private Exchange(String id, InetSocketAddress client, ClientConnection connection, Duration time) {
        this.id = id;
        this.client = client;
        network = Network.of(client.getAddress());
        this.connection = connection;
        due = System.nanoTime() + time.toNanos();
    }

    /** Creates an exchange as an attribute of its request. The client may choose the id. */
    static Exchange begin(Request request, ClientConnection connection, Duration time) {
        var given = request.getHeaders().get(ID_HEADER);
        var id = given != null && SANE.matcher(given).matches() ? given : newId();
        var exchange = new Exchange(id, Network.client(request), connection, time);
        request.setAttribute(ATTRIBUTE, exchange);
        return exchange;
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

    /** The new deadline; when it passes, the connection is cut. */
    void endsWithin(Duration time) {
        due = System.nanoTime() + time.toNanos();
    }

    boolean isDue(long now) {
        return now - due > 0;
    }
}
