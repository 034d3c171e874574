package io.growalert.gateway;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http2.HTTP2Connection;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.jspecify.annotations.Nullable;

/** A client connection and its deadlines: for the first request, for the headers of each request, and for each exchange. */
final class ClientConnection {
    /** How long an HTTP/2 connection without a request lives while its client sends frames. */
    private static final Duration MULTIPLEXED_IDLE = Duration.ofMinutes(2);

    private final EndPoint endPoint;
    private final String network;
    private final long opened = System.nanoTime();
    private final Set<Exchange> exchanges = ConcurrentHashMap.newKeySet(1);
    private volatile boolean used;
    private volatile boolean multiplexed;
    private volatile long lastEnd = opened;
    /** The bytes received when the last exchange ended; more of them are the headers of a next request. */
    private volatile long quietBytes;

    private final UnfinishedFrame frame = new UnfinishedFrame();
    /** When the headers of the next request began to arrive; null before. Only the sweeper uses it. */
    private @Nullable Long receivingSince;

    ClientConnection(EndPoint endPoint, String network) {
        this.endPoint = endPoint;
        this.network = network;
    }

    String network() {
        return network;
    }

    /** @param http2 whose control frames are no headers of a request */
    void begins(Exchange exchange, boolean http2) {
        used = true;
        multiplexed = http2;
        exchanges.add(exchange);
    }

    void ends(Exchange exchange) {
        // before the sweeper sees a connection without exchanges
        quietBytes = bytesIn();
        lastEnd = System.nanoTime();
        exchanges.remove(exchange);
    }

    private long bytesIn() {
        var connection = connection();
        return connection == null ? 0 : connection.getBytesIn();
    }

    /** Of HTTP: a TLS handshake is no request. */
    private @Nullable Connection connection() {
        var connection = endPoint.getConnection();
        return connection instanceof SslConnection tls ? tls.getSslEndPoint().getConnection() : connection;
    }

    /**
     * Ends the connection when a deadline passed; of an HTTP/2 connection first the exchange alone.
     *
     * @param first for the first byte of the first request
     * @param headers for all headers of a request, from their first byte on
     */
    void endWhenDue(long now, Duration first, Duration headers) {
        if (isDue(now, first, headers)) {
            cut();
        }
    }

    private boolean isDue(long now, Duration first, Duration headers) {
        boolean active = false;
        for (var exchange : exchanges) {
            if (exchange.isDue(now) && !exchange.reset(headers)) {
                return true;
            }
            active = true;
        }
        if (multiplexed) {
            return (!active && now - lastEnd > MULTIPLEXED_IDLE.toNanos())
                    || (connection() instanceof HTTP2Connection http2 && frame.isOlderThan(headers, http2, now));
        }
        if (active || bytesIn() == quietBytes) {
            receivingSince = null;
            return !active && !used && now - opened > first.toNanos();
        }
        if (receivingSince == null) {
            receivingSince = now;
        }
        return now - receivingSince > headers.toNanos();
    }

    /** Drops the bytes that the client did not read yet. */
    private void cut() {
        try {
            if (endPoint.getTransport() instanceof SocketChannel channel) {
                channel.setOption(StandardSocketOptions.SO_LINGER, 0);
            }
        } catch (IOException | UnsupportedOperationException e) {
            // it is closed already
        }
        endPoint.close(new TimeoutException("deadline passed"));
    }
}
