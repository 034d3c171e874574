package io.growalert.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.ClassicGroupState;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SIGKILL of a broker that has so many committed offsets that it would load them twice at once. */
class KilledKafkaTest {
    private static final int PARTITIONS = 100;
    private static final int COMMITS = 300;
    private static final List<String> GROUPS =
            IntStream.range(0, 8).mapToObj(number -> "group-" + number).toList();
    private static final List<String> MEMBERS =
            IntStream.range(0, 8).mapToObj(number -> "member-" + number).toList();
    private static final ConfigResource OFFSETS = new ConfigResource(ConfigResource.Type.TOPIC, "__consumer_offsets");

    @TempDir
    private Path folder;

    private final int port = LoopbackPorts.anyFree();

    /** The broker in a process that can be killed. */
    static final class Broker {
        public static void main(String... args) {
            EmbeddedKafka.start(Path.of(args[0]), Integer.parseInt(args[1]));
        }
    }

    @Test
    void its_consumer_groups_are_served_after_the_next_start() throws Exception {
        var isOver = new AtomicBoolean();
        var members = new ArrayList<Thread>();
        var first = start();
        try (var admin = connect()) {
            admin.createTopics(List.of(new NewTopic("results", PARTITIONS, (short) 1)))
                    .all()
                    .get();
            // the group coordinator creates its topic with the first commit
            await().ignoreExceptionsInstanceOf(ExecutionException.class).until(() -> commit(admin, 0));
            segments(admin, "104857600"); // of an earlier version
            for (int offset = 1; offset <= COMMITS; offset++) {
                commit(admin, offset);
            }
            for (var name : MEMBERS) {
                members.add(Thread.startVirtualThread(() -> follow(name, isOver)));
            }
            await().atMost(Duration.ofSeconds(20))
                    .ignoreExceptionsInstanceOf(ExecutionException.class)
                    .until(() -> areStable(admin));
        } finally {
            kill(first);
        }

        var second = start();
        try (var admin = connect()) {
            await().atMost(Duration.ofSeconds(20))
                    .ignoreExceptionsInstanceOf(ExecutionException.class)
                    .until(() -> commit(admin, COMMITS + 1));
            assertThat(committed(admin)).containsOnly((long) COMMITS + 1);
            assertThat(segments(admin)).isEqualTo("1048576");
            await().atMost(Duration.ofSeconds(20))
                    .ignoreExceptionsInstanceOf(ExecutionException.class)
                    .until(() -> areStable(admin));
        } finally {
            isOver.set(true);
            for (var member : members) {
                member.join();
            }
            kill(second);
        }
    }

    private static boolean areStable(Admin admin) throws ExecutionException, InterruptedException {
        return admin.describeClassicGroups(MEMBERS).all().get().values().stream()
                .allMatch(group -> group.state() == ClassicGroupState.STABLE);
    }

    /** As a member of a group that was connected before the kill: its requests arrive as soon as the broker listens. */
    private void follow(String name, AtomicBoolean isOver) {
        try (var consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        "127.0.0.1:" + port,
                        "group.id",
                        name,
                        "group.instance.id",
                        name,
                        "session.timeout.ms",
                        6_000,
                        "reconnect.backoff.max.ms",
                        100),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.subscribe(List.of("results"));
            while (!isOver.get()) {
                try {
                    consumer.poll(Duration.ofMillis(100));
                    consumer.commitAsync();
                } catch (KafkaException e) {
                    // the group coordinator fails
                }
            }
        }
    }

    private Process start() throws IOException {
        var process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Broker.class.getName(),
                        folder.resolve("kafka").toString(),
                        String.valueOf(port))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolve("output").toFile()))
                .start();
        try (var admin = connect()) {
            await().atMost(Duration.ofSeconds(60))
                    .ignoreExceptionsInstanceOf(ExecutionException.class)
                    .until(() -> !admin.describeCluster().nodes().get().isEmpty());
        }
        return process;
    }

    private static void kill(Process process) throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    private Admin connect() {
        return Admin.create(Map.of(
                "bootstrap.servers",
                "127.0.0.1:" + port,
                "request.timeout.ms",
                5_000,
                "default.api.timeout.ms",
                5_000));
    }

    /** In each group for each partition. */
    private static boolean commit(Admin admin, long offset) throws ExecutionException, InterruptedException {
        var offsets = new HashMap<TopicPartition, OffsetAndMetadata>();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            offsets.put(new TopicPartition("results", partition), new OffsetAndMetadata(offset));
        }
        var commits = new ArrayList<KafkaFuture<Void>>();
        for (var group : GROUPS) {
            commits.add(admin.alterConsumerGroupOffsets(group, offsets).all());
        }
        KafkaFuture.allOf(commits.toArray(KafkaFuture[]::new)).get();
        return true;
    }

    private static List<Long> committed(Admin admin) throws ExecutionException, InterruptedException {
        var found = new ArrayList<Long>();
        for (var group : GROUPS) {
            var offsets = admin.listConsumerGroupOffsets(group)
                    .partitionsToOffsetAndMetadata()
                    .get();
            assertThat(offsets).hasSize(PARTITIONS);
            offsets.values().forEach(offset -> found.add(offset.offset()));
        }
        return found;
    }

    private static void segments(Admin admin, String bytes) throws ExecutionException, InterruptedException {
        var size = new AlterConfigOp(new ConfigEntry("segment.bytes", bytes), AlterConfigOp.OpType.SET);
        admin.incrementalAlterConfigs(Map.of(OFFSETS, List.of(size))).all().get();
    }

    private static String segments(Admin admin) throws ExecutionException, InterruptedException {
        var settings = admin.describeConfigs(List.of(OFFSETS)).all().get();
        return Objects.requireNonNull(settings.get(OFFSETS))
                .get("segment.bytes")
                .value();
    }
}
