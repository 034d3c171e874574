package io.growalert.billing.reconcile;

import io.growalert.billing.problem.Problem;
import io.growalert.events.Json;
import io.growalert.runtime.http.CommonProblem;
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

/** Reconciles when an operator asks for it. */
@RestController
class ReconcileApi {
    private static final Logger LOG = LoggerFactory.getLogger(ReconcileApi.class);

    private final Reconciler reconciler;
    private final Journal journal;
    private final Clock clock;

    ReconcileApi(Reconciler reconciler, Journal journal, Clock clock) {
        this.reconciler = reconciler;
        this.journal = journal;
        this.clock = clock;
    }

    /**
     * Answers with a line of JSON for each step, {@code {"progress": "..."}}, and at last with a line that is the
     * {@link Report}; without it, it ended early. Whoever closes the connection ends it.
     */
    @PostMapping("/api/billing/reconcile")
    void reconcile(@RequestParam(required = false) @Nullable String since, HttpServletResponse response)
            throws IOException {
        var from = Since.parse(since, clock.instant())
                .orElseThrow(
                        () -> CommonProblem.INVALID_FIELD.in(
                                "since",
                                "since: expected an instant of the past such as 2026-11-01T00:00:00Z, or how far back, such as 7d"));
        var turn = reconciler.begin();
        try (var run = turn.orElseThrow(() ->
                Problem.RECONCILIATION_UNDER_WAY.because("a reconciliation is under way; ask again when it is over"))) {
            response.setContentType(MediaType.APPLICATION_NDJSON_VALUE);
            var out = response.getOutputStream();
            var report = run.reconcile(from, words -> write(out, Map.of("progress", words)));
            write(out, report);
        } catch (UncheckedIOException e) {
            LOG.atInfo().log("Nobody follows a reconciliation any more, so it ended; what it repaired stays");
        } catch (Pauses.Stopped e) {
            LOG.atInfo().log("A reconciliation ended early, as the service stops; what it repaired stays");
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

    /** The report of the last one that was not given up, whoever began it. */
    @GetMapping(value = "/api/billing/reconcile", produces = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<String> last() {
        return ResponseEntity.ok(
                journal.last().orElseThrow(() -> CommonProblem.NOT_FOUND.because("there was no reconciliation yet")));
    }
}
