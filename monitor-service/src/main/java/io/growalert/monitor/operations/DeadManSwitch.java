package io.growalert.monitor.operations;

import io.growalert.monitor.publish.ResultSender;
import io.growalert.runtime.loop.Loop;
import io.growalert.runtime.loop.Progress;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Calls an external monitoring service at an interval, as long as results were acknowledged since the last call and no partition is
 * stuck. That service alerts when the calls stop: no check runs, or Kafka accepts no results.
 */
public final class DeadManSwitch implements SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(DeadManSwitch.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final Duration STUCK = Duration.ofSeconds(10);
    private static final Duration INTERRUPT_AFTER = Duration.ofSeconds(1);

    private final @Nullable URI url;
    private final Duration every;
    private final ResultSender results;
    private final MeterRegistry meters;
    private final Loop loop;
    private @Nullable HttpClient client;
    private long reported;

    /** @param url null for no calls */
    public DeadManSwitch(@Nullable URI url, Duration every, ResultSender results, MeterRegistry meters) {
        this.url = url;
        this.every = every;
        this.results = results;
        this.meters = meters;
        this.loop = new Loop(
                "dead man",
                "Dead man's call failed; retrying",
                Loop.Options.DEFAULT.withGrace(INTERRUPT_AFTER),
                _ -> round());
    }

    public Progress progress() {
        return loop.progress();
    }

    private Duration round() throws InterruptedException {
        long acknowledged = results.acknowledged();
        if (url != null
                && client != null
                && acknowledged > reported
                && results.unavailableFor().isEmpty()
                && results.stuck(STUCK).isEmpty()) {
            call(client, url);
            reported = acknowledged;
        }
        return every;
    }

    /** An unreachable receiver notices the missing call by itself; it does not make this service unhealthy. */
    private void call(HttpClient http, URI receiver) throws InterruptedException {
        try {
            int status = status(http, receiver);
            count(status / 100 == 2 ? "taken" : "refused");
            if (status / 100 != 2) {
                LOG.atWarn()
                        .addKeyValue("status", status)
                        .log("Dead man's call rejected; retrying at the next interval");
            }
        } catch (IOException e) {
            count("failed");
            LOG.atWarn()
                    .addKeyValue("reason", e.toString())
                    .log("Dead man's call failed; retrying at the next interval");
        }
    }

    /** The body, which may have any length, is not read. */
    static int status(HttpClient http, URI receiver) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(receiver).timeout(TIMEOUT).build();
        var response = http.send(request, BodyHandlers.ofInputStream());
        try (var _ = response.body()) {
            return response.statusCode();
        }
    }

    private void count(String outcome) {
        meters.counter("growalert.dead.man.calls", "outcome", outcome).increment();
    }

    @Override
    public void start() {
        if (url != null) {
            client = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
            reported = results.acknowledged();
            loop.start();
        }
    }

    @Override
    public void stop() {
        loop.stop();
        if (client != null) {
            client.shutdownNow();
            client = null;
        }
    }

    @Override
    public boolean isRunning() {
        return loop.isRunning();
    }
}
