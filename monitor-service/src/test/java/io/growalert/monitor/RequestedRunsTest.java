package io.growalert.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.growalert.evaluation.threshold.Row;
import io.growalert.events.CheckError;
import io.growalert.monitor.memory.MemorySource;
import io.growalert.monitor.source.SourceException;
import io.growalert.testkit.FreePort;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Runs that operators request, at a service whose Kafka is away: it runs no monitor by a schedule. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RequestedRunsTest {
    @TempDir
    static Path folder;

    private Instance instance;

    @BeforeAll
    void start() throws Exception {
        var file = Files.writeString(folder.resolve("definitions.yaml"), """
                sources:
                  once: {memory: {name: once}}
                  held: {memory: {name: held}, limit: 2}
                monitors:
                  - {id: once-rooms, every: 1s, source: once, query: "once-rooms :from", window: 5m, fail: {above: 1000}, unit: ppm}
                  - {id: once-unreachable, every: 1s, source: once, query: once-unreachable, onError: degraded}
                  - {id: once-text, every: 1s, source: once, query: once-text}
                  - {id: once-held, every: 60s, timeout: 60s, source: held, query: once-held}
                  - {id: once-waiting, every: 1s, timeout: 200ms, source: held, query: once-waiting}
                  - {id: once-pushed, every: 1h, source: push}
                """);
        instance = Instance.start(
                "127.0.0.1:" + FreePort.next(), folder.resolve("data"), file, Map.of("growalert.monitor.grace", "1s"));
    }

    @AfterAll
    void stop() {
        instance.close();
    }

    @Test
    void the_rows_are_judged_and_nothing_is_published() throws Exception {
        MemorySource.answer("once-rooms :from", query -> {
            assertThat(query.from()).isEqualTo(query.to().minusSeconds(300));
            return List.of(
                    new Row(Map.of("room", "r1"), 1203.5),
                    new Row(Map.of("room", "r2"), 612),
                    new Row(Map.of("room", "r3"), Double.NaN));
        });

        var run = ran("once-rooms");

        assertThat(run.path("monitor").asString()).isEqualTo("once-rooms");
        assertThat(run.path("slot").asString()).matches("20[0-9-]+T[0-9:.]+Z");
        assertThat(run.path("tookMs").isIntegralNumber()).isTrue();
        assertThat(run.path("unit").asString()).isEqualTo("ppm");
        assertThat(run.path("rowCount").asInt()).isEqualTo(3);
        assertThat(run.path("rows")).isEqualTo(JsonMapper.shared().readTree("""
                [{"labels": {"room": "r1"}, "value": 1203.5, "status": "FAILED", "reason": "above 1000 ppm"},
                 {"labels": {"room": "r2"}, "value": 612.0, "status": "PASSED", "reason": null},
                 {"labels": {"room": "r3"}, "value": null, "status": null, "reason": null}]
                """));
        assertThat(run.path("status").asString()).isEqualTo("FAILED");
        assertThat(run.path("error").isNull()).isTrue();
        assertThat(run.path("withoutValue").asInt()).isOne();
        assertThat(run.path("dropped").isNull()).isTrue();
        assertThat(instance.get("/actuator/prometheus")).contains("growalert_results_buffered_runs 0.0");
        assertThat(instance.get("/api/monitors")).isEqualTo("[]");
    }

    @Test
    void a_query_that_fails_is_judged_as_in_a_scheduled_run() throws Exception {
        MemorySource.answer("once-unreachable", query -> {
            throw new SourceException(CheckError.Kind.SOURCE, "connection refused");
        });

        var run = ran("once-unreachable");

        assertThat(run.path("rows")).isEmpty();
        assertThat(run.at("/status").asString()).isEqualTo("DEGRADED");
        assertThat(run.at("/error/kind").asString()).isEqualTo("source");
        assertThat(run.at("/error/message").asString()).isEqualTo("connection refused");
    }

    @Test
    void rows_that_cannot_be_judged_are_shown_with_the_reason() throws Exception {
        MemorySource.answer("once-text", query -> List.of(new Row(Map.of(), "high")));

        var run = ran("once-text");

        assertThat(run.at("/rows/0/value").asString()).isEqualTo("high");
        assertThat(run.at("/rows/0/status").isNull()).isTrue();
        assertThat(run.at("/error/kind").asString()).isEqualTo("value");
    }

    @Test
    void what_cannot_be_run_is_a_problem_with_a_code() throws Exception {
        assertThat(problem(404, instance.post("/api/monitors/unknown/run", "operator")))
                .isEqualTo("not_found");
        assertThat(problem(409, instance.post("/api/monitors/once-pushed/run", "operator")))
                .isEqualTo("monitor_pushed");
        assertThat(problem(403, instance.post("/api/monitors/once-rooms/run", "viewer")))
                .isEqualTo("forbidden_role");
    }

    @Test
    void few_run_at_once_and_within_the_limit_of_their_source() throws Exception {
        var reached = new AtomicInteger();
        var release = new CountDownLatch(1);
        MemorySource.answer("once-held", query -> {
            reached.incrementAndGet();
            release.await();
            return List.of(new Row(Map.of(), 1));
        });
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var running = new ArrayList<Future<HttpResponse<String>>>();
            for (int i = 0; i < 2; i++) {
                running.add(threads.submit(() -> instance.post("/api/monitors/once-held/run", "operator")));
            }
            await().until(() -> reached.get() == 2);
            var waiting = ran("once-waiting");
            assertThat(waiting.at("/error/message").asString()).isEqualTo("source held is at its limit of 2 queries");

            for (int i = 0; i < 2; i++) {
                running.add(threads.submit(() -> instance.post("/api/monitors/once-held/run", "operator")));
            }
            await().until(() -> instance.get("/actuator/health").contains("\"waiting\":2"));
            var refused = instance.post("/api/monitors/once-rooms/run", "operator");
            assertThat(problem(429, refused)).isEqualTo("too_many_runs");
            assertThat(refused.headers().firstValue("Retry-After")).contains("1");

            release.countDown();
            for (var each : running) {
                assertThat(each.get().statusCode()).isEqualTo(200);
            }
        } finally {
            release.countDown();
        }
        assertThat(ran("once-held").at("/status").asString()).isEqualTo("PASSED");
    }

    private JsonNode ran(String monitor) throws Exception {
        var response = instance.post("/api/monitors/" + monitor + "/run", "operator");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return JsonMapper.shared().readTree(response.body());
    }

    private static String problem(int status, HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        return JsonMapper.shared().readTree(response.body()).path("code").asString("");
    }
}
