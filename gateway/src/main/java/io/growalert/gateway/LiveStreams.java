package io.growalert.gateway;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.HashSet;
import java.util.Set;
import org.eclipse.jetty.server.Request;
import org.springframework.context.SmartLifecycle;

/**
 * The open streams of server-sent events, which are limited. They end before the gateway waits for its other requests: that wait is
 * for requests that complete soon.
 */
final class LiveStreams implements SmartLifecycle {
    private final int most;
    private final Authenticator authenticator;
    private final Set<LiveCall> open = new HashSet<>();
    private boolean stopping;

    LiveStreams(int most, Authenticator authenticator, MeterRegistry meters) {
        this.most = most;
        this.authenticator = authenticator;
        meters.gauge("growalert.gateway.streams.open", this, LiveStreams::count);
    }

    int most() {
        return most;
    }

    synchronized int count() {
        return open.size();
    }

    /** False when there are too many, or the gateway stops. */
    synchronized boolean add(LiveCall stream) {
        return !stopping && open.size() < most && open.add(stream);
    }

    synchronized void remove(LiveCall stream) {
        open.remove(stream);
    }

    /** Whether the operator who opened the stream may have it still, as of now. */
    boolean isAllowed(Request request) {
        return authenticator.caller(request).isPresent();
    }

    @Override
    public void start() {
        // LiveLane adds each stream
    }

    @Override
    public void stop() {
        Set<LiveCall> ending;
        synchronized (this) {
            stopping = true;
            ending = Set.copyOf(open);
        }
        ending.forEach(LiveCall::end);
    }

    @Override
    public synchronized boolean isRunning() {
        return !stopping;
    }

    /** The last to start and the first to stop, before the web server. */
    @Override
    public int getPhase() {
        return DEFAULT_PHASE;
    }
}
