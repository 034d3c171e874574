package io.growalert.monitor.operations;

import io.growalert.events.MonitorDefinition;
import io.growalert.monitor.definitions.DefinitionWatch;
import io.growalert.monitor.run.AssignedMonitors;
import io.growalert.monitor.run.QueryCheck;
import io.growalert.monitor.run.SingleRun;
import io.growalert.monitor.source.Sources;
import io.growalert.runtime.http.CommonProblem;
import io.growalert.runtime.http.Operator;
import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * {@code POST /api/monitors/{id}/run}: runs a monitor's query once now. It publishes nothing and changes no state. This service has
 * no database: who requested a run is in its log.
 */
@RestController
public final class RunsApi {
    private static final Logger LOG = LoggerFactory.getLogger(RunsApi.class);
    /** Requested runs at once; scheduled runs have the sources' other permits. */
    static final int AT_ONCE = 4;

    /** Below the gateway's timeout of a response. */
    private static final Duration LONGEST = Duration.ofSeconds(20);

    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private final DefinitionWatch files;
    private final AssignedMonitors monitors;
    private final Sources sources;
    private final InstantSource clock;
    private final Semaphore permits = new Semaphore(AT_ONCE);

    public RunsApi(DefinitionWatch files, AssignedMonitors monitors, Sources sources, InstantSource clock) {
        this.files = files;
        this.monitors = monitors;
        this.sources = sources;
        this.clock = clock;
    }

    @PostMapping("/api/monitors/{id}/run")
    RequestedRun run(@PathVariable String id, Operator operator) throws InterruptedException {
        var definition = definition(id)
                .orElseThrow(() -> CommonProblem.NOT_FOUND.because("no monitor with the id '%s'".formatted(id)));
        if (definition.pushed()) {
            throw RunProblem.MONITOR_PUSHED.because(
                    "%s is never run: with source: push, a service publishes its results".formatted(id));
        }
        if (!permits.tryAcquire()) {
            throw RunProblem.TOO_MANY_RUNS.retryAfter(
                    RETRY_AFTER, "%d requested runs are in progress; retry when one has ended".formatted(AT_ONCE));
        }
        try {
            LOG.atInfo()
                    .addKeyValue("monitorId", id)
                    .addKeyValue("operator", operator.name())
                    .log("Run requested");
            var slot = clock.instant().truncatedTo(ChronoUnit.MILLIS);
            return RequestedRun.of(definition, SingleRun.of(definition, sources, slot, LONGEST));
        } finally {
            permits.release();
        }
    }

    /** As it runs here, or else as this instance's files define it: another instance may run it. */
    private Optional<MonitorDefinition> definition(String id) {
        return monitors.find(id).map(QueryCheck::definition).or(() -> files.find(id));
    }
}
