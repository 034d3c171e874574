package io.growalert.runtime.kafka;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateExpiredException;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.security.ssl.DefaultSslEngineFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file with the settings of TLS and login: Kafka's own names, in Java properties. All other settings of a client belong to the
 * service, whose promises depend on them. Secrets can be in other files, see {@link SecretReferences}.
 */
final class ConnectionFile {
    private static final Logger LOG = LoggerFactory.getLogger(ConnectionFile.class);
    private static final Set<String> WARNINGS = ConcurrentHashMap.newKeySet();
    private static final Set<String> OTHERS = Set.of(
            CommonClientConfigs.SECURITY_PROTOCOL_CONFIG,
            CommonClientConfigs.CLIENT_DNS_LOOKUP_CONFIG,
            CommonClientConfigs.SOCKET_CONNECTION_SETUP_TIMEOUT_MS_CONFIG,
            CommonClientConfigs.SOCKET_CONNECTION_SETUP_TIMEOUT_MAX_MS_CONFIG,
            CommonClientConfigs.CONNECTIONS_MAX_IDLE_MS_CONFIG);
    private static final String EXPECTED =
            "expected security.protocol, sasl.*, ssl.*, client.dns.lookup, socket.connection.setup.timeout.* or connections.max.idle.ms";
    private static final List<String> STORES =
            List.of(SslConfigs.SSL_KEYSTORE_LOCATION_CONFIG, SslConfigs.SSL_TRUSTSTORE_LOCATION_CONFIG);
    /** How Kafka's clients name a setting whose value they reject. */
    private static final Pattern INVALID = Pattern.compile("for configuration ([a-z0-9.]+)");

    private static final Set<String> PROTOCOLS = Set.of("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL");
    private static final Set<String> SECRETS = Set.of(
            SaslConfigs.SASL_JAAS_CONFIG,
            SslConfigs.SSL_KEY_PASSWORD_CONFIG,
            SslConfigs.SSL_KEYSTORE_PASSWORD_CONFIG,
            SslConfigs.SSL_KEYSTORE_KEY_CONFIG);

    private final Path file;
    private final Map<String, String> settings;
    private final Map<String, Object> atStart;

    private ConnectionFile(Path file, Map<String, String> settings) {
        this.file = file;
        this.settings = settings;
        checkProtocol();
        atStart = Map.copyOf(settings());
        check();
    }

    /** @throws KafkaConfigException with what is wrong, where, and what to do */
    static ConnectionFile read(Path file) {
        var read = settings(file);
        SecretReferences.removeDeclarations(file, read);
        read.keySet().forEach(key -> requireConnectionSetting(file, key));
        var connection = new ConnectionFile(file, Map.copyOf(read));
        connection.warnOfReaders();
        connection.warnOfProtocol();
        return connection;
    }

    /** Read from the files of the secrets now. */
    Map<String, Object> settings() {
        var resolved = SecretReferences.resolve(file, settings);
        if (protocol().startsWith("SASL")) {
            Login.check(file, resolved);
        }
        var all = new HashMap<String, Object>(resolved);
        if (usesTls()) {
            all.put(SslConfigs.SSL_ENGINE_FACTORY_CLASS_CONFIG, ReloadingSslEngineFactory.class);
        }
        return all;
    }

    /** As running clients have them. */
    Map<String, Object> atStart() {
        return atStart;
    }

    /** Why the service must be restarted: clients read secrets at their creation only. */
    Optional<String> outdated() {
        try {
            return settings().equals(atStart)
                    ? Optional.empty()
                    : Optional.of("%s: the secrets have changed since the start; restart the service".formatted(file));
        } catch (KafkaConfigException e) {
            return Optional.ofNullable(e.getMessage());
        }
    }

    boolean usesTls() {
        return protocol().endsWith("SSL");
    }

    private String protocol() {
        return settings.getOrDefault(
                CommonClientConfigs.SECURITY_PROTOCOL_CONFIG, CommonClientConfigs.DEFAULT_SECURITY_PROTOCOL);
    }

    private static Map<String, String> settings(Path file) {
        var lines = new HashMap<String, Integer>();
        var settings = new TreeMap<String, String>();
        for (var setting : SettingsFile.read(file)) {
            var key = setting.key();
            if (!SettingName.isPlausible(key)) {
                // such as a line of a private key after a line end that is not escaped
                throw new KafkaConfigException(
                        "%s: line %d is not a setting of the connection; a line that continues ends with \\"
                                .formatted(file, setting.line()));
            }
            var before = lines.put(key, setting.line());
            if (before != null) {
                throw new KafkaConfigException(
                        "%s: %s is in line %d and in line %d; remove one".formatted(file, key, before, setting.line()));
            }
            settings.put(key, setting.value());
        }
        return settings;
    }

    private static void requireConnectionSetting(Path file, String key) {
        if (key.equals(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG)) {
            throw new KafkaConfigException(
                    "%s: %s: the service's setting kafka, or --kafka, names the servers; remove it here"
                            .formatted(file, key));
        }
        boolean known = AdminClientConfig.configNames().contains(key);
        boolean own = key.equals(SslConfigs.SSL_ENGINE_FACTORY_CLASS_CONFIG);
        if (!known || own || !(key.startsWith("sasl.") || key.startsWith("ssl.") || OTHERS.contains(key))) {
            throw new KafkaConfigException(
                    "%s: %s is not a setting of the connection; %s".formatted(file, key, EXPECTED));
        }
    }

    private void checkProtocol() {
        var protocol = protocol();
        if (!PROTOCOLS.contains(protocol)) {
            throw new KafkaConfigException(
                    "%s: security.protocol is invalid; expected SASL_SSL, SSL, SASL_PLAINTEXT or PLAINTEXT"
                            .formatted(file));
        }
        checkUnused(protocol);
    }

    private void check() {
        Map<String, Object> parsed;
        try {
            parsed = AdminClientConfig.configDef().parse(withServers(atStart));
        } catch (ConfigException e) {
            // without the cause, whose message may have a secret
            throw new KafkaConfigException("%s: %s".formatted(file, withoutValues(e)));
        }
        if (usesTls()) {
            checkStores(parsed);
        }
    }

    /** Kafka ignores the settings of a login or of TLS that the protocol does not use. */
    private void checkUnused(String protocol) {
        var ignored = new TreeSet<String>();
        settings.keySet().stream()
                .filter(key -> (key.startsWith("sasl.") && !protocol.startsWith("SASL"))
                        || (key.startsWith("ssl.") && !protocol.endsWith("SSL")))
                .forEach(ignored::add);
        if (ignored.isEmpty()) {
            return;
        }
        boolean login = has("sasl.");
        boolean tls = has("ssl.");
        throw new KafkaConfigException("%s: security.protocol is %s, which ignores %s; expected %s"
                .formatted(
                        file,
                        settings.containsKey(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG)
                                ? protocol
                                : protocol + ", the default",
                        ignored.first(),
                        login && tls ? "SASL_SSL" : login ? "SASL_SSL or SASL_PLAINTEXT" : "SASL_SSL or SSL"));
    }

    private boolean has(String prefix) {
        return settings.keySet().stream().anyMatch(key -> key.startsWith(prefix));
    }

    private void checkStores(Map<String, Object> parsed) {
        STORES.forEach(key -> requireFile(key, parsed));
        try (var factory = new DefaultSslEngineFactory()) {
            factory.configure(parsed);
            requireValid(factory.keystore());
        } catch (KafkaException e) {
            var stores = STORES.stream()
                    .filter(settings::containsKey)
                    .map(key -> "%s=%s".formatted(key, settings.get(key)))
                    .collect(Collectors.joining(", "));
            throw new KafkaConfigException(
                    "%s: the certificates cannot be used (%s): %s".formatted(file, stores, Denial.deepestReason(e)), e);
        }
    }

    /** A pipe would block. */
    private void requireFile(String key, Map<String, Object> parsed) {
        if (parsed.get(key) instanceof String store
                && Files.exists(Path.of(store))
                && !Files.isRegularFile(Path.of(store))) {
            throw new KafkaConfigException("%s: %s=%s is not a file".formatted(file, key, settings.get(key)));
        }
    }

    /** The client's own, not authorities beside it; those of the broker are checked by each connection. */
    private void requireValid(@Nullable KeyStore keystore) {
        if (keystore == null) {
            return;
        }
        try {
            for (var alias : Collections.list(keystore.aliases())) {
                if (keystore.isKeyEntry(alias)
                        && keystore.getCertificate(alias) instanceof X509Certificate certificate) {
                    certificate.checkValidity();
                }
            }
        } catch (CertificateExpiredException e) {
            throw new KafkaConfigException(
                    "%s: the certificate in ssl.keystore.location=%s has expired (%s); replace it"
                            .formatted(file, settings.get(SslConfigs.SSL_KEYSTORE_LOCATION_CONFIG), e.getMessage()),
                    e);
        } catch (GeneralSecurityException e) {
            throw new KafkaException(e);
        }
    }

    private static Map<String, Object> withServers(Map<String, Object> settings) {
        var all = new HashMap<>(settings);
        all.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, "127.0.0.1:9092");
        return all;
    }

    /** Kafka's message has the value, which may be a secret, also of a key that needs none. */
    private String withoutValues(ConfigException e) {
        var message = String.valueOf(e.getMessage());
        var invalid = INVALID.matcher(message);
        if (invalid.find() && settings.containsKey(invalid.group(1))) {
            return invalid.group(1) + " is invalid";
        }
        boolean hasValue = settings.keySet().stream()
                .map(key -> String.valueOf(atStart.get(key)))
                .anyMatch(value -> !value.isEmpty() && message.contains(value));
        return hasValue ? "a setting is invalid" : message;
    }

    /** Only where the file itself has a secret: a container may see the others' files as readable by all. */
    private void warnOfReaders() {
        boolean hasSecret = SECRETS.stream().anyMatch(key -> hasSecret(key, settings.get(key)));
        try {
            var permissions = Files.getPosixFilePermissions(file);
            if (hasSecret && permissions.contains(PosixFilePermission.OTHERS_READ)) {
                warn("Settings for Kafka with a password are readable by all users; remove that permission");
            }
        } catch (IOException | UnsupportedOperationException e) {
            LOG.atDebug().setCause(e).log("Permissions of the settings for Kafka are unknown");
        }
    }

    private void warnOfProtocol() {
        if (settings.getOrDefault(SslConfigs.SSL_ENDPOINT_IDENTIFICATION_ALGORITHM_CONFIG, "https")
                .isEmpty()) {
            warn("Names in the certificates of Kafka are not checked; remove ssl.endpoint.identification.algorithm");
        }
        if (protocol().equals("SASL_PLAINTEXT") && "PLAIN".equals(settings.get(SaslConfigs.SASL_MECHANISM))) {
            warn("Password for Kafka is sent unencrypted; use SASL_SSL, or SCRAM");
        }
    }

    /** Once in this process, in which several parts may read the file. */
    private void warn(String message) {
        if (WARNINGS.add(file + message)) {
            LOG.atWarn().addKeyValue("file", file).log(message);
        }
    }

    private static boolean hasSecret(String key, @Nullable String value) {
        return value != null
                && (key.equals(SaslConfigs.SASL_JAAS_CONFIG)
                        ? Login.hasPassword(value)
                        : !SecretReferences.isIn(value));
    }

    @Override
    public String toString() {
        return file.toString();
    }
}
