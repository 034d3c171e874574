package io.growalert.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The room example on an InfluxDB 1 of its own: Debian's {@code influxd} in a folder. */
class InfluxUpTest {
    private static final Path INFLUXD = Path.of("/usr/bin/influxd");

    @TempDir
    private Path folder;

    private int port;
    private Process influxd;

    @BeforeEach
    void start() throws IOException {
        assumeTrue(Files.isExecutable(INFLUXD), "influxd is not installed");
        port = Ports.anyFree();
        var config = Files.writeString(folder.resolve("influxdb.conf"), """
                reporting-disabled = true
                bind-address = "127.0.0.1:%d"
                [meta]
                  dir = "%2$s/meta"
                [data]
                  dir = "%2$s/data"
                  wal-dir = "%2$s/wal"
                [monitor]
                  store-enabled = false
                [http]
                  bind-address = "127.0.0.1:%3$d"
                  log-enabled = false
                """.formatted(Ports.anyFree(), folder, port));
        influxd = new ProcessBuilder(INFLUXD.toString(), "run", "-config", config.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("influxd.log").toFile())
                .start();
    }

    @AfterEach
    void stop() throws InterruptedException {
        if (influxd != null) {
            influxd.destroyForcibly().waitFor();
        }
    }

    @Test
    void the_room_examples_first_alert_comes_from_influxdb() throws Exception {
        try (var growalert = ForkedGrowAlert.up(
                folder.resolve("data"),
                folder.resolve("tmp"),
                Map.of("INFLUX_URL", "http://127.0.0.1:" + port),
                ForkedGrowAlert.freeHttp())) {
            growalert.awaitOutput("FIRING   room-co2 {room=office}");

            assertThat(growalert.output()).doesNotContain("WARN", "ERROR");
        }
    }
}
