package io.growalert.history;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.growalert.events.Json;
import io.growalert.history.query.TopicProgress;
import io.growalert.runtime.http.CommonProblem;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.filter.ShallowEtagHeaderFilter;

/**
 * Server-sent events: {@code change} with the counters when one moved, at most once a second; {@code beat} every ten seconds; and
 * {@code bye} at the end, after 15 minutes or before the service stops. Each stream blocks a virtual thread.
 */
@RestController
class LiveApi {
    private static final Logger LOG = LoggerFactory.getLogger(LiveApi.class);
    private static final Duration BEAT = Duration.ofSeconds(10);
    private static final Duration LONGEST = Duration.ofMinutes(15);

    private final LiveChanges changes;
    private final int most;

    LiveApi(LiveChanges changes, HistorySettings settings) {
        this.changes = changes;
        this.most = settings.streams();
    }

    @GetMapping(path = "/api/live", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    void stream(HttpServletRequest request, HttpServletResponse response) throws InterruptedException {
        if (!changes.open(most)) {
            throw CommonProblem.SERVICE_UNAVAILABLE.retryAfter(BEAT, "too many streams are open");
        }
        try {
            ShallowEtagHeaderFilter.disableContentCaching(request);
            response.setContentType(MediaType.TEXT_EVENT_STREAM_VALUE);
            response.setHeader("Cache-Control", "no-store");
            write(response.getOutputStream());
        } catch (IOException e) {
            LOG.atDebug().setCause(e).log("Stream ended by the client");
        } finally {
            changes.close();
        }
    }

    private void write(OutputStream out) throws IOException, InterruptedException {
        TopicProgress.Changes seen = null;
        long end = System.nanoTime() + LONGEST.toNanos();
        long beat = System.nanoTime();
        while (!changes.isStopping() && System.nanoTime() < end) {
            if (System.nanoTime() >= beat) {
                send(out, "beat", "{}");
                beat += BEAT.toNanos();
            }
            var next = changes.next(seen, Duration.ofNanos(Math.max(1, beat - System.nanoTime())));
            if (next != null) {
                seen = next;
                send(out, "change", new String(Json.write(next), UTF_8));
            }
        }
        send(out, "bye", "{}");
    }

    private static void send(OutputStream out, String event, String data) throws IOException {
        out.write("event: %s\ndata: %s\n\n".formatted(event, data).getBytes(UTF_8));
        out.flush();
    }
}
