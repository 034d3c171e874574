package io.growalert.monitor;

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
import org.springframework.stereotype.Component;

/**
 * Calls somebody outside in intervals, as long as since the last call results were acknowledged and none is stuck. It is
 * the silence that tells: when checks do not run or Kafka does not take their results, there is no call.
 */
@Component
final class DeadMan implements SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(DeadMan.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private static final Duration STUCK = Duration.ofSeconds(10);

    private final @Nullable URI url;
    private final Duration every;
    private final ResultSender results;
    private final MeterRegistry meters;
    private final Progress progress = new Progress("dead man");
    private @Nullable Thread thread;

    DeadMan(MonitorServiceSettings settings, ResultSender results, MeterRegistry meters) {
        this.url = settings.deadMan().url();
        this.every = settings.deadMan().every();
        this.results = results;
        this.meters = meters;
    }

    private void callUntilStopped(URI url) {
        try (var client = HttpClient.newBuilder().connectTimeout(TIMEOUT).build()) {
            var request = HttpRequest.newBuilder(url).timeout(TIMEOUT).build();
            long told = results.acknowledged();
            while (true) {
                Thread.sleep(every);
                long now = results.acknowledged();
                if (now > told
                        && results.awayFor().isEmpty()
                        && results.stuck(STUCK).isEmpty()) {
                    call(client, request);
                    told = now;
                }
            }
        } catch (InterruptedException e) {
            // stopped
        } catch (Throwable e) {
            progress.terminated(e.toString());
            LOG.atError().setCause(e).log("Dead man's calls ended; none until a restart");
            throw e;
        }
    }

    Progress progress() {
        return progress;
    }

    /** The other side being away is its own affair, which it notices: it is no reason to report this service as down. */
    private void call(HttpClient client, HttpRequest request) throws InterruptedException {
        progress.begin();
        try {
            int status = client.send(request, BodyHandlers.discarding()).statusCode();
            count(status / 100 == 2 ? "taken" : "refused");
            if (status / 100 != 2) {
                LOG.atWarn().addKeyValue("status", status).log("the dead man's call was refused; calling again");
            }
        } catch (IOException e) {
            count("failed");
            LOG.atWarn().addKeyValue("reason", e.toString()).log("the dead man's call failed; calling again");
        }
        progress.end();
    }

    private void count(String outcome) {
        meters.counter("growalert.dead.man.calls", "outcome", outcome).increment();
    }

    @Override
    public synchronized void start() {
        if (url != null) {
            var target = url;
            thread = Thread.ofVirtual().name("growalert-dead-man").start(() -> callUntilStopped(target));
        }
    }

    @Override
    public synchronized void stop() {
        if (thread != null) {
            thread.interrupt();
            thread = null;
        }
    }

    @Override
    public synchronized boolean isRunning() {
        return thread != null;
    }
}
