package io.growalert.benchmarks.gateway;

import io.growalert.benchmarks.load.HttpLoad;
import io.growalert.benchmarks.load.LoadRequest;
import io.growalert.benchmarks.load.Replies;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;

/** Sends requests from one address over a few connections, each as soon as the previous response arrived. */
final class Flood implements Disturbance {
    private static final int CONNECTIONS = 4;
    private static final InetAddress SOURCE = InetAddress.ofLiteral("127.0.5.1");
    private static final Duration LONG = Duration.ofHours(1);

    private final AtomicBoolean stop = new AtomicBoolean();
    private final CompletableFuture<Replies> replies;

    Flood(int port, LoadRequest ask) {
        var load = new HttpLoad(port, List.of(SOURCE), CONNECTIONS);
        var thread = Executors.newSingleThreadExecutor();
        replies = CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return load.closed(() -> stop.get() ? null : ask, LONG);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                },
                thread);
        thread.shutdown();
    }

    @Override
    public Map<String, Long> outcomes() {
        return replies.join().outcomes();
    }

    @Override
    public void close() {
        stop.set(true);
        replies.join();
    }
}
