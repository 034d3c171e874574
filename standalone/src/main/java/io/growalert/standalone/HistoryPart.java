package io.growalert.standalone;

import io.growalert.history.HistoryService;
import io.growalert.runtime.StartFailure;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * The history-service. It starts after everything else, and its failure is reported like a part's bad health: alerts do not depend
 * on it.
 */
final class HistoryPart {
    private static final Logger LOG = LoggerFactory.getLogger(HistoryPart.class);

    private final UpSettings settings;
    private final DataFolder data;
    private final AtomicReference<ConfigurableApplicationContext> started = new AtomicReference<>();
    private volatile PartHealth failure = PartHealth.WELL;

    HistoryPart(UpSettings settings, DataFolder data) {
        this.settings = settings;
        this.data = data;
    }

    void start(RunningParts running, String kafka, PostgresTarget database) {
        try {
            started.set(running.start(Part.HISTORY, () -> HistoryService.start(properties(kafka, database))));
        } catch (StartFailure | CannotRun e) {
            if (!running.isStopping()) {
                failure = new PartHealth("DOWN", String.valueOf(e.getMessage()));
                LOG.atError().setCause(e).log("History-service did not start; alerts continue without it");
            }
        }
    }

    private Map<String, Object> properties(String kafka, PostgresTarget database) {
        var properties = new HashMap<String, Object>();
        properties.put("server.port", settings.historyHttpPort());
        // within the time limit of a stop
        properties.put("spring.lifecycle.timeout-per-shutdown-phase", "5s");
        properties.put("growalert.identity.public-key-file", data.identityPublicKey());
        properties.putAll(settings.kafkaProperties("growalert.history", kafka));
        properties.put("growalert.history.database.url", database.url());
        properties.put("growalert.history.database.username", database.username());
        properties.put("growalert.history.database.password", database.password());
        return properties;
    }

    /** Well while it starts. */
    PartHealth health() {
        var service = started.get();
        return service == null ? failure : PartHealth.of(Part.HISTORY, service);
    }
}
