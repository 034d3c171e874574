package io.growalert.benchmarks.alerting;

import io.growalert.benchmarks.process.ServiceProcess;
import io.growalert.history.HistoryService;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The history-service in a separate JVM. */
final class HistoryInstance {
    private HistoryInstance() {}

    /** Starts it and returns at once. */
    static ServiceProcess start(Path console, int port, String databaseUrl, String kafka) throws IOException {
        return new ServiceProcess(
                HistoryService.class,
                console,
                port,
                "/actuator/health",
                List.of("-Xmx512m", "-XX:+UseSerialGC"),
                Map.of(
                        "growalert.history.kafka",
                        kafka,
                        "growalert.history.session-timeout",
                        "6s",
                        "growalert.history.database.url",
                        databaseUrl,
                        "growalert.history.database.username",
                        "postgres"));
    }
}
