package io.growalert.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyStore;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** A certificate and its key in two PEM files, with the settings of docs/gateway.md: they are replaced one after the other. */
class PemReloadTest {
    @TempDir
    private Path folder;

    private record Pair(String certificate, String key) {}

    @Test
    @ExtendWith(OutputCaptureExtension.class)
    void a_key_that_is_not_the_certificates_leaves_the_former_pair_in_use(CapturedOutput output) throws Exception {
        var first = pair("first");
        replace("web.pem", first.certificate());
        replace("web.key", first.key());
        try (var gateway = new RunningGateway(Map.of(
                "server.ssl.bundle",
                "web",
                "spring.ssl.bundle.pem.web.keystore.certificate",
                "file:" + folder.resolve("web.pem"),
                "spring.ssl.bundle.pem.web.keystore.private-key",
                "file:" + folder.resolve("web.key"),
                "spring.ssl.bundle.pem.web.keystore.verify-keys",
                true,
                "spring.ssl.bundle.pem.web.reload-on-update",
                true,
                "spring.ssl.bundle.watch.file.quiet-period",
                "100ms"))) {
            assertThat(TestTls.unit(gateway.port())).isEqualTo("first");

            var second = pair("second");
            replace("web.key", second.key());
            await().until(() -> output.getAll().contains("SSL reload error")
                    || output.getAll().contains("Reloaded the TLS certificate"));
            assertThat(output.getAll()).contains("matches none of the certificates");
            assertThat(TestTls.unit(gateway.port())).isEqualTo("first");

            replace("web.pem", second.certificate());
            await().ignoreExceptions().until(() -> TestTls.unit(gateway.port()).equals("second"));
        }
    }

    private Pair pair(String unit) throws Exception {
        TestTls.certificate(folder, unit);
        var store = KeyStore.getInstance(folder.resolve("web.p12").toFile(), TestTls.PASSWORD.toCharArray());
        return new Pair(
                pem("CERTIFICATE", store.getCertificate("web").getEncoded()),
                pem(
                        "PRIVATE KEY",
                        store.getKey("web", TestTls.PASSWORD.toCharArray()).getEncoded()));
    }

    private static String pem(String label, byte[] content) {
        return "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n"
                .formatted(label, Base64.getMimeEncoder().encodeToString(content));
    }

    private void replace(String file, String content) throws IOException {
        var draft = Files.writeString(folder.resolve(file + ".new"), content);
        Files.move(draft, folder.resolve(file), StandardCopyOption.ATOMIC_MOVE);
    }
}
