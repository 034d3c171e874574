package io.growalert.billing.ledger;

import io.growalert.runtime.http.CommonProblem;
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

/** Which of Stripe's events wait or were given up; the latter can be applied again. */
@RestController
@RequestMapping("/api/billing/events")
class EventsApi {
    private static final List<String> STATES = List.of("received", "applied", "ignored", "parked");

    private final Parked parked;

    EventsApi(Parked parked) {
        this.parked = parked;
    }

    @GetMapping
    List<Parked.Event> list(
            @RequestParam String state,
            @RequestParam(defaultValue = "100") int limit,
            @RequestParam(defaultValue = "0") int offset) {
        if (!STATES.contains(state)) {
            throw CommonProblem.INVALID_FIELD.in("state", "state: expected one of " + String.join(", ", STATES));
        }
        if (limit < 1 || limit > 1_000) {
            throw CommonProblem.INVALID_FIELD.in("limit", "limit: expected from 1 to 1000");
        }
        if (offset < 0) {
            throw CommonProblem.INVALID_FIELD.in("offset", "offset: expected from 0 on");
        }
        return parked.events(state, limit, offset);
    }

    /** @param ids of the events; null for all that are parked */
    record Replay(@Nullable List<String> ids) {}

    @PostMapping("/replay")
    Map<String, Integer> replay(@RequestBody(required = false) @Nullable Replay replay) {
        var ids = replay == null ? null : replay.ids();
        return Map.of("replayed", ids == null ? parked.replay() : parked.replay(ids));
    }

    @ExceptionHandler
    ProblemDetail unreadable(HttpMessageNotReadableException e) {
        return CommonProblem.MALFORMED_JSON.body("expected nothing, or JSON such as {\"ids\": [\"evt_1\"]}");
    }
}
