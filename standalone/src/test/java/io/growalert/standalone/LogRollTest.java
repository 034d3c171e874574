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
    void a_flood_rolls_the_log_at_10_megabytes_and_keeps_four_older_files() throws Exception {
        var process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Flood.class.getName(),
                        folder.toString())
                .inheritIO()
                .start();

        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).isZero();
        try (var files = Files.list(folder)) {
            assertThat(files).hasSize(5).allSatisfy(file -> assertThat(Files.size(file))
                    .isBetween(1L, 11 * MEGABYTE));
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
