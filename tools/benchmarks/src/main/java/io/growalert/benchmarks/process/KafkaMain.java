package io.growalert.benchmarks.process;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.EligibleLeaderReplicasVersion;
import org.apache.kafka.server.common.Feature;
import org.apache.kafka.server.common.MetadataVersion;

/** The main class of {@link KafkaProcess}: one broker, which is a controller, too. */
final class KafkaMain {
    private KafkaMain() {}

    /** Arguments: a file with the broker's settings, the cluster's id. */
    public static void main(String... args) throws Exception {
        var settings = read(Path.of(args[0]));
        var folder = Path.of(settings.getOrDefault("log.dirs", ""));
        if (!Files.exists(folder.resolve("meta.properties"))) {
            Files.createDirectories(folder);
            formatter(settings, folder, args[1]).run();
        }
        var server = new KafkaRaftServer(new KafkaConfig(settings), Time.SYSTEM);
        Runtime.getRuntime().addShutdownHook(new Thread(server::shutdown));
        server.startup();
        server.awaitShutdown();
    }

    private static Map<String, String> read(Path file) throws IOException {
        var properties = new Properties();
        try (var reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        }
        var settings = new HashMap<String, String>();
        properties.forEach((name, value) -> settings.put(name.toString(), value.toString()));
        return settings;
    }

    private static Formatter formatter(Map<String, String> settings, Path folder, String cluster) {
        var formatter = new Formatter()
                .setPrintStream(new PrintStream(OutputStream.nullOutputStream()))
                .setSupportedFeatures(Feature.PRODUCTION_FEATURES)
                .setReleaseVersion(MetadataVersion.LATEST_PRODUCTION)
                .setNodeId(Integer.parseInt(settings.getOrDefault("node.id", "")))
                .setClusterId(cluster)
                .setControllerListenerName("CONTROLLER")
                .setDirectories(List.of(folder.toString()))
                .setMetadataLogDirectory(Optional.of(folder.toString()))
                .setIgnoreFormatted(false);
        boolean isAlone = !settings.getOrDefault("controller.quorum.voters", "").contains(",");
        // as the standalone's; a cluster has what kafka-storage.sh would give it
        return isAlone ? formatter.setFeatureLevel(EligibleLeaderReplicasVersion.FEATURE_NAME, (short) 0) : formatter;
    }
}
