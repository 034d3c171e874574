package io.growalert.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.growalert.events.Topics;
import io.growalert.monitor.operations.MonitorsHealth;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.health.contributor.Status;

/** Another program created a topic before the service did. */
class UnusableTopicsTest {
    @TempDir
    private Path folder;

    @Test
    void health_has_the_reason_until_the_topic_is_deleted() throws Exception {
        var file = Files.writeString(folder.resolve("definitions.yaml"), """
                sources: {m: {memory: {name: m}}}
                monitors: [{id: room, every: 1s, source: m, query: room}]
                """);
        try (var broker = new TestBroker();
                var admin = Admin.create(Map.of("bootstrap.servers", broker.address()))) {
            var single = new NewTopic(Topics.CHECK_RESULTS, Optional.of(1), Optional.empty())
                    .configs(Topics.settings(Topics.CHECK_RESULTS));
            admin.createTopics(List.of(single)).all().get();
            try (var instance = Instance.start(broker, folder.resolve("data"), file, Map.of())) {
                var health = instance.bean(MonitorsHealth.class);

                await().untilAsserted(
                                () -> assertThat(health.health().getDetails())
                                        .containsEntry(
                                                "reason",
                                                "growalert.monitors has 4 partitions and growalert.check-results has 1: both must have the same number"));
                assertThat(health.health().getStatus()).isEqualTo(Status.DOWN);

                admin.deleteTopics(List.of(Topics.CHECK_RESULTS)).all().get();

                await().atMost(Duration.ofSeconds(60))
                        .until(() -> health.health().getStatus().equals(Status.UP));
            }
        }
    }
}
