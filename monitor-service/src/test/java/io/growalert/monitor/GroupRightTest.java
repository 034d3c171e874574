package io.growalert.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.growalert.evaluation.threshold.Row;
import io.growalert.events.Topics;
import io.growalert.monitor.group.MonitorGroup;
import io.growalert.monitor.kafka.KafkaClients;
import io.growalert.monitor.memory.MemorySource;
import io.growalert.runtime.kafka.KafkaConnection;
import io.growalert.runtime.kafka.TopicCreator;
import io.growalert.testkit.DocumentedRights;
import io.growalert.testkit.SecureKafka;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The right to read the group of the monitors is revoked from a running service, and granted again. */
class GroupRightTest {
    private static final String SERVICE = "monitor-service";
    private static final int PARTITIONS = 4;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final List<AclBinding> RIGHTS = DocumentedRights.read(Path.of("../docs/examples/acls.sh"));

    @TempDir
    private Path folder;

    private SecureKafka kafka;
    private final AtomicInteger runs = new AtomicInteger();
    private final AtomicInteger addedRuns = new AtomicInteger();

    @BeforeEach
    void setUp() throws Exception {
        kafka = SecureKafka.start(Files.createDirectory(folder.resolve("kafka")));
        kafka.user(SERVICE, SecureKafka.password(SERVICE));
        kafka.grant(RIGHTS);
        var admin = kafka.config("admin", kafka.scram("admin", SecureKafka.password("admin")));
        var topics = RIGHTS.stream()
                .map(AclBinding::pattern)
                .filter(pattern ->
                        pattern.resourceType() == ResourceType.TOPIC && pattern.patternType() == PatternType.LITERAL)
                .map(pattern -> pattern.name())
                .collect(Collectors.toSet());
        assertThat(topics).contains(Topics.MONITORS);
        new TopicCreator(KafkaConnection.of(kafka.scramAddress(), admin), PARTITIONS).createMissing(topics);
        counts("held-query", runs);
        counts("added-query", addedRuns);
    }

    private static void counts(String query, AtomicInteger runs) {
        MemorySource.answer(query, _ -> {
            runs.incrementAndGet();
            return List.of(new Row(Map.of(), 1));
        });
    }

    @AfterEach
    void stopKafka() {
        kafka.close();
    }

    @Test
    void monitors_continue_while_the_group_is_denied_and_are_followed_again_afterwards() throws Exception {
        var file = definitions("");
        try (var instance = start(file);
                var admin = kafka.admin()) {
            var group = instance.bean(MonitorGroup.class);
            await().atMost(PATIENCE).until(() -> runs.get() > 0);
            var right = groupRight();

            kafka.revoke(right);

            await().atMost(PATIENCE).until(() -> group.progress().isFailing());
            await().atMost(PATIENCE).until(() -> members(admin) == 0);
            int before = runs.get();
            await().atMost(PATIENCE).until(() -> runs.get() >= before + 3);
            assertThat(group.loadedPartitions()).hasSize(PARTITIONS);
            assertThat(group.progress().isFailing()).isTrue();

            kafka.grant(List.of(right));

            await().atMost(PATIENCE).until(() -> !group.progress().isFailing());
            assertThat(members(admin)).isOne();
            definitions("  - {id: added, every: 1s, source: m, query: added-query}\n");
            await().atMost(PATIENCE).until(() -> addedRuns.get() > 0);
            int after = runs.get();
            await().atMost(PATIENCE).until(() -> runs.get() > after);
        }
    }

    private Instance start(Path file) {
        return Instance.start(
                kafka.scramAddress(),
                folder.resolve("data"),
                file,
                Map.of(
                        "growalert.monitor.kafka-config",
                        kafka.config(SERVICE, kafka.scram(SERVICE, SecureKafka.password(SERVICE))),
                        "growalert.monitor.session-timeout",
                        "2s"));
    }

    private Path definitions(String more) throws Exception {
        return Files.writeString(folder.resolve("definitions.yaml"), """
                sources: {m: {memory: {name: m}}}
                monitors:
                  - {id: held, every: 1s, source: m, query: held-query}
                """ + more);
    }

    private static int members(Admin admin) {
        return Objects.requireNonNull(SecureKafka.get(admin.describeConsumerGroups(Set.of(KafkaClients.GROUP))
                                .all())
                        .get(KafkaClients.GROUP))
                .members()
                .size();
    }

    private static AclBinding groupRight() {
        return RIGHTS.stream()
                .filter(right -> right.pattern().resourceType() == ResourceType.GROUP
                        && right.pattern().name().equals(KafkaClients.GROUP))
                .findFirst()
                .orElseThrow();
    }
}
