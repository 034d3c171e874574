package io.growalert.benchmarks.alerting;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

/** What operators' browsers do: they poll the console's lists through the gateway, and watch live streams, which reconnect. */
final class ConsolePolling implements AutoCloseable {
    private static final Duration EVERY = Duration.ofMillis(200);
    private static final int STREAMS = 5;

    /** @param status 0 when there was none */
    record Answer(Instant at, String path, int status, String body) {
        @Override
        public String toString() {
            return "%s %s: %d %s".formatted(at, path, status, body.length() > 300 ? body.substring(0, 300) : body);
        }
    }

    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
    private final URI gateway;
    private final String token;
    private final List<String> paths;
    private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();
    private final AtomicLong liveEvents = new AtomicLong();
    private final AtomicLong liveEnds = new AtomicLong();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean stopped;

    /** @param monitor whose values are shown */
    ConsolePolling(int gateway, Path token, String monitor) throws IOException {
        this.gateway = URI.create("http://127.0.0.1:" + gateway);
        this.token = Files.readString(token).strip();
        paths = List.of(
                "/api/alerts",
                "/api/incidents",
                "/api/monitors",
                "/api/deliveries?limit=100",
                "/api/silences",
                "/api/history/monitors",
                "/api/history/monitors/" + monitor,
                "/api/history/changes",
                "/api/history/status",
                "/health");
        threads.add(Thread.ofPlatform().start(this::poll));
        for (int number = 0; number < STREAMS; number++) {
            threads.add(Thread.ofPlatform().start(this::watch));
        }
    }

    private HttpRequest request(String path, Duration timeout) {
        return HttpRequest.newBuilder(gateway.resolve(path))
                .timeout(timeout)
                .header("Authorization", "Bearer " + token)
                .build();
    }

    private void poll() {
        try {
            for (int turn = 0; !stopped; turn++) {
                var path = paths.get(turn % paths.size());
                var at = Instant.now();
                try {
                    var answer =
                            client.send(request(path, Duration.ofSeconds(35)), HttpResponse.BodyHandlers.ofString());
                    boolean isWell = answer.statusCode() == 200;
                    answers.add(new Answer(at, path, answer.statusCode(), isWell ? "" : answer.body()));
                } catch (IOException e) {
                    answers.add(new Answer(at, path, 0, String.valueOf(e.getMessage())));
                }
                TimeUnit.MILLISECONDS.sleep(EVERY.toMillis());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void watch() {
        try {
            while (!stopped) {
                try (var lines = client.send(
                                request("/api/live", Duration.ofSeconds(10)), HttpResponse.BodyHandlers.ofLines())
                        .body()) {
                    lines.filter(line -> line.startsWith("event:")).forEach(_ -> liveEvents.incrementAndGet());
                } catch (IOException | UncheckedIOException e) {
                    // reconnects
                }
                liveEnds.incrementAndGet();
                TimeUnit.SECONDS.sleep(1);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    Map<Integer, Long> statuses() {
        var statuses = new TreeMap<Integer, Long>();
        answers.forEach(answer -> statuses.merge(answer.status(), 1L, Long::sum));
        return statuses;
    }

    List<String> answers(Predicate<Answer> wanted) {
        return answers.stream().filter(wanted).map(Answer::toString).toList();
    }

    long liveEvents() {
        return liveEvents.get();
    }

    long liveEnds() {
        return liveEnds.get();
    }

    /** The streams end with the gateway's. */
    @Override
    public void close() {
        stopped = true;
        threads.forEach(Thread::interrupt);
        client.shutdownNow();
    }
}
