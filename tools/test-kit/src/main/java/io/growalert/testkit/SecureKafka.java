package io.growalert.testkit;

import static java.util.Map.entry;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.Feature;
import org.apache.kafka.server.common.MetadataVersion;
import org.jspecify.annotations.Nullable;

/**
 * A Kafka broker in this JVM that clients must log in to: by SCRAM-SHA-512 over TLS on one port, by a certificate, whose common name
 * is the principal, on another. It grants what {@link #grant} grants; only the user admin may do everything.
 */
public final class SecureKafka implements AutoCloseable {
    private static final String ADMIN = "admin";
    private static final int ITERATIONS = 4_096;

    private final TestCa ca;
    private final Path folder;
    private final int scramPort = FreePort.next();
    private final int tlsPort = FreePort.next();
    private final KafkaRaftServer server;
    /** For changes of users and rights, from the first one on: each connection costs a TLS handshake and a SCRAM login. */
    private @Nullable Admin changing;

    /** @param broker whose certificate names its host */
    public SecureKafka(Path folder, TestCa ca, TestCa.Identity broker) {
        this.folder = folder;
        this.ca = ca;
        var data = folder.resolve("broker");
        format(data);
        server = new KafkaRaftServer(new KafkaConfig(settings(data, broker)), Time.SYSTEM);
        server.startup();
    }

    /** A broker with a good certificate. */
    public static SecureKafka start(Path folder) {
        var ca = new TestCa("authority");
        return new SecureKafka(folder, ca, ca.issue("broker", "127.0.0.1"));
    }

    public TestCa ca() {
        return ca;
    }

    /** For SASL_SSL. */
    public String scramAddress() {
        return "127.0.0.1:" + scramPort;
    }

    /** For SSL. */
    public String tlsAddress() {
        return "127.0.0.1:" + tlsPort;
    }

    private static void format(Path data) {
        try {
            Files.createDirectories(data);
            new Formatter()
                    .setPrintStream(new PrintStream(OutputStream.nullOutputStream()))
                    .setSupportedFeatures(Feature.PRODUCTION_FEATURES)
                    .setReleaseVersion(MetadataVersion.LATEST_PRODUCTION)
                    .setNodeId(1)
                    .setClusterId(Uuid.randomUuid().toString())
                    .setControllerListenerName("CONTROLLER")
                    .setDirectories(List.of(data.toString()))
                    .setMetadataLogDirectory(Optional.of(data.toString()))
                    .setScramArguments(List.of("SCRAM-SHA-512=[name=%s,password=%s]".formatted(ADMIN, password(ADMIN))))
                    .run();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private Map<String, String> settings(Path data, TestCa.Identity broker) {
        int controllerPort = FreePort.next();
        return Map.ofEntries(
                entry("process.roles", "broker,controller"),
                entry("node.id", "1"),
                entry("controller.listener.names", "CONTROLLER"),
                entry("controller.quorum.voters", "1@127.0.0.1:" + controllerPort),
                entry(
                        "listeners",
                        "SASL_SSL://127.0.0.1:%d,SSL://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d"
                                .formatted(scramPort, tlsPort, controllerPort)),
                entry("advertised.listeners", "SASL_SSL://%s,SSL://%s".formatted(scramAddress(), tlsAddress())),
                entry("listener.security.protocol.map", "SASL_SSL:SASL_SSL,SSL:SSL,CONTROLLER:PLAINTEXT"),
                entry("inter.broker.listener.name", "SASL_SSL"),
                entry("sasl.enabled.mechanisms", "SCRAM-SHA-512"),
                entry("sasl.mechanism.inter.broker.protocol", "SCRAM-SHA-512"),
                entry("listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config", jaas(ADMIN, password(ADMIN))),
                entry("listener.name.ssl.ssl.client.auth", "required"),
                entry("ssl.keystore.type", "PEM"),
                entry("ssl.keystore.key", broker.keyPem()),
                entry("ssl.keystore.certificate.chain", broker.certificatePem()),
                entry("ssl.truststore.type", "PEM"),
                entry("ssl.truststore.certificates", ca.certificatePem()),
                // the broker connects to itself
                entry("ssl.endpoint.identification.algorithm", ""),
                entry("ssl.principal.mapping.rules", "RULE:^CN=([^,]+).*$/$1/"),
                entry("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer"),
                // the broker and its controller
                entry("super.users", "User:admin;User:ANONYMOUS"),
                entry("connection.failed.authentication.delay.ms", "50"),
                entry("log.dirs", data.toString()),
                entry("auto.create.topics.enable", "false"),
                entry("group.initial.rebalance.delay.ms", "0"),
                entry("group.min.session.timeout.ms", "500"),
                entry("offsets.topic.num.partitions", "3"),
                entry("offsets.topic.replication.factor", "1"),
                entry("transaction.state.log.num.partitions", "3"),
                entry("transaction.state.log.replication.factor", "1"),
                entry("transaction.state.log.min.isr", "1"),
                entry("transaction.abort.timed.out.transaction.cleanup.interval.ms", "1000"));
    }

    /** Creates the user, or replaces its password. */
    public void user(String name, String password) {
        var change = new UserScramCredentialUpsertion(
                name, new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, ITERATIONS), password);
        get(changing().alterUserScramCredentials(List.of(change)).all());
    }

    public void grant(Collection<AclBinding> rights) {
        get(changing().createAcls(rights).all());
    }

    public void revoke(AclBinding right) {
        get(changing().deleteAcls(List.of(right.toFilter())).all());
    }

    private Admin changing() {
        var open = changing;
        if (open == null) {
            open = admin();
            changing = open;
        }
        return open;
    }

    /** As the user admin; the caller must close it. */
    public Admin admin() {
        var settings = new HashMap<String, Object>(scram(ADMIN, password(ADMIN)));
        settings.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, scramAddress());
        return Admin.create(settings);
    }

    public static <T> T get(KafkaFuture<T> future) {
        return future.toCompletionStage().toCompletableFuture().join();
    }

    /** A user's first password. */
    public static String password(String user) {
        return user + "-secret";
    }

    public static String jaas(String user, String password) {
        return "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"%s\" password=\"%s\";"
                .formatted(user, password);
    }

    /** Settings of a client. */
    public Map<String, String> scram(String user, String password) {
        return Map.of(
                "security.protocol",
                "SASL_SSL",
                "sasl.mechanism",
                "SCRAM-SHA-512",
                "sasl.jaas.config",
                jaas(user, password),
                "ssl.truststore.type",
                "PEM",
                "ssl.truststore.location",
                write("authority.pem", ca.certificatePem()).toString());
    }

    /** Settings of a client whose certificate and key are in the file. */
    public Map<String, String> tls(Path keystore) {
        return Map.of(
                "security.protocol",
                "SSL",
                "ssl.keystore.type",
                "PEM",
                "ssl.keystore.location",
                keystore.toString(),
                "ssl.truststore.type",
                "PEM",
                "ssl.truststore.location",
                write("authority.pem", ca.certificatePem()).toString());
    }

    /** A PEM key store. */
    public Path keystore(String name, TestCa.Identity identity) {
        return write(name + ".pem", identity.keyPem() + identity.certificatePem());
    }

    /** A file of settings for kafka-config. */
    public Path config(String name, Map<String, String> settings) {
        return write(
                name + ".properties",
                settings.entrySet().stream()
                        .map(setting -> setting.getKey() + "=" + setting.getValue())
                        .collect(Collectors.joining("\n", "", "\n")));
    }

    /** At once, because tests that run at the same time read the same authority. */
    private Path write(String name, String text) {
        try {
            // the owner's alone
            var draft = Files.writeString(Files.createTempFile(folder, name, ".new"), text);
            return Files.move(draft, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        if (changing != null) {
            changing.close();
        }
        server.shutdown();
        server.awaitShutdown();
    }
}
