package io.growalert.gateway;

import io.micrometer.core.instrument.MeterRegistry;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.springframework.http.HttpHeaders;
import org.springframework.util.unit.DataSize;
import org.springframework.web.servlet.function.HandlerFilterFunction;
import org.springframework.web.servlet.function.ServerResponse;

/**
 * Takes a body in before anybody is asked: a slow client holds no connection of a backend. It is kept as it came, whatever
 * its encoding. How large one is, how long it takes, and what those of one address and all together take is bounded.
 */
final class Bodies {
    private static final String ATTRIBUTE = Bodies.class.getName();
    private static final byte[] NONE = {};
    private static final int FIRST = 1 << 10;
    private static final int LARGEST_STEP = 64 << 10;

    private static final int SHARES = 8;

    private final int memory;
    private final Semaphore bytes;
    /** Of those that send one, how much each network has. */
    private final Map<String, Integer> ofNetwork = new ConcurrentHashMap<>();

    private final Duration slowest;

    Bodies(GatewaySettings settings, MeterRegistry meters) {
        memory = Math.toIntExact(settings.memory().toBytes());
        bytes = new Semaphore(memory);
        meters.gauge("growalert.gateway.memory.free", bytes, Semaphore::availablePermits);
        slowest = settings.slowest();
    }

    HandlerFilterFunction<ServerResponse, ServerResponse> filter(DataSize largest) {
        var limit = Math.toIntExact(largest.toBytes());
        return (request, next) -> {
            var servletRequest = request.servletRequest();
            if (servletRequest.getContentLengthLong() > limit) {
                throw Problem.BODY_TOO_LARGE.refusal();
            }
            if (!hasBody(servletRequest)) {
                return next.handle(request);
            }
            var held = new Held(Network.of(servletRequest), Math.max(memory / SHARES, limit + 1));
            try {
                servletRequest.setAttribute(ATTRIBUTE, read(servletRequest, limit, held));
                return next.handle(request);
            } finally {
                servletRequest.removeAttribute(ATTRIBUTE);
                held.release();
            }
        };
    }

    /** What a body takes. One network has at most a part of all, and always enough for one body. */
    private final class Held {
        private final String network;
        private final int most;
        private int size;

        Held(String network, int most) {
            this.network = network;
            this.most = most;
        }

        void take(int more) {
            int all = ofNetwork.merge(network, more, Integer::sum);
            if (all > most || !bytes.tryAcquire(more)) {
                giveBack(more);
                throw Refusal.retryAfter(Problem.BACKEND_BUSY, Duration.ofSeconds(1), null);
            }
            size += more;
        }

        void release() {
            if (size > 0) {
                giveBack(size);
                bytes.release(size);
            }
        }

        private void giveBack(int amount) {
            ofNetwork.computeIfPresent(network, (_, all) -> all == amount ? null : all - amount);
        }
    }

    static boolean hasBody(HttpServletRequest request) {
        return request.getContentLengthLong() > 0 || request.getHeader(HttpHeaders.TRANSFER_ENCODING) != null;
    }

    /** The bytes that came with a request, none when it has no body. */
    static byte[] of(HttpServletRequest request) {
        return request.getAttribute(ATTRIBUTE) instanceof byte[] body ? body : NONE;
    }

    private byte[] read(HttpServletRequest request, int limit, Held held) {
        // who is told by the deadline that it is too slow has not been cut off yet
        Connection.CURRENT.get().endsWithin(slowest.multipliedBy(2));
        var deadline = System.nanoTime() + slowest.toNanos();
        var body = NONE;
        int length = 0;
        try {
            var in = request.getInputStream();
            while (true) {
                if (length == body.length) {
                    body = grown(body, limit, held);
                }
                int read = in.read(body, length, body.length - length);
                if (read < 0) {
                    return Arrays.copyOf(body, length);
                }
                length += read;
                if (length > limit) {
                    throw Problem.BODY_TOO_LARGE.refusal();
                }
                if (System.nanoTime() > deadline) {
                    throw Problem.BODY_TOO_SLOW.refusal();
                }
            }
        } catch (SocketTimeoutException e) {
            throw new Refusal(Problem.BODY_TOO_SLOW, e);
        } catch (IOException e) {
            // it went away, or does not keep to HTTP
            throw new Refusal(Problem.BAD_REQUEST, e);
        }
    }

    /** One byte more than the limit is enough to see that a body is too large. */
    private byte[] grown(byte[] body, int limit, Held held) {
        int step = Math.min(LARGEST_STEP, Math.max(FIRST, body.length));
        int size = Math.min(limit + 1, body.length + step);
        held.take(size - body.length);
        return Arrays.copyOf(body, size);
    }
}
