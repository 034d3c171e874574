package io.growalert.dispatcher.notify;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.dispatcher.AlertEvents;
import io.growalert.dispatcher.history.IncidentReports;
import io.growalert.dispatcher.silence.SilenceHistory;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadConnectionsTest {
    private static final AlertEvents CO2 = AlertEvents.of("room-co2", "ops");

    @TempDir
    Path folder;

    @Test
    void reading_an_incident_again_and_again_returns_every_connection_to_the_pool() {
        try (var bench = new NotifierBench(folder, "ops: {fake: {}}")) {
            bench.now.set(CO2.firing(0).slot());
            bench.accept(CO2.firing(0));
            var pool = bench.database.pool();
            var silences = new SilenceHistory(bench.jdbc, bench.clock);
            var reports = new IncidentReports(bench.jdbc, silences, bench.receivers::routes, bench.clock);

            pool.setMaximumPoolSize(2);
            for (int i = 0; i < 10; i++) {
                assertThat(reports.of(CO2.firing(0).incident())).isPresent();
                assertThat(pool.getHikariPoolMXBean().getActiveConnections()).isZero();
            }
        }
    }
}
