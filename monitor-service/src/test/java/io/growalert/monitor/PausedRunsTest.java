package io.growalert.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.growalert.events.CheckResult;
import io.growalert.events.Entitlement;
import io.growalert.events.Json;
import io.growalert.events.Topics;
import io.growalert.runtime.kafka.KafkaConnection;
import io.growalert.runtime.kafka.TopicCreator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Monitors of customers whose subscription ended more than the grace ago. */
class PausedRunsTest {
    private final Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final String ENFORCED = "growalert.entitlements.enforce";

    private final TestBroker broker = new TestBroker();

    @TempDir
    private Path folder;

    private Path file = Path.of("definitions.yaml");

    @BeforeEach
    void publish() throws IOException {
        file = Files.writeString(folder.resolve("definitions.yaml"), """
                sources: {m: {memory: {name: m}}}
                monitors:
                  - {id: ended, every: 1s, source: m, query: q, customer: cus_ended}
                  - {id: past-due, every: 1s, source: m, query: q, customer: cus_pastdue}
                  - {id: in-grace, every: 1s, source: m, query: q, customer: cus_ingrace}
                  - {id: unknown, every: 1s, source: m, query: q, customer: cus_unknown}
                  - {id: unreadable, every: 1s, source: m, query: q, customer: cus_unreadable}
                  - {id: free, every: 1s, source: m, query: q}
                """);
        new TopicCreator(KafkaConnection.at(broker.address()), 4).createMissing(List.of(Topics.ENTITLEMENTS));
        entitle("cus_ended", "canceled", false, now.minus(Duration.ofDays(8)));
        entitle("cus_pastdue", "past_due", true, now.minus(Duration.ofDays(8)));
        entitle("cus_ingrace", "canceled", false, now.minus(Duration.ofDays(6)));
        broker.send(Topics.ENTITLEMENTS, "cus_unreadable", new byte[] {'{'});
        broker.send(Topics.ENTITLEMENTS, Entitlement.HEARTBEAT, null);
    }

    private void entitle(String customer, String status, boolean entitled, Instant until) {
        var value = new Entitlement(customer, 1, now, status, entitled, until);
        broker.send(Topics.ENTITLEMENTS, customer, Json.write(value));
    }

    @AfterEach
    void close() {
        broker.close();
    }

    @Test
    void a_paused_monitor_never_runs_whenever_the_instance_is_killed_and_runs_again_when_it_is_paid() throws Exception {
        var killed = ForkedInstance.start(broker, folder.resolve("one"), file, "--" + ENFORCED + "=true");
        try {
            awaitRuns("free", now);
        } finally {
            killed.kill();
        }
        try (var instance = start(Map.of(ENFORCED, true))) {
            for (var running : List.of("past-due", "in-grace", "unknown", "unreadable", "free")) {
                awaitRuns(running, Instant.now());
            }
            assertThat(broker.resultsOf("ended")).isEmpty();
            assertThat(instance.get("/api/monitors"))
                    .containsOnlyOnce("\"paused\"")
                    .containsPattern("\\{\"id\":\"ended\"[^}]*\"paused\":\"subscription ended\"");

            entitle("cus_ended", "active", true, now.plus(Duration.ofDays(30)));
            awaitRuns("ended", Instant.now());

            entitle("cus_ended", "canceled", false, now.minus(Duration.ofDays(8)));
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(instance.get("/api/monitors"))
                    .contains("subscription ended"));
        }
    }

    @Test
    void nothing_is_paused_unless_it_is_enforced() {
        try (var _ = start(Map.of())) {
            awaitRuns("ended", now);
        }
    }

    private Instance start(Map<String, ?> settings) {
        return Instance.start(broker, folder.resolve("one"), file, settings);
    }

    private void awaitRuns(String monitor, Instant after) {
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(broker.resultsOf(monitor))
                .extracting(CheckResult::slot)
                .anyMatch(slot -> slot.isAfter(after)));
    }
}
