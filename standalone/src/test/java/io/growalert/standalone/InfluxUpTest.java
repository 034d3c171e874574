package io.growalert.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.growalert.testkit.InfluxServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The room example on an InfluxDB 1. */
class InfluxUpTest {
    @TempDir
    private Path folder;

    @Test
    void the_room_examples_first_alert_comes_from_influxdb() throws Exception {
        var binary = InfluxServer.binary();
        assumeTrue(binary.isPresent(), "influxd is not installed");
        try (var influx = InfluxServer.start(binary.orElseThrow(), Files.createDirectory(folder.resolve("influx")));
                var growalert = ForkedGrowAlert.up(
                        folder.resolve("data"),
                        folder.resolve("tmp"),
                        Map.of("INFLUX_URL", influx.url()),
                        ForkedGrowAlert.freeHttp())) {
            growalert.awaitOutput("FIRING   room-co2 {room=office}");

            assertThat(growalert.output()).doesNotContain("WARN", "ERROR");
        }
    }
}
