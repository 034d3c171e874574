package io.growalert.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** A flood of log lines does not fill the disk. */
class LogRollTest {
    private static final long MEGABYTE = 1 << 20;

    @TempDir
    private Path folder;

    @Test
    void attempts_to_reach_kafka_are_not_logged_but_a_failed_login_is() throws Exception {
        run(Outage.class);

        assertThat(Files.readString(folder.resolve("growalert.log")))
                .contains("failed authentication", "Sending results failed; retrying")
                .doesNotContain("could not be established");
    }

    @Test
    void a_flood_rolls_the_log_at_10_megabytes_and_keeps_four_older_files() throws Exception {
        run(Flood.class);

        try (var files = Files.list(folder)) {
            assertThat(files).hasSize(5).allSatisfy(file -> assertThat(Files.size(file))
                    .isBetween(1L, 11 * MEGABYTE));
        }
    }

    private void run(Class<?> program) throws Exception {
        var process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        program.getName(),
                        folder.toString())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).isZero();
    }

    /** What Kafka's clients log while a broker is unreachable. */
    static final class Outage {
        private Outage() {}

        static void main(String[] folder) {
            Logging.into(Path.of(folder[0]));
            var network = LoggerFactory.getLogger("org.apache.kafka.clients.NetworkClient");
            network.warn("Connection to node -1 could not be established. Node may not be available.");
            network.error("Connection to node -1 failed authentication");
            LoggerFactory.getLogger("io.growalert.runtime.loop.Loop").warn("Sending results failed; retrying");
        }
    }

    /** Logging is set up once in a JVM, so this has its own: 70 MB within seconds. */
    static final class Flood {
        private Flood() {}

        static void main(String[] folder) {
            Logging.into(Path.of(folder[0]));
            var log = LoggerFactory.getLogger("com.example.flood");
            var line = "x".repeat(10_000);
            for (int i = 0; i < 7_000; i++) {
                log.info(line);
            }
        }
    }
}
