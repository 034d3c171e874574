package io.growalert.benchmarks.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;

/** Three brokers, each also a controller, with the settings of {@code docs/examples/broker.properties}. */
public final class BrokerCluster implements AutoCloseable {
    public static final int BROKERS = 3;

    private static final Path SETTINGS = Path.of("docs/examples/broker.properties");
    private static final Duration CALL = Duration.ofSeconds(5);
    private static final Duration UNTIL_COMPLETE = Duration.ofMinutes(2);

    private final List<KafkaProcess> brokers;
    private final Admin admin;

    private BrokerCluster(List<KafkaProcess> brokers) {
        this.brokers = brokers;
        admin = Admin.create(Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, servers(brokers),
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, "2000",
                AdminClientConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, "200",
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, "4000"));
    }

    public static BrokerCluster start(Path folder) throws IOException, InterruptedException {
        var settings = settings();
        var ports = PortRange.several(2 * BROKERS);
        var voters = IntStream.range(0, BROKERS)
                .mapToObj(number -> "%d@127.0.0.1:%d".formatted(number + 1, ports.get(BROKERS + number)))
                .collect(Collectors.joining(","));
        var id = Uuid.randomUuid().toString();
        var brokers = new ArrayList<KafkaProcess>();
        try {
            for (int number = 0; number < BROKERS; number++) {
                brokers.add(KafkaProcess.launch(
                        folder.resolve("broker-" + (number + 1)),
                        number + 1,
                        ports.get(number),
                        ports.get(BROKERS + number),
                        voters,
                        id,
                        settings));
            }
            for (var broker : brokers) {
                broker.awaitServing();
            }
        } catch (IOException | InterruptedException | RuntimeException e) {
            brokers.forEach(KafkaProcess::close);
            throw e;
        }
        return new BrokerCluster(List.copyOf(brokers));
    }

    private static Map<String, String> settings() throws IOException {
        var properties = new Properties();
        try (var reader = Files.newBufferedReader(SETTINGS)) {
            properties.load(reader);
        }
        return properties.entrySet().stream()
                .collect(Collectors.toMap(entry -> entry.getKey().toString(), entry -> entry.getValue()
                        .toString()));
    }

    private static String servers(List<KafkaProcess> brokers) {
        return brokers.stream().map(KafkaProcess::bootstrapServers).collect(Collectors.joining(","));
    }

    public String bootstrapServers() {
        return servers(brokers);
    }

    /** @param node from 1 on */
    public KafkaProcess broker(int node) {
        return brokers.get(node - 1);
    }

    public List<KafkaProcess> brokers() {
        return brokers;
    }

    /** The node that leads the controllers. */
    public int controller() {
        return await(admin.describeMetadataQuorum().quorumInfo()).leaderId();
    }

    /** The partitions that a broker is behind of, or has no leader. */
    public long underReplicated() {
        return partitions().stream()
                .filter(partition -> partition.leader() == null
                        || partition.isr().size() < partition.replicas().size())
                .count();
    }

    private List<TopicPartitionInfo> partitions() {
        return await(admin.describeTopics(names()).allTopicNames()).values().stream()
                .flatMap(topic -> topic.partitions().stream())
                .toList();
    }

    private List<String> names() {
        return List.copyOf(await(
                admin.listTopics(new ListTopicsOptions().listInternal(true)).names()));
    }

    /** The topics without three replicas of each partition, two of which must be in sync. */
    public List<String> unsafeTopics() {
        var topics = await(admin.describeTopics(names()).allTopicNames());
        var resources = topics.keySet().stream()
                .map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name))
                .toList();
        var configs = await(admin.describeConfigs(resources).all());
        var wrong = new ArrayList<String>();
        topics.forEach((name, topic) -> {
            var config = configs.get(new ConfigResource(ConfigResource.Type.TOPIC, name));
            var inSync =
                    config == null ? "?" : config.get("min.insync.replicas").value();
            int least = topic.partitions().stream()
                    .mapToInt(partition -> partition.replicas().size())
                    .min()
                    .orElse(0);
            if (least < BROKERS || !inSync.equals("2")) {
                wrong.add("%s has %d replicas and min.insync.replicas=%s".formatted(name, least, inSync));
            }
        });
        return wrong;
    }

    /** Waits until each partition has all of its replicas again, two minutes at most; then it is under-replicated still. */
    public void awaitComplete() throws InterruptedException {
        var _ = Await.happens(UNTIL_COMPLETE, this::isComplete);
    }

    /** Whether all brokers are there, and each partition has all of its replicas. */
    public boolean isComplete() {
        try {
            return await(admin.describeCluster().nodes()).size() == BROKERS && underReplicated() == 0;
        } catch (IllegalStateException e) {
            return false;
        }
    }

    /** @throws IllegalStateException when the brokers do not answer in time */
    private static <T> T await(KafkaFuture<T> future) {
        try {
            return future.get(CALL.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** All at once: one that stops alone waits for the others. */
    @Override
    public void close() {
        admin.close(Duration.ofSeconds(1));
        var stops = brokers.stream()
                .map(broker -> Thread.ofPlatform().start(broker::close))
                .toList();
        try {
            for (var stop : stops) {
                stop.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
