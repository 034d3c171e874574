package io.growalert.runtime.selfwatch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.growalert.events.CheckResult;
import io.growalert.events.Json;
import io.growalert.events.Status;
import io.growalert.events.SystemMonitor;
import io.growalert.events.Topics;
import io.growalert.runtime.kafka.KafkaConnection;
import io.growalert.runtime.kafka.TopicCreator;
import io.growalert.testkit.DocumentedRights;
import io.growalert.testkit.SecureKafka;
import io.growalert.testkit.TestKafka;
import io.growalert.testkit.TopicReader;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.utils.Utils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

class SystemReportTest {
    private static final Duration EVERY = Duration.ofMillis(500);
    private static final int PARTITIONS = 5;
    private static final String USER = "alert-dispatcher";

    @Test
    void each_fact_is_a_result_at_every_slot_in_the_partition_of_its_monitor() {
        var facts = List.of(
                new SystemFact(
                        SystemMonitor.LAG, () -> List.of(SystemFact.failed(Map.of("instance", "a"), 75L, "stuck"))),
                new SystemFact(SystemMonitor.DEAD_LETTERS, List::of));
        try (var kafka = new TestKafka()) {
            new TopicCreator(KafkaConnection.at(kafka.address()), PARTITIONS)
                    .createMissing(List.of(Topics.CHECK_RESULTS));
            var report = report(kafka, facts);
            report.start();
            try (var reader = new TopicReader(kafka.address(), Topics.CHECK_RESULTS)) {
                await().atMost(30, SECONDS).until(() -> reader.records().size() >= 4);

                var lag = reader.records().stream()
                        .filter(record -> record.key().equals(SystemMonitor.LAG.id()))
                        .toList();
                assertThat(lag.getFirst().partition())
                        .isEqualTo(Utils.toPositive(
                                        Utils.murmur2(lag.getFirst().key().getBytes(UTF_8)))
                                % PARTITIONS);
                var result = Json.read(lag.getFirst().value(), CheckResult.class);
                assertThat(result.status()).isEqualTo(Status.FAILED);
                assertThat(result.labels()).isEqualTo(Map.of("service", "alert-dispatcher"));
                assertThat(result.series()).containsExactly(SystemFact.failed(Map.of("instance", "a"), 75L, "stuck"));
                assertThat(result.slot().toEpochMilli() % EVERY.toMillis()).isZero();
                assertThat(lag.stream()
                                .map(record -> Json.read(record.value(), CheckResult.class)
                                        .slot())
                                .toList())
                        .doesNotHaveDuplicates();
            } finally {
                report.stop();
            }
        }
    }

    @Test
    void a_fact_that_cannot_be_read_is_an_error_and_affects_no_other() {
        var facts = List.of(
                new SystemFact(SystemMonitor.LAG, () -> {
                    throw new IllegalStateException("down");
                }),
                new SystemFact(SystemMonitor.DISPATCHER_DISK, () -> List.of(SystemFact.passed(Map.of(), 3L))));
        try (var kafka = new TestKafka()) {
            new TopicCreator(KafkaConnection.at(kafka.address()), 1).createMissing(List.of(Topics.CHECK_RESULTS));
            var report = report(kafka, facts);
            report.start();
            try (var reader = new TopicReader(kafka.address(), Topics.CHECK_RESULTS)) {
                await().atMost(30, SECONDS).until(() -> reader.records().size() >= 2);

                var results = reader.records().stream()
                        .map(record -> Json.read(record.value(), CheckResult.class))
                        .toList();
                assertThat(results.getFirst().error()).isNotNull();
                assertThat(results.get(1).error()).isNull();
            } finally {
                report.stop();
            }
        }
    }

    @Test
    @ExtendWith(OutputCaptureExtension.class)
    void a_fact_that_cannot_be_read_is_logged_once_and_its_end_once(CapturedOutput output) {
        var read = new AtomicInteger();
        var facts = List.of(new SystemFact(SystemMonitor.LAG, () -> {
            if (read.incrementAndGet() < 3) {
                throw new IllegalStateException("down");
            }
            return List.of();
        }));
        try (var kafka = new TestKafka()) {
            new TopicCreator(KafkaConnection.at(kafka.address()), 1).createMissing(List.of(Topics.CHECK_RESULTS));
            var report = report(kafka, facts);
            report.start();
            try {
                await().atMost(30, SECONDS).until(() -> read.get() > 3);
            } finally {
                report.stop();
            }
        }

        assertThat(output.getOut()).containsOnlyOnce("System fact unreadable").containsOnlyOnce("System fact readable");
    }

    @Test
    void the_topic_is_never_created_here() {
        var read = new AtomicInteger();
        var facts = List.of(new SystemFact(SystemMonitor.LAG, () -> {
            read.incrementAndGet();
            return List.of();
        }));
        try (var kafka = new TestKafka()) {
            var report = report(kafka, facts);
            report.start();
            try {
                await().atMost(30, SECONDS).until(() -> report.isWaitingForTopic());
                assertThat(read).hasValue(0);

                new TopicCreator(KafkaConnection.at(kafka.address()), 1).createMissing(List.of(Topics.CHECK_RESULTS));
                await().atMost(30, SECONDS).until(() -> read.get() > 0);
            } finally {
                report.stop();
            }
        }
    }

    @Test
    void publishing_resumes_once_a_denied_login_is_accepted(@TempDir Path folder) {
        try (var kafka = SecureKafka.start(folder)) {
            kafka.grant(DocumentedRights.read(Path.of("../docs/examples/acls.sh")));
            new TopicCreator(connection(kafka, "admin"), 1).createMissing(List.of(Topics.CHECK_RESULTS));
            kafka.user(USER, SecureKafka.password(USER));
            var connection = connection(kafka, USER);
            var denied = new AtomicBoolean();
            var report = report(connection, List.of(new SystemFact(SystemMonitor.LAG, () -> {
                // the topic was found, and the producer does not exist yet
                if (!denied.getAndSet(true)) {
                    kafka.user(USER, "another");
                    await().atMost(20, SECONDS).until(() -> isDenied(connection));
                }
                return List.of();
            })));
            report.start();
            try (var admin = kafka.admin()) {
                await().atMost(60, SECONDS)
                        .until(() -> denied.get() && report.progress().isFailing());

                kafka.user(USER, SecureKafka.password(USER));

                var partition = new TopicPartition(Topics.CHECK_RESULTS, 0);
                await().atMost(60, SECONDS)
                        .until(() -> SecureKafka.get(admin.listOffsets(Map.of(partition, OffsetSpec.latest()))
                                                .partitionResult(partition))
                                        .offset()
                                > 0);
            } finally {
                report.stop();
            }
        }
    }

    private static boolean isDenied(KafkaConnection connection) {
        try (var admin = Admin.create(connection.client(Map.of()))) {
            SecureKafka.get(admin.describeCluster().nodes());
            return false;
        } catch (CompletionException e) {
            return e.getCause() instanceof SaslAuthenticationException;
        }
    }

    private static KafkaConnection connection(SecureKafka kafka, String user) {
        return KafkaConnection.of(
                kafka.scramAddress(), kafka.config(user, kafka.scram(user, SecureKafka.password(user))));
    }

    private static SystemReport report(TestKafka kafka, List<SystemFact> facts) {
        return report(KafkaConnection.at(kafka.address()), facts);
    }

    private static SystemReport report(KafkaConnection kafka, List<SystemFact> facts) {
        return new SystemReport(kafka, SystemMonitor.Component.DISPATCHER, facts, EVERY, InstantSource.system());
    }
}
