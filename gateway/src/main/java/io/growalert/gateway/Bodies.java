package io.growalert.gateway;

import io.micrometer.core.instrument.MeterRegistry;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.thread.Invocable;

/**
 * Reads a body before the request is sent on, so that a slow client occupies no connection of a backend. Limits its size, its
 * time, and the memory of the bodies of one network and of all together, to which those of short responses belong.
 */
final class Bodies {
    private static final byte[] NOTHING = {};
    private static final int FIRST = 1 << 10;
    private static final int LARGEST_STEP = 64 << 10;

    /** The bodies of one network use at most this share of the memory. */
    private static final int SHARES = 8;

    private final int memory;
    private final Semaphore free;
    /** In bytes. */
    private final Map<String, Integer> ofNetwork = new ConcurrentHashMap<>();

    private final Duration slowest;

    /** A complete body, unchanged, and its share of the memory, which {@link #close} returns. */
    static final class Body implements AutoCloseable {
        private final int length;
        private final Runnable release;
        private byte[] bytes;

        Body(byte[] bytes, int length, Runnable release) {
            this.bytes = bytes;
            this.length = length;
            this.release = release;
        }

        /** In bytes. */
        int length() {
            return length;
        }

        /** A new view, so that the body can be sent again; before {@link #close}. */
        ByteBuffer content() {
            return ByteBuffer.wrap(bytes, 0, length);
        }

        /** What is no longer counted must not be reachable either: a client may keep its response from ending. */
        @Override
        public void close() {
            bytes = NOTHING;
            release.run();
        }
    }

    /** Receives the outcome of a read, once. */
    interface Receiver {
        /** The receiver closes the body. */
        void complete(Body body);

        void refused(GatewayProblem problem);
    }

    Bodies(GatewaySettings settings, MeterRegistry meters) {
        memory = Math.toIntExact(settings.memory().toBytes());
        free = new Semaphore(memory);
        meters.gauge("growalert.gateway.memory.free", free, Semaphore::availablePermits);
        slowest = settings.slowest();
    }

    /** How long a client may take for a body, or for the rest of a response that the backend completed. */
    Duration slowest() {
        return slowest;
    }

    /** @param largest in bytes */
    void read(Request request, Exchange exchange, int largest, Receiver receiver) {
        if (request.getLength() > largest) {
            receiver.refused(GatewayProblem.BODY_TOO_LARGE);
        } else if (hasBody(request)) {
            // the read's own deadline has passed before: the client gets an answer
            exchange.endsWithin(slowest.multipliedBy(2));
            exchange.receives();
            new Read(request, exchange.network(), largest, receiver).run();
        } else {
            receiver.complete(new Body(NOTHING, 0, () -> {}));
        }
    }

    /**
     * Memory for the body of a response, which the caller closes; empty when there is none.
     *
     * @param length in bytes, more than none
     */
    Optional<Body> reserve(Exchange exchange, int length) {
        var network = exchange.network();
        return take(network, length, length)
                ? Optional.of(new Body(new byte[length], length, () -> {
                    giveBack(network, length);
                    free.release(length);
                }))
                : Optional.empty();
    }

    /** A network always has enough for one body. */
    private boolean take(String network, int more, int largest) {
        int all = ofNetwork.merge(network, more, Integer::sum);
        if (all <= Math.max(memory / SHARES, largest) && free.tryAcquire(more)) {
            return true;
        }
        giveBack(network, more);
        return false;
    }

    private void giveBack(String network, int amount) {
        ofNetwork.computeIfPresent(network, (_, all) -> all == amount ? null : all - amount);
    }

    private static boolean hasBody(Request request) {
        long length = request.getLength();
        return length > 0
                || (length < 0
                        && (request.getConnectionMetaData().getHttpVersion() == HttpVersion.HTTP_2
                                || request.getHeaders().contains(HttpHeader.TRANSFER_ENCODING)));
    }

    private final class Read implements Invocable.Task {
        private final Request request;
        private final String network;
        private final int largest;
        private final Receiver receiver;
        private final long deadline = System.nanoTime() + slowest.toNanos();
        private byte[] bytes = NOTHING;
        private int length;

        Read(Request request, String network, int largest, Receiver receiver) {
            this.request = request;
            this.network = network;
            this.largest = largest;
            this.receiver = receiver;
        }

        @Override
        public InvocationType getInvocationType() {
            return InvocationType.NON_BLOCKING;
        }

        @Override
        public void run() {
            while (true) {
                var chunk = request.read();
                if (chunk == null) {
                    request.demand(this);
                    return;
                }
                if (Content.Chunk.isFailure(chunk)) {
                    fail(chunk.getFailure());
                    return;
                }
                boolean last = chunk.isLast();
                boolean fits;
                try {
                    fits = append(chunk);
                } finally {
                    chunk.release();
                }
                if (!fits) {
                    return;
                }
                if (last) {
                    receiver.complete(new Body(bytes, length, this::release));
                    return;
                }
            }
        }

        /** The client closed the connection, violates HTTP, or was idle for too long. */
        private void fail(Throwable failure) {
            boolean idle = failure instanceof TimeoutException;
            if (idle && request.getConnectionMetaData().getHttpVersion() == HttpVersion.HTTP_2) {
                // Jetty reports no further failure of this stream: nothing would end a read of the rest
                request.fail(failure);
            }
            refuse(idle ? GatewayProblem.BODY_TOO_SLOW : GatewayProblem.BAD_REQUEST);
        }

        private boolean append(Content.Chunk chunk) {
            int more = chunk.remaining();
            if (length + more > largest) {
                return refuse(GatewayProblem.BODY_TOO_LARGE);
            }
            while (length + more > bytes.length) {
                if (!grow()) {
                    return refuse(GatewayProblem.BACKEND_BUSY);
                }
            }
            chunk.getByteBuffer().get(bytes, length, more);
            length += more;
            return System.nanoTime() <= deadline || refuse(GatewayProblem.BODY_TOO_SLOW);
        }

        private boolean grow() {
            int step = Math.min(LARGEST_STEP, Math.max(FIRST, bytes.length));
            int size = Math.min(largest, bytes.length + step);
            if (!take(network, size - bytes.length, largest)) {
                return false;
            }
            bytes = Arrays.copyOf(bytes, size);
            return true;
        }

        private boolean refuse(GatewayProblem problem) {
            release();
            receiver.refused(problem);
            return false;
        }

        private void release() {
            if (bytes.length > 0) {
                giveBack(network, bytes.length);
                free.release(bytes.length);
                bytes = NOTHING;
            }
        }
    }
}
