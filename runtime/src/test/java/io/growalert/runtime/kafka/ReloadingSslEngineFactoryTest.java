package io.growalert.runtime.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.testkit.TestCa;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReloadingSslEngineFactoryTest {
    private static final char[] PASSWORD = "secret".toCharArray();

    @TempDir
    private Path folder;

    private final TestCa ca = new TestCa("authority");

    private ReloadingSslEngineFactory factory(String type) {
        var settings = new HashMap<String, Object>(Map.of(
                "bootstrap.servers",
                "127.0.0.1:1",
                "ssl.keystore.type",
                type,
                "ssl.keystore.location",
                store().toString()));
        if (!type.equals("PEM")) {
            settings.put("ssl.keystore.password", "secret");
            settings.put("ssl.key.password", "secret");
        }
        var factory = new ReloadingSslEngineFactory();
        factory.configure(AdminClientConfig.configDef().parse(settings));
        return factory;
    }

    private Path store() {
        return folder.resolve("store");
    }

    private void replace(String type, TestCa.Identity identity) throws Exception {
        var draft = folder.resolve("draft");
        if (type.equals("PEM")) {
            Files.writeString(draft, identity.keyPem() + identity.certificatePem());
        } else {
            var store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry(
                    "key", identity.keys().getPrivate(), PASSWORD, new Certificate[] {identity.certificate()});
            try (OutputStream out = Files.newOutputStream(draft)) {
                store.store(out, PASSWORD);
            }
        }
        Files.move(draft, store(), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    /** As the next connection presents it. */
    private static Certificate presented(ReloadingSslEngineFactory factory) throws Exception {
        assertThat(factory.createClientSslEngine("127.0.0.1", 1, "https").getUseClientMode())
                .isTrue();
        var store = Objects.requireNonNull(factory.keystore());
        return store.getCertificate(Collections.list(store.aliases()).getFirst());
    }

    @ParameterizedTest
    @ValueSource(strings = {"PEM", "PKCS12"})
    void the_next_connection_uses_a_replaced_certificate(String type) throws Exception {
        var first = ca.issue("one", "client");
        replace(type, first);
        var factory = factory(type);
        assertThat(presented(factory)).isEqualTo(first.certificate());

        var second = ca.issue("one", "client");
        replace(type, second);

        assertThat(presented(factory)).isEqualTo(second.certificate());
    }

    @Test
    void a_half_written_or_missing_replacement_leaves_the_previous_certificate_in_use() throws Exception {
        var first = ca.issue("one", "client");
        replace("PEM", first);
        var factory = factory("PEM");
        var second = ca.issue("one", "client");

        Files.writeString(store(), second.keyPem());
        assertThat(presented(factory)).isEqualTo(first.certificate());
        Files.delete(store());
        assertThat(presented(factory)).isEqualTo(first.certificate());
        replace("PEM", second);
        assertThat(presented(factory)).isEqualTo(second.certificate());
    }
}
