package io.growalert.billing.reconcile;

import io.growalert.billing.problem.BillingProblem;
import io.growalert.events.Json;
import io.growalert.runtime.audit.AuditLog;
import io.growalert.runtime.http.CommonProblem;
import io.growalert.runtime.http.Operator;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Reconciles on an operator's request, and returns the last report. */
@RestController
class ReconcileApi {
    private static final Logger LOG = LoggerFactory.getLogger(ReconcileApi.class);

    private final Reconciler reconciler;
    private final ReconciliationReports reports;
    private final AuditLog audit;
    private final Clock clock;

    ReconcileApi(Reconciler reconciler, ReconciliationReports reports, AuditLog audit, Clock clock) {
        this.reconciler = reconciler;
        this.reports = reports;
        this.audit = audit;
        this.clock = clock;
    }

    /**
     * Responds with a line of JSON for each step, {@code {"progress": "..."}}, and with the {@link ReconciliationReport} as the last line; if
     * that is missing, the reconciliation ended early. Closing the connection ends it.
     */
    @PostMapping("/api/billing/reconcile")
    void reconcile(
            @RequestParam(required = false) @Nullable String since, Operator operator, HttpServletResponse response)
            throws IOException {
        var from = Since.parse(since, clock.instant())
                .orElseThrow(
                        () -> CommonProblem.INVALID_FIELD.in(
                                "since",
                                "since: expected an instant in the past such as 2026-11-01T00:00:00Z, or a duration such as 7d"));
        var turn = reconciler.begin();
        try (var run = turn.orElseThrow(() -> BillingProblem.RECONCILIATION_UNDER_WAY.because(
                "a reconciliation is running; try again when it is finished"))) {
            audit.add(operator, "reconcile", "stripe", null, Map.of("since", from));
            response.setContentType(MediaType.APPLICATION_NDJSON_VALUE);
            var out = response.getOutputStream();
            var report = run.reconcile(from, message -> write(out, Map.of("progress", message)));
            write(out, report);
        } catch (UncheckedIOException e) {
            LOG.atInfo().log("Reconciliation ended; client disconnected, its repairs stay");
        } catch (Pauses.Stopped e) {
            LOG.atInfo().log("Reconciliation ended; service stopping, its repairs stay");
        }
    }

    private static void write(ServletOutputStream out, Object line) {
        try {
            out.write(Json.write(line));
            out.write('\n');
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The report of the last finished reconciliation, scheduled or requested. */
    @GetMapping(value = "/api/billing/reconcile", produces = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<String> last() {
        return ResponseEntity.ok(
                reports.last().orElseThrow(() -> CommonProblem.NOT_FOUND.because("there was no reconciliation yet")));
    }
}
