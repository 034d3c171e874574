package io.growalert.gateway;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Semaphore;
import org.springframework.http.HttpHeaders;
import org.springframework.util.unit.DataSize;
import org.springframework.web.servlet.function.HandlerFilterFunction;
import org.springframework.web.servlet.function.ServerResponse;

/**
 * Takes a body in before anybody is asked: a slow client holds no connection of a backend. It is kept as it came, whatever
 * its encoding. How large one is, how long it takes and what all take together is bounded.
 */
final class Bodies {
    private static final String ATTRIBUTE = Bodies.class.getName();
    private static final byte[] NONE = {};
    private static final int FIRST = 1 << 10;
    private static final int LARGEST_STEP = 64 << 10;

    private final Semaphore bytes;
    private final Duration slowest;

    Bodies(GatewaySettings settings) {
        bytes = new Semaphore(Math.toIntExact(settings.memory().toBytes()));
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
            var held = new Held();
            try {
                servletRequest.setAttribute(ATTRIBUTE, read(servletRequest, limit, held));
                return next.handle(request);
            } finally {
                servletRequest.removeAttribute(ATTRIBUTE);
                bytes.release(held.bytes);
            }
        };
    }

    private static final class Held {
        private int bytes;
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
        if (!bytes.tryAcquire(size - body.length)) {
            throw Refusal.retryAfter(Problem.BACKEND_BUSY, Duration.ofSeconds(1), null);
        }
        held.bytes += size - body.length;
        return Arrays.copyOf(body, size);
    }
}
