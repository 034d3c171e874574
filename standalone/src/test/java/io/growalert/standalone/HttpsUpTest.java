package io.growalert.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** "From nothing to https" in docs/operations.md, with a certificate of the test's own in the place of certbot's. */
class HttpsUpTest {
    private static final Path EXAMPLES = Path.of("../docs/examples");

    @TempDir
    private Path folder;

    @BeforeEach
    void requirePrograms() {
        for (var program : List.of("openssl", "curl")) {
            assumeTrue(Files.isExecutable(Path.of("/usr/bin", program)), program + " is not installed");
        }
    }

    @Test
    void the_gateway_serves_https_and_a_renewed_certificate_without_a_restart() throws Exception {
        var first = certificate("first");
        renew(first);
        int https = LoopbackPorts.anyFree();
        var tls = folder.resolve("tls");
        try (var growalert = ForkedGrowAlert.up(
                folder.resolve("data"),
                folder.resolve("tmp"),
                Map.of(),
                ForkedGrowAlert.freeHttp(),
                "--config",
                definitions().toString(),
                "--no-billing",
                "--no-history",
                "--https-port",
                String.valueOf(https),
                "--certificate",
                tls.resolve("fullchain.pem").toString(),
                "--certificate-key",
                tls.resolve("privkey.pem").toString())) {
            growalert.awaitOutput("Ready after");
            var health = "https://localhost:%d/health".formatted(https);
            assertThat(curl(first, health)).contains("\"status\":");
            assertThat(growalert.output()).contains("https://127.0.0.1:%d/console".formatted(https));

            var second = certificate("second");
            replace(tls.resolve("privkey.pem"), second.resolve("privkey.pem"));
            await().atMost(Duration.ofMinutes(1))
                    .until(growalert::log, log -> log.contains("SSL reload error") || log.contains("Reloaded the TLS"));
            assertThat(curl(first, health))
                    .as("with a key that is not the certificate's")
                    .contains("\"status\":");

            renew(second);

            await().atMost(Duration.ofMinutes(1))
                    .pollInterval(Duration.ofMillis(500))
                    .untilAsserted(() -> assertThat(curl(second, health)).contains("\"status\":"));
            assertThat(curl(first, health)).isEmpty();
        }
    }

    @Test
    void a_certificate_s_copy_is_its_user_s_alone() throws Exception {
        renew(certificate("first"));

        for (var file : List.of("fullchain.pem", "privkey.pem")) {
            assertThat(PosixFilePermissions.toString(
                            Files.getPosixFilePermissions(folder.resolve("tls").resolve(file))))
                    .isEqualTo("r--------");
        }
    }

    @Test
    void an_unreadable_certificate_is_one_line() throws Exception {
        var err = new StringWriter();
        int code = GrowAlert.commandLine()
                .setErr(new PrintWriter(err, true))
                .execute(
                        "up",
                        "--data",
                        folder.resolve("data").toString(),
                        "--config",
                        definitions().toString(),
                        "--http-port",
                        String.valueOf(ForkedGrowAlert.freeHttp()),
                        "--kafka-port",
                        String.valueOf(LoopbackPorts.anyFree()),
                        "--postgres-port",
                        String.valueOf(LoopbackPorts.anyFree()),
                        "--https-port",
                        String.valueOf(LoopbackPorts.anyFree()),
                        "--certificate",
                        "nowhere.pem",
                        "--certificate-key",
                        "nowhere.key");

        assertThat(code).isEqualTo(1);
        assertThat(err.toString().strip()).isEqualTo("growalert: --certificate: nowhere.pem cannot be read");
    }

    @Test
    void the_options_for_https_need_each_other() {
        var err = new StringWriter();

        assertThat(GrowAlert.commandLine().setErr(new PrintWriter(err, true)).execute("up", "--https-port", "8443"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("--https-port, --certificate and --certificate-key need each other");
    }

    /** systemd's own check, where it is installed, and that of the command line. */
    @Test
    void the_unit_is_valid() throws Exception {
        var unit = Files.readString(EXAMPLES.resolve("growalert.service"));
        var start = unit.replace("\\\n", "")
                .lines()
                .filter(line -> line.startsWith("ExecStart="))
                .findFirst()
                .orElseThrow();
        var words = List.of(start.strip().split("\\s+"));

        GrowAlert.commandLine().parseArgs(words.subList(1, words.size()).toArray(String[]::new));

        if (Files.isExecutable(Path.of("/usr/bin/systemd-analyze"))) {
            var copy = Files.writeString(
                    folder.resolve("growalert.service"), unit.replace("/opt/growalert/growalert", "/bin/true"));
            assertThat(run(Map.of(), "systemd-analyze", "verify", copy.toString()))
                    .isEmpty();
        }
    }

    private Path definitions() throws Exception {
        return Files.writeString(folder.resolve("farm.yaml"), """
                receivers: {ops: {log: {}}}
                monitors: []
                """);
    }

    /** A self-signed one, in a folder as certbot names its files. */
    private Path certificate(String name) throws Exception {
        var lineage = Files.createDirectory(folder.resolve(name));
        run(
                Map.of(),
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-days",
                "2",
                "-subj",
                "/CN=" + name,
                "-addext",
                "subjectAltName=DNS:localhost",
                "-keyout",
                lineage.resolve("privkey.pem").toString(),
                "-out",
                lineage.resolve("fullchain.pem").toString());
        return lineage;
    }

    private void renew(Path lineage) throws Exception {
        var environment = Map.of(
                "RENEWED_LINEAGE", lineage.toString(),
                "GROWALERT_TLS", folder.resolve("tls").toString(),
                "GROWALERT_USER", System.getProperty("user.name"));
        assertThat(run(environment, EXAMPLES.resolve("renewed.sh").toString())).isEmpty();
    }

    private static void replace(Path file, Path by) throws Exception {
        var draft = Files.copy(by, file.resolveSibling("draft"));
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Empty when the certificate is not trusted. */
    private static String curl(Path lineage, String url) throws Exception {
        return run(
                Map.of(),
                "curl",
                "-s",
                "--max-time",
                "10",
                "--cacert",
                lineage.resolve("fullchain.pem").toString(),
                url);
    }

    private static String run(Map<String, String> environment, String... command) throws Exception {
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        var process = builder.start();
        var output = process.inputReader().readAllAsString();
        process.waitFor();
        return output;
    }
}
