package io.growalert.dispatcher;

import io.growalert.dispatcher.history.IncidentHistory;
import io.growalert.dispatcher.pause.PausedMonitors;
import io.growalert.dispatcher.state.AlertCommands;
import io.growalert.runtime.audit.AuditLog;
import io.growalert.runtime.http.CommonProblem;
import io.growalert.runtime.http.Operator;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Open alerts and their history. */
@RestController
class AlertsApi {
    private static final Logger LOG = LoggerFactory.getLogger(AlertsApi.class);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    private final IncidentHistory history;
    private final AlertCommands commands;
    private final AuditLog audit;
    private final PausedMonitors paused;

    AlertsApi(IncidentHistory history, AlertCommands commands, AuditLog audit, PausedMonitors paused) {
        this.history = history;
        this.commands = commands;
        this.audit = audit;
        this.paused = paused;
    }

    @GetMapping("/api/alerts")
    List<IncidentHistory.Incident> open() {
        return history.open().stream()
                .map(incident -> incident.pausedBy(paused::reason))
                .toList();
    }

    @GetMapping("/api/alerts/{id}")
    IncidentHistory.AlertHistory one(@PathVariable String id) {
        return history.of(id)
                .map(found -> found.pausedBy(paused::reason))
                .orElseThrow(() -> CommonProblem.NOT_FOUND.because("no alert with the id '%s'".formatted(id)));
    }

    /** Resolves the alert's incident and forgets its series: publishes a command to the instance that owns them. */
    @PostMapping("/api/alerts/{id}/forget")
    @ResponseStatus(HttpStatus.ACCEPTED)
    void forget(@PathVariable String id, Operator operator) {
        var monitor = one(id).incidents().getFirst().monitor();
        try {
            commands.forget(monitor, id);
        } catch (KafkaException e) {
            LOG.atWarn().setCause(e).addKeyValue("alertId", id).log("Publishing an alert command failed");
            throw CommonProblem.KAFKA_UNAVAILABLE.retryAfter(RETRY_AFTER, "Kafka is unavailable; retry in a moment");
        }
        audit.add(operator, "forget", id, Map.of("monitor", monitor), null);
        LOG.atInfo()
                .addKeyValue("alertId", id)
                .addKeyValue("monitorId", monitor)
                .log("Alert command published: forget");
    }
}
