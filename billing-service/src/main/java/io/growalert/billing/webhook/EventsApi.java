package io.growalert.billing.webhook;

import io.growalert.runtime.audit.AuditLog;
import io.growalert.runtime.http.CommonProblem;
import io.growalert.runtime.http.Operator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ProblemDetail;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The stored events for operators; parked ones can be replayed. */
@RestController
@RequestMapping("/api/billing/events")
class EventsApi {
    private final ParkedEvents parked;
    private final AuditLog audit;

    EventsApi(ParkedEvents parked, AuditLog audit) {
        this.parked = parked;
        this.audit = audit;
    }

    @GetMapping
    List<ParkedEvents.Event> list(
            @RequestParam String state,
            @RequestParam(defaultValue = "100") int limit,
            @RequestParam(defaultValue = "0") int offset) {
        var wanted = EventState.of(state)
                .orElseThrow(
                        () -> CommonProblem.INVALID_FIELD.in("state", "state: expected one of " + EventState.texts()));
        if (limit < 1 || limit > 1_000) {
            throw CommonProblem.INVALID_FIELD.in("limit", "limit: expected from 1 to 1000");
        }
        if (offset < 0) {
            throw CommonProblem.INVALID_FIELD.in("offset", "offset: expected from 0 on");
        }
        return parked.events(wanted, limit, offset);
    }

    /** @param ids of the events; null for all parked ones */
    record Replay(@Nullable List<String> ids) {}

    @PostMapping("/replay")
    Map<String, Integer> replay(@RequestBody(required = false) @Nullable Replay replay, Operator operator) {
        var ids = replay == null ? null : replay.ids();
        var replayed = Map.of("replayed", ids == null ? parked.replay() : parked.replay(ids));
        audit.add(operator, "replay", ids == null ? "parked" : String.join(" ", ids), null, replayed);
        return replayed;
    }

    @ExceptionHandler
    ProblemDetail unreadable(HttpMessageNotReadableException e) {
        return CommonProblem.MALFORMED_JSON.body("expected nothing, or JSON such as {\"ids\": [\"evt_1\"]}");
    }
}
