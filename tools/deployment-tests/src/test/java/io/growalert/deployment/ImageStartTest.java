package io.growalert.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.growalert.testkit.FreePort;
import io.growalert.testkit.TestKafka;
import io.growalert.testkit.TestPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.util.FileSystemUtils;

/** The images' entry points, started by this JVM: without settings they refuse in plain lines, with settings they work. */
@Tag("long")
class ImageStartTest {
    private static final String NOWHERE = "jdbc:postgresql://127.0.0.1:1/growalert";

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            MONITOR_SERVICE  | growalert.monitor.files
            ALERT_DISPATCHER | growalert.dispatcher.files
            HISTORY_SERVICE  | 127.0.0.1:1
            BILLING_SERVICE  | growalert.billing
            GATEWAY          | growalert.gateway.operator-token
            """)
    void without_settings_a_service_names_what_is_missing(ServiceImage service, String named) throws Exception {
        assumeTrue(Files.exists(service.tar()), "images are built with -Pimages");
        try (var running = RunningImage.start(service, folder, Map.of("GROWALERT_HISTORY_DATABASE_URL", NOWHERE))) {
            assertThat(running.awaitEnd()).as(running.output()).isEqualTo(1);
            assertThat(running.output()).contains(named).doesNotContain("Exception", "\tat ");
        }
    }

    @Test
    void the_gateway_serves_with_read_only_keys_and_stops_in_order() throws Exception {
        assumeTrue(Files.exists(ServiceImage.GATEWAY.tar()), "images are built with -Pimages");
        int port = FreePort.next();
        try (var running = RunningImage.start(
                ServiceImage.GATEWAY,
                folder,
                Map.of(
                        "SERVER_PORT", String.valueOf(port),
                        "GROWALERT_GATEWAY_OPERATORTOKEN", "a-token-of-a-test-of-images",
                        "GROWALERT_GATEWAY_BILLING", "false"))) {
            running.awaitOk("http://127.0.0.1:%d/health/live".formatted(port));
            assertThat(running.terminate()).as(running.output()).isEqualTo(143);
        }
    }

    /** It loads RocksDB from /tmp, and has secrets as files. */
    @Test
    void the_dispatcher_works_with_a_read_only_root() throws Exception {
        assumeTrue(Files.exists(ServiceImage.ALERT_DISPATCHER.tar()), "images are built with -Pimages");
        assumeTrue(RunningImage.isIsolated(), "its folder is /data");
        int port = FreePort.next();
        // below /usr, which the image's process sees as well
        var files = Files.createTempDirectory(
                Path.of("/usr/local"),
                "image-test",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        var definitions = Files.writeString(files.resolve("farm.yaml"), "receivers: {ops: {log: {}}}\nmonitors: []\n");
        var secrets = Files.createDirectory(files.resolve("secrets"));
        Files.writeString(secrets.resolve("growalert.dispatcher.database.username"), "postgres\n");
        try (var database = new TestPostgres();
                var running = RunningImage.start(
                        ServiceImage.ALERT_DISPATCHER,
                        folder,
                        Map.of(
                                "SERVER_PORT", String.valueOf(port),
                                "GROWALERT_DISPATCHER_KAFKA", TestKafka.bootstrapServers(),
                                "GROWALERT_DISPATCHER_FILES", definitions.toString(),
                                "GROWALERT_DISPATCHER_DATA", "/data",
                                "GROWALERT_DISPATCHER_DATABASE_URL", database.url(),
                                "SPRING_CONFIG_IMPORT", "configtree:" + secrets + "/"))) {
            running.awaitOk("http://127.0.0.1:%d/actuator/health/readiness".formatted(port));
            running.awaitOk("http://127.0.0.1:%d/actuator/health".formatted(port));

            assertThat(folder.resolve("data/instance-id")).exists();
            assertThat(running.terminate()).as(running.output()).isEqualTo(143);
            assertThat(running.output()).doesNotContain("ERROR", "Permission denied", "Read-only file system");
        } finally {
            FileSystemUtils.deleteRecursively(files);
        }
    }

    @Test
    void the_sandbox_serves() throws Exception {
        assumeTrue(Files.exists(ServiceImage.STRIPE_SANDBOX.tar()), "images are built with -Pimages");
        int port = FreePort.next();
        try (var running =
                RunningImage.start(ServiceImage.STRIPE_SANDBOX, folder, Map.of(), "--port", String.valueOf(port))) {
            running.awaitOk("http://127.0.0.1:%d/stripe.js".formatted(port));
        }
    }
}
