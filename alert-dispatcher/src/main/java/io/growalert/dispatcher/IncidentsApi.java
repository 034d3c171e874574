package io.growalert.dispatcher;

import io.growalert.dispatcher.history.IncidentHistory;
import io.growalert.dispatcher.history.IncidentList;
import io.growalert.dispatcher.history.IncidentReport;
import io.growalert.dispatcher.history.IncidentReports;
import io.growalert.dispatcher.pause.PausedMonitors;
import io.growalert.runtime.http.CommonProblem;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.util.MultiValueMap;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Incidents, open and resolved, and why each notified whom. */
@RestController
class IncidentsApi {
    private static final int DEFAULT_LIMIT = 100;
    private static final Map<String, IncidentList.State> STATES =
            Map.of("open", IncidentList.State.OPEN, "resolved", IncidentList.State.RESOLVED);

    private final IncidentList incidents;
    private final IncidentReports reports;
    private final PausedMonitors paused;

    IncidentsApi(IncidentList incidents, IncidentReports reports, PausedMonitors paused) {
        this.incidents = incidents;
        this.reports = reports;
        this.paused = paused;
    }

    @GetMapping("/api/incidents")
    ResponseEntity<List<IncidentHistory.Incident>> list(@RequestParam MultiValueMap<String, String> parameters) {
        var request = new ListRequest("/api/incidents", parameters, DEFAULT_LIMIT);
        var filter = new IncidentList.Filter(
                state(request.text("state")),
                request.text("monitor"),
                request.text("receiver"),
                request.matchers(),
                request.period());
        return request.page(
                (cursor, limit) -> incidents.read(filter, cursor, limit),
                incident -> incident.pausedBy(paused::reason));
    }

    private static IncidentList.@Nullable State state(@Nullable String text) {
        if (text != null && !STATES.containsKey(text)) {
            throw CommonProblem.INVALID_FIELD.in("state", "state: expected one of open, resolved");
        }
        return text == null ? null : STATES.get(text);
    }

    @GetMapping("/api/incidents/{id}")
    IncidentReport one(@PathVariable String id) {
        return reports.of(id).orElseThrow(() -> unknown(id)).pausedBy(paused::reason);
    }

    @GetMapping("/api/incidents/{id}/transitions")
    ResponseEntity<List<IncidentHistory.Event>> transitions(
            @PathVariable String id, @RequestParam MultiValueMap<String, String> parameters) {
        var request = new ListRequest("/api/incidents/" + id + "/transitions", parameters, DEFAULT_LIMIT);
        return request.page(
                (cursor, limit) -> reports.transitions(id, cursor, limit).orElseThrow(() -> unknown(id)),
                Function.identity());
    }

    private static ErrorResponseException unknown(String id) {
        return CommonProblem.NOT_FOUND.because("no incident with the id '%s'".formatted(id));
    }
}
