package io.growalert.dispatcher;

import io.growalert.dispatcher.notify.History;
import io.growalert.dispatcher.notify.Notifier;
import io.growalert.dispatcher.notify.Redrive;
import io.growalert.service.CommonProblem;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** What was told, what is being told, and what was given up. */
@RestController
class DeliveriesApi {
    private static final List<String> STATES = List.of("pending", "held", "muted", "delivered", "parked");

    private final History history;
    private final Redrive redrive;
    private final Notifier notifier;

    DeliveriesApi(History history, Redrive redrive, Notifier notifier) {
        this.history = history;
        this.redrive = redrive;
        this.notifier = notifier;
    }

    @GetMapping("/api/deliveries")
    List<History.Delivery> list(
            @RequestParam(required = false) @Nullable String state,
            @RequestParam(defaultValue = "100") int limit,
            @RequestParam(defaultValue = "0") int offset) {
        if (state != null && !STATES.contains(state)) {
            throw CommonProblem.INVALID_FIELD.in("state", "state: expected one of " + String.join(", ", STATES));
        }
        if (limit < 1 || limit > 1_000) {
            throw CommonProblem.INVALID_FIELD.in("limit", "limit: expected from 1 to 1000");
        }
        if (offset < 0) {
            throw CommonProblem.INVALID_FIELD.in("offset", "offset: expected from 0 on");
        }
        return history.deliveries(state, limit, offset);
    }

    /** Sends a parked delivery again; one that is superseded only when it is forced. */
    @PostMapping("/api/deliveries/{id}/redrive")
    @ResponseStatus(HttpStatus.ACCEPTED)
    void redrive(@PathVariable String id, @RequestParam(defaultValue = "false") boolean force) {
        switch (redrive.redrive(id, force)) {
            case Redrive.Result.Due due -> notifier.wake();
            case Redrive.Result.Unknown unknown ->
                throw CommonProblem.NOT_FOUND.because("no delivery with the id '%s'".formatted(id));
            case Redrive.Result.NotParked(var state) ->
                throw DeliveryProblem.NOT_PARKED.because("only a parked delivery is sent again; this one is " + state);
            case Redrive.Result.Superseded superseded ->
                throw DeliveryProblem.SUPERSEDED.because(
                        "a later event of this alert was told to this receiver already; send it nevertheless with ?force=true");
        }
    }
}
