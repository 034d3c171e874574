package io.growalert.standalone;

import static io.growalert.standalone.LoopbackPorts.LOOPBACK;
import static java.util.Map.entry;

import io.growalert.runtime.kafka.BriefAdmin;
import io.growalert.runtime.kafka.KafkaConnection;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.EligibleLeaderReplicasVersion;
import org.apache.kafka.server.common.Feature;
import org.apache.kafka.server.common.MetadataVersion;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A real Kafka broker in this process: broker and controller in one (KRaft), its log in a folder, listening on
 * 127.0.0.1 without authentication.
 *
 * <p>What it acknowledged is in the system's page cache: it survives the death of this process by any signal, and, as
 * with any single broker that does not flush each write, not a power cut in the seconds after.
 */
final class EmbeddedKafka implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedKafka.class);
    private static final int NODE_ID = 1;
    private static final String CONTROLLER = "CONTROLLER";

    private static final String OFFSETS = "__consumer_offsets";
    private static final String OFFSETS_SEGMENT = "1048576";

    /** Kafka writes it at the end of a shutdown, and deletes it at the start. */
    private static final String CLEAN_SHUTDOWN = ".kafka_cleanshutdown";

    /** In bytes of a partition; 4 MB failed on a busy machine. */
    private static final long LOADED_AT_ONCE = 2 << 20;

    private final KafkaRaftServer server;
    private final int port;

    private EmbeddedKafka(KafkaRaftServer server, int port) {
        this.server = server;
        this.port = port;
    }

    /**
     * Starts the broker and returns when it accepts requests. Both the port and the folder must be free: the caller has probed the
     * one and locked the other, because Kafka ends the whole process when it finds a port taken.
     */
    static EmbeddedKafka start(Path folder, int port) {
        format(folder);
        boolean hasManyOffsets = hasManyOffsets(folder);
        if (hasManyOffsets && !Files.exists(folder.resolve(CLEAN_SHUTDOWN))) {
            // on another port than that of its clients, whose requests would fail
            launch(folder, LoopbackPorts.anyFree()).close();
        }
        var broker = launch(folder, port);
        if (hasManyOffsets) {
            broker.compactOffsets();
        }
        return broker;
    }

    private static EmbeddedKafka launch(Path folder, int port) {
        var settings = settings(folder, port, LoopbackPorts.anyFree());
        var server = new KafkaRaftServer(new KafkaConfig(settings), Time.SYSTEM);
        server.startup();
        return new EmbeddedKafka(server, port);
    }

    /**
     * Whether so many offsets are committed that a killed broker may load them twice at once. It leads its partitions until the
     * controller registers it again, and begins to load what it then loads anew; the end of the first load counts as that of the
     * second, and the group coordinator fails until the next start (Kafka 4.1 to 4.4, by {@code CoordinatorRuntime}).
     */
    private static boolean hasManyOffsets(Path folder) {
        try (var partitions = Files.newDirectoryStream(folder, OFFSETS + "-*")) {
            for (var partition : partitions) {
                if (size(partition) > LOADED_AT_ONCE) {
                    return true;
                }
            }
            return false;
        } catch (IOException e) {
            throw new CannotRun("Kafka's folder %s cannot be read: %s".formatted(folder, e.getMessage()), e);
        }
    }

    private static long size(Path partition) throws IOException {
        long size = 0;
        try (var segments = Files.newDirectoryStream(partition, "*.log")) {
            for (var segment : segments) {
                size += Files.size(segment);
            }
        }
        return size;
    }

    /** Of a folder of an earlier version: the topic has the size of its segments since it was created. */
    private void compactOffsets() {
        var topic = new ConfigResource(ConfigResource.Type.TOPIC, OFFSETS);
        var size = new ConfigEntry(TopicConfig.SEGMENT_BYTES_CONFIG, OFFSETS_SEGMENT);
        try (var brief =
                new BriefAdmin(KafkaConnection.at(bootstrapServers()).client(Map.of()), Duration.ofSeconds(5))) {
            brief.admin()
                    .incrementalAlterConfigs(Map.of(topic, List.of(new AlterConfigOp(size, AlterConfigOp.OpType.SET))))
                    .all()
                    .get();
        } catch (ExecutionException e) {
            LOG.atWarn()
                    .setCause(e)
                    .log("Changing the segments of the committed offsets failed; the next start retries");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** For clients: {@code HOST:PORT}. */
    String bootstrapServers() {
        return LOOPBACK + ":" + port;
    }

    @Override
    public void close() {
        server.shutdown();
        server.awaitShutdown();
    }

    private static void format(Path folder) {
        if (Files.exists(folder.resolve("meta.properties"))) {
            return;
        }
        try {
            Files.createDirectories(folder);
            new Formatter()
                    .setPrintStream(new PrintStream(OutputStream.nullOutputStream()))
                    .setSupportedFeatures(Feature.PRODUCTION_FEATURES)
                    .setReleaseVersion(MetadataVersion.LATEST_PRODUCTION)
                    // who may lead after an unclean end: with one replica there is nothing to find out
                    .setFeatureLevel(EligibleLeaderReplicasVersion.FEATURE_NAME, (short) 0)
                    .setNodeId(NODE_ID)
                    .setClusterId(Uuid.randomUuid().toString())
                    .setControllerListenerName(CONTROLLER)
                    .setDirectories(List.of(folder.toString()))
                    .setMetadataLogDirectory(Optional.of(folder.toString()))
                    .setIgnoreFormatted(false)
                    .run();
        } catch (IOException e) {
            throw new CannotRun("Kafka's folder %s cannot be written to: %s".formatted(folder, e.getMessage()), e);
        } catch (Exception e) {
            throw new CannotRun("Kafka's folder %s cannot be prepared: %s".formatted(folder, e.getMessage()), e);
        }
    }

    /** The controller's port may change from start to start: the only voter is named by the settings, not by the log. */
    static Map<String, String> settings(Path folder, int port, int controllerPort) {
        var settings = new HashMap<String, String>();
        settings.putAll(Map.ofEntries(
                entry("process.roles", "broker,controller"),
                entry("node.id", String.valueOf(NODE_ID)),
                entry("controller.listener.names", CONTROLLER),
                entry("controller.quorum.voters", "%d@%s:%d".formatted(NODE_ID, LOOPBACK, controllerPort)),
                entry("listeners", "PLAINTEXT://%s:%d,CONTROLLER://%1$s:%d".formatted(LOOPBACK, port, controllerPort)),
                entry("advertised.listeners", "PLAINTEXT://%s:%d".formatted(LOOPBACK, port)),
                entry("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT"),
                entry("log.dirs", folder.toString()),
                entry("auto.create.topics.enable", "false")));
        settings.putAll(ONE_NODE);
        settings.putAll(QUICK_RETURN);
        settings.putAll(SMALL);
        settings.putAll(IDLE);
        return settings;
    }

    private static final Map<String, String> ONE_NODE = Map.of(
            "default.replication.factor", "1",
            "min.insync.replicas", "1",
            "offsets.topic.replication.factor", "1",
            "offsets.topic.num.partitions", "4",
            // each start loads them all, and only closed segments are compacted
            "offsets.topic.segment.bytes", OFFSETS_SEGMENT,
            "transaction.state.log.replication.factor", "1",
            "transaction.state.log.min.isr", "1",
            "transaction.state.log.num.partitions", "4",
            "share.coordinator.state.topic.replication.factor", "1",
            "share.coordinator.state.topic.min.isr", "1");

    /** Measured: without these a start after SIGKILL takes 10 s longer, or more. */
    private static final Map<String, String> QUICK_RETURN = Map.of(
            "broker.session.timeout.ms", "1000",
            "broker.heartbeat.interval.ms", "250",
            "group.initial.rebalance.delay.ms", "0",
            "group.min.session.timeout.ms", "1000",
            "transaction.abort.timed.out.transaction.cleanup.interval.ms", "1000",
            "controller.quorum.election.timeout.ms", "200",
            "controller.quorum.election.backoff.max.ms", "100");

    private static final Map<String, String> SMALL = Map.of(
            "num.network.threads", "1",
            "num.io.threads", "2",
            "background.threads", "2",
            "num.recovery.threads.per.data.dir", "2",
            "log.cleaner.threads", "1",
            "log.cleaner.dedupe.buffer.size", "4194304",
            "log.cleaner.io.buffer.size", "131072",
            "log.segment.bytes", "67108864",
            "queued.max.requests", "100");

    /**
     * An idle broker would append and flush a record twice a second, for followers that it does not have, and retain the last thousand
     * fetches with all of their partitions.
     */
    private static final Map<String, String> IDLE = Map.of(
            "metadata.max.idle.interval.ms", "30000",
            "fetch.purgatory.purge.interval.requests", "100",
            "producer.purgatory.purge.interval.requests", "100",
            "group.coordinator.threads", "1");
}
