package io.growalert.deployment;

import io.growalert.deployment.Scenario.Database;
import io.growalert.deployment.Scenario.Series;
import io.growalert.testkit.InfluxServer;
import io.growalert.testkit.TestKafka;
import io.growalert.testkit.TestPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same as {@link AlertingPathContainersTest} on the servers of other tests, so that only the containers' start is not run here. */
class AlertingPathTest {
    @TempDir
    private Path folder;

    /** InfluxQL, since Debian's InfluxDB 1 has no Flux. */
    private record InfluxOne(InfluxServer server) implements Series {
        @Override
        public String source() {
            return "{influx: {url: \"%s\", username: %s, password: %s, database: sensors}}"
                    .formatted(server.url(), InfluxServer.USER, InfluxServer.PASSWORD);
        }

        @Override
        public String query() {
            return "    query: SELECT last(ppm) FROM co2 WHERE time > :from AND time <= :to GROUP BY room";
        }

        @Override
        public void write(double ppm) throws Exception {
            server.write("co2,room=r2 ppm=%s %d".formatted(ppm, Instant.now().getEpochSecond()));
        }
    }

    @Test
    void a_bad_value_fires_and_a_good_one_resolves() throws Exception {
        try (var kafka = new TestKafka();
                var postgres = new TestPostgres()) {
            var database = new Database(
                    "jdbc:postgresql://127.0.0.1:%d/%s".formatted(TestPostgres.port(), postgres.name()),
                    "postgres",
                    "postgres");
            var binary = InfluxServer.binary();
            if (binary.isEmpty()) {
                Scenario.run(kafka.address(), database, List.of(), folder);
                return;
            }
            try (var influx =
                    InfluxServer.startSecured(binary.orElseThrow(), Files.createDirectory(folder.resolve("influx")))) {
                Scenario.run(kafka.address(), database, List.of(new InfluxOne(influx)), folder);
            }
        }
    }
}
