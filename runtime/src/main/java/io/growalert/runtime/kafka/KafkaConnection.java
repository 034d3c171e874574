package io.growalert.runtime.kafka;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.jspecify.annotations.Nullable;

/**
 * Where Kafka is and how clients connect to it. Each client of each service takes its settings from {@link #client} or
 * {@link #consumer}.
 */
public final class KafkaConnection {
    private final String servers;
    private final @Nullable ConnectionFile file;

    private KafkaConnection(String servers, @Nullable ConnectionFile file) {
        this.servers = servers;
        this.file = file;
    }

    /** Without TLS and login. */
    public static KafkaConnection at(String servers) {
        return new KafkaConnection(servers, null);
    }

    /**
     * @param servers bootstrap servers, {@code HOST:PORT,...}
     * @param config Java properties with Kafka's settings of TLS and login; null without both
     * @throws KafkaConfigException when a server is no {@code HOST:PORT}, the file cannot be read, or it has a setting that is not one
     *     of the connection
     */
    public static KafkaConnection of(String servers, @Nullable Path config) {
        BootstrapServers.check(servers);
        return new KafkaConnection(servers, config == null ? null : ConnectionFile.read(config));
    }

    public String servers() {
        return servers;
    }

    boolean usesTls() {
        return file != null && file.usesTls();
    }

    /** Where the settings of TLS and login are, or belong. */
    String configName() {
        return file == null ? "the file that kafka-config or --kafka-config names" : file.toString();
    }

    /**
     * The settings of a client: its own, which take precedence, and those of the connection.
     *
     * @throws KafkaConfigException when a secret of the connection cannot be read
     */
    public Map<String, Object> client(Map<String, ?> own) {
        return client(file == null ? Map.of() : file.settings(), own);
    }

    /**
     * As {@link #client}, for a consumer: it does not make the broker create a missing topic, which would have the broker's number of
     * partitions and not ours.
     */
    public Map<String, Object> consumer(Map<String, ?> own) {
        var settings = new HashMap<String, Object>(own);
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        return client(settings);
    }

    /** Of a client with the secrets of the start, which running clients use. */
    Map<String, Object> clientAtStart(Map<String, ?> own) {
        return client(file == null ? Map.of() : file.atStart(), own);
    }

    private Map<String, Object> client(Map<String, Object> connection, Map<String, ?> own) {
        var settings = new HashMap<>(connection);
        settings.putAll(own);
        settings.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, servers);
        return settings;
    }

    /** Why the service must be restarted, in one line. */
    Optional<String> outdated() {
        return file == null ? Optional.empty() : file.outdated();
    }

    /** Without the settings, which have secrets. */
    @Override
    public String toString() {
        return file == null ? servers : "%s with %s".formatted(servers, file);
    }
}
