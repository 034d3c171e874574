package io.growalert.benchmarks.gateway;

import io.growalert.benchmarks.load.HttpLoad;
import io.growalert.benchmarks.load.LoadRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Slow connections, bodies of 1 GB, a flood and requests that are no sensible JSON, all at once, until it is closed. */
public final class HostileClients implements AutoCloseable {
    private static final InetAddress SOURCE = InetAddress.ofLiteral("127.0.6.1");
    private static final String JSON = "Content-Type: application/json";

    private static final List<LoadRequest> MALFORMED = List.of(
            LoadRequest.post("/create-customer", "{"),
            LoadRequest.post("/create-customer", "[".repeat(5_000)),
            LoadRequest.post("/create-customer", "{\"email\":\"" + "x".repeat(20_000) + "\"}"),
            LoadRequest.post("/charge", "{\"token\":1,\"quantity\":\"\\u0000\"}"),
            LoadRequest.post("/webhook", "{\"id\":null}", "Stripe-Signature: t=1,v1=00"),
            LoadRequest.post("/api/silences", "null", "Authorization: Bearer wrong"),
            LoadRequest.get("/api/../../etc/passwd"),
            LoadRequest.get("/%00%ff"),
            LoadRequest.get("/api/history/monitors/%2e%2e/values?from=x&to=y"));

    private final SlowClients slow;
    private final List<Disturbance> others;
    private final int port;
    private final Map<String, Long> malformed = new TreeMap<>();
    private final Thread thread = Thread.ofPlatform().unstarted(this::send);
    private volatile boolean stopped;

    /** @param connections how many slow ones */
    public HostileClients(int port, int connections) throws IOException {
        this.port = port;
        slow = new SlowClients(port, connections);
        others = List.of(new LargeBodies(port), new Flood(port, LoadRequest.get("/config", JSON)));
        thread.start();
    }

    private void send() {
        while (!stopped) {
            try {
                var replies = new HttpLoad(port, List.of(SOURCE), 2)
                        .open(LoadRequest.turns(MALFORMED), 20, Duration.ofSeconds(1));
                replies.all()
                        .forEach(reply -> malformed.merge(
                                "%s %s".formatted(reply.name(), reply.outcome()).strip(), 1L, Long::sum));
            } catch (IOException e) {
                malformed.merge("no connection", 1L, Long::sum);
            }
        }
    }

    /** How often each answer came; complete once it is closed. */
    public Map<String, Long> outcomes() {
        var all = new TreeMap<>(malformed);
        all.putAll(slow.outcomes());
        others.forEach(other -> all.putAll(other.outcomes()));
        return all;
    }

    @Override
    public void close() {
        stopped = true;
        slow.close();
        others.forEach(Disturbance::close);
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
