package io.growalert.runtime.kafka;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.KeyStore;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLEngine;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.security.auth.SslEngineFactory;
import org.apache.kafka.common.security.ssl.DefaultSslEngineFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Uses certificates that are replaced on disk for new connections; Kafka's clients read them at their creation only. While the
 * replacement is unreadable, the previous ones stay in use.
 */
public final class ReloadingSslEngineFactory implements SslEngineFactory {
    private static final Logger LOG = LoggerFactory.getLogger(ReloadingSslEngineFactory.class);
    private static final List<String> LOCATIONS =
            List.of(SslConfigs.SSL_KEYSTORE_LOCATION_CONFIG, SslConfigs.SSL_TRUSTSTORE_LOCATION_CONFIG);

    /** Of all clients of this process, which read the same files: one reports a replacement. */
    private static final AtomicReference<List<Version>> REPORTED = new AtomicReference<>(List.of());

    private Map<String, ?> configs = Map.of();
    private SslEngineFactory current = new DefaultSslEngineFactory();
    /** Of the stores as they were read last, whether they are in use or not. */
    private List<Version> read = List.of();

    /** What changes when a file is replaced. */
    private record Version(String file, @Nullable Object key, long modified, long size) {
        static Version of(String file) {
            try {
                // of a link's target: mounted secrets are links
                var is = Files.readAttributes(Path.of(file), BasicFileAttributes.class);
                return new Version(file, is.fileKey(), is.lastModifiedTime().toMillis(), is.size());
            } catch (IOException e) {
                return new Version(file, null, 0, -1);
            }
        }
    }

    @Override
    public synchronized void configure(Map<String, ?> settings) {
        configs = Map.copyOf(withoutNulls(settings));
        read = versions();
        current = create(settings);
    }

    private static Map<String, Object> withoutNulls(Map<String, ?> settings) {
        var present = new HashMap<String, Object>();
        settings.forEach((key, value) -> {
            if (value != null) {
                present.put(key, value);
            }
        });
        return present;
    }

    private static SslEngineFactory create(Map<String, ?> settings) {
        var created = new DefaultSslEngineFactory();
        created.configure(settings);
        return created;
    }

    private List<Version> versions() {
        return LOCATIONS.stream()
                .map(configs::get)
                .filter(Objects::nonNull)
                .map(location -> Version.of(location.toString()))
                .toList();
    }

    @Override
    public SSLEngine createClientSslEngine(String peerHost, int peerPort, String endpointIdentification) {
        return upToDate().createClientSslEngine(peerHost, peerPort, endpointIdentification);
    }

    @Override
    public SSLEngine createServerSslEngine(String peerHost, int peerPort) {
        return upToDate().createServerSslEngine(peerHost, peerPort);
    }

    private synchronized SslEngineFactory upToDate() {
        var now = versions();
        if (!now.equals(read)) {
            read = now;
            boolean isNew = !now.equals(REPORTED.getAndSet(now));
            try {
                current = create(configs);
                (isNew ? LOG.atInfo() : LOG.atDebug())
                        .addKeyValue("files", files())
                        .log("Certificates for Kafka replaced");
            } catch (KafkaException e) {
                (isNew ? LOG.atWarn() : LOG.atDebug())
                        .addKeyValue("files", files())
                        .addKeyValue("reason", Denial.deepestReason(e))
                        .log("Replaced certificates for Kafka unreadable; the previous ones stay in use");
            }
        }
        return current;
    }

    private List<String> files() {
        return read.stream().map(Version::file).toList();
    }

    @Override
    public boolean shouldBeRebuilt(Map<String, Object> nextConfigs) {
        return false;
    }

    @Override
    public Set<String> reconfigurableConfigs() {
        return Set.of();
    }

    @Override
    public synchronized @Nullable KeyStore keystore() {
        return current.keystore();
    }

    @Override
    public synchronized @Nullable KeyStore truststore() {
        return current.truststore();
    }

    @Override
    public void close() {}
}
