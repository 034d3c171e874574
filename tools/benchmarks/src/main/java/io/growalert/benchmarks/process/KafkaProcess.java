package io.growalert.benchmarks.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.Uuid;

/** A separate Kafka broker, as a child process. It can be stopped, killed and restarted. */
public final class KafkaProcess implements AutoCloseable {
    /** So that it costs little beside what is measured. */
    private static final Map<String, String> SMALL = Map.of(
            "num.network.threads", "2",
            "num.io.threads", "4",
            "background.threads", "2",
            "num.recovery.threads.per.data.dir", "2",
            "log.cleaner.threads", "1",
            "log.cleaner.dedupe.buffer.size", "4194304",
            "log.cleaner.io.buffer.size", "131072",
            "log.segment.bytes", "67108864",
            "queued.max.requests", "100");

    /** Of a broker without others; similar to the standalone's. */
    private static final Map<String, String> ALONE = Map.ofEntries(
            Map.entry("auto.create.topics.enable", "false"),
            Map.entry("default.replication.factor", "1"),
            Map.entry("min.insync.replicas", "1"),
            Map.entry("offsets.topic.replication.factor", "1"),
            Map.entry("offsets.topic.num.partitions", "4"),
            Map.entry("offsets.topic.segment.bytes", "1048576"),
            Map.entry("transaction.state.log.replication.factor", "1"),
            Map.entry("transaction.state.log.min.isr", "1"),
            Map.entry("transaction.state.log.num.partitions", "4"),
            Map.entry("broker.session.timeout.ms", "1000"),
            Map.entry("broker.heartbeat.interval.ms", "200"),
            Map.entry("group.initial.rebalance.delay.ms", "0"),
            Map.entry("group.min.session.timeout.ms", "1000"),
            Map.entry("transaction.abort.timed.out.transaction.cleanup.interval.ms", "1000"),
            Map.entry("controller.quorum.election.timeout.ms", "200"),
            Map.entry("controller.quorum.election.backoff.max.ms", "100"));

    private final Path folder;
    private final int port;
    private final int heapMiB;
    private final String cluster;
    private ChildJvm process;

    private KafkaProcess(Path folder, int port, int heapMiB, String cluster, Map<String, String> settings)
            throws IOException {
        this.folder = folder;
        this.port = port;
        this.heapMiB = heapMiB;
        this.cluster = cluster;
        write(settings);
        process = launch();
    }

    public static KafkaProcess start(Path folder, int port, int controllerPort)
            throws IOException, InterruptedException {
        var voters = "1@127.0.0.1:" + controllerPort;
        var id = Uuid.randomUuid().toString();
        var kafka = new KafkaProcess(folder, port, 512, id, settings(folder, 1, port, controllerPort, voters, ALONE));
        kafka.awaitServing();
        return kafka;
    }

    /** One of several, which returns at once: it serves when most of the voters are there. */
    static KafkaProcess launch(
            Path folder,
            int node,
            int port,
            int controllerPort,
            String voters,
            String cluster,
            Map<String, String> settings)
            throws IOException {
        return new KafkaProcess(
                folder, port, 320, cluster, settings(folder, node, port, controllerPort, voters, settings));
    }

    private static Map<String, String> settings(
            Path folder, int node, int port, int controllerPort, String voters, Map<String, String> more) {
        var settings = new HashMap<>(SMALL);
        settings.putAll(Map.of(
                "process.roles",
                "broker,controller",
                "node.id",
                String.valueOf(node),
                "controller.listener.names",
                "CONTROLLER",
                "controller.quorum.voters",
                voters,
                "listeners",
                "PLAINTEXT://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d".formatted(port, controllerPort),
                "advertised.listeners",
                "PLAINTEXT://127.0.0.1:" + port,
                "listener.security.protocol.map",
                "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
                "log.dirs",
                folder.resolve("data").toString()));
        settings.putAll(more);
        return settings;
    }

    private void write(Map<String, String> settings) throws IOException {
        Files.createDirectories(folder);
        var properties = new Properties();
        properties.putAll(settings);
        try (var writer = Files.newBufferedWriter(file())) {
            properties.store(writer, null);
        }
    }

    private Path file() {
        return folder.resolve("broker.properties");
    }

    public void startAgain() throws IOException, InterruptedException {
        process = launch();
        awaitServing();
    }

    private ChildJvm launch() throws IOException {
        return ChildJvm.start(
                KafkaMain.class,
                folder.resolve("console.log"),
                List.of(
                        "-Xmx%dm".formatted(heapMiB),
                        "-XX:+UseSerialGC",
                        "-Dlogback.configurationFile=logback-child.xml"),
                List.of(file().toString(), cluster));
    }

    void awaitServing() throws InterruptedException {
        try (var admin = Admin.create(Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers(),
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, "1000",
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, "1000"))) {
            Await.until(Duration.ofMinutes(3), () -> answers(admin));
        }
    }

    private static boolean answers(Admin admin) {
        try {
            return !admin.describeCluster().nodes().get(2, TimeUnit.SECONDS).isEmpty();
        } catch (ExecutionException | TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Deletes a topic, and returns when it is gone. */
    public void delete(String topic) throws InterruptedException {
        try (var admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers()))) {
            admin.deleteTopics(List.of(topic)).all().get();
            Await.until(Duration.ofSeconds(30), () -> !names(admin).contains(topic));
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    private static Set<String> names(Admin admin) {
        try {
            return admin.listTopics().names().get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Set.of();
        }
    }

    public String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    public double cpuSeconds() {
        return process.cpuSeconds();
    }

    public ChildJvm jvm() {
        return process;
    }

    /** SIGTERM: leaders move away first, when there are other brokers. */
    public void stop() {
        process.close();
    }

    /** SIGKILL, without a shutdown. */
    public void kill() throws InterruptedException {
        process.kill();
    }

    @Override
    public void close() {
        stop();
    }
}
