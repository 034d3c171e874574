package io.growalert.gateway;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.RequestLog;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.NanoTime;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One line and one measurement for each request: route, method, status, time, and the client's network, coarsely. No path, no
 * query, no cookies and no whole address: they could identify a person.
 */
final class AccessLog implements RequestLog {
    private static final Logger ACCESS = LoggerFactory.getLogger("io.growalert.gateway.access");
    private static final Set<String> METHODS = Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");

    private final MeterRegistry meters;
    private final Map<Outcome, Timer> timers = new ConcurrentHashMap<>();

    private record Outcome(String route, int status) {}

    AccessLog(MeterRegistry meters) {
        this.meters = meters;
    }

    /** Jetty calls it once for each request, when its response is complete or cut. */
    @Override
    public void log(Request request, Response response) {
        var exchange = Exchange.find(request);
        if (exchange == null) {
            // the client disconnected before its request was complete
            return;
        }
        Connections.end(exchange);
        long nanos = NanoTime.since(request.getHeadersNanoTime());
        int status = response.getStatus();
        timers.computeIfAbsent(new Outcome(exchange.route(), status), this::timer)
                .record(Duration.ofNanos(nanos));
        var line = ACCESS.atInfo();
        if (exchange.brokenOff() != null) {
            line = line.addKeyValue("brokenOff", exchange.brokenOff());
        }
        line.addKeyValue("requestId", exchange.id())
                .addKeyValue("route", exchange.route())
                .addKeyValue("method", METHODS.contains(request.getMethod()) ? request.getMethod() : "other")
                .addKeyValue("status", status)
                .addKeyValue("ms", nanos / 1_000_000)
                .addKeyValue("network", Network.roughly(exchange.address()))
                .log("Answered");
    }

    private Timer timer(Outcome outcome) {
        return Timer.builder("growalert.gateway.requests")
                .tag("route", outcome.route)
                .tag("status", Integer.toString(outcome.status))
                .register(meters);
    }
}
