package io.growalert.dispatcher;

import io.growalert.dispatcher.history.AttemptList;
import io.growalert.dispatcher.history.DeliveryList;
import io.growalert.dispatcher.history.IncidentHistory;
import io.growalert.dispatcher.notify.Notifier;
import io.growalert.dispatcher.notify.ParkedAcknowledgements;
import io.growalert.dispatcher.notify.Redrive;
import io.growalert.runtime.audit.AuditLog;
import io.growalert.runtime.database.Columns;
import io.growalert.runtime.http.CommonProblem;
import io.growalert.runtime.http.Operator;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.util.MultiValueMap;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Deliveries in every state, redrives of parked ones, and their acknowledgement. */
@RestController
class DeliveriesApi {
    private static final int DEFAULT_LIMIT = 100;
    private static final List<String> STATES = List.of("pending", "held", "muted", "superseded", "delivered", "parked");

    private final DeliveryList deliveries;
    private final AttemptList attempts;
    private final Redrive redrive;
    private final ParkedAcknowledgements acknowledgements;
    private final Notifier notifier;
    private final AuditLog audit;

    DeliveriesApi(
            DeliveryList deliveries,
            AttemptList attempts,
            Redrive redrive,
            ParkedAcknowledgements acknowledgements,
            Notifier notifier,
            AuditLog audit) {
        this.deliveries = deliveries;
        this.attempts = attempts;
        this.redrive = redrive;
        this.acknowledgements = acknowledgements;
        this.notifier = notifier;
        this.audit = audit;
    }

    record RedriveRequest(
            @Nullable String receiver, @Nullable Instant since) {}

    /** @param deliveries how many were not acknowledged before */
    record Acknowledged(long deliveries) {}

    /** The latest first; {@code offset} rows are skipped, unless a cursor says where to begin. */
    @GetMapping("/api/deliveries")
    ResponseEntity<List<IncidentHistory.Delivery>> list(@RequestParam MultiValueMap<String, String> parameters) {
        var request = new ListRequest("/api/deliveries", parameters, DEFAULT_LIMIT);
        var state = request.text("state");
        if (state != null && !STATES.contains(state)) {
            throw CommonProblem.INVALID_FIELD.in("state", "state: expected one of " + String.join(", ", STATES));
        }
        var filter = new DeliveryList.Filter(
                state, request.text("receiver"), request.text("monitor"), request.matchers(), request.period());
        int offset = request.offset();
        return request.page((cursor, limit) -> deliveries.read(filter, cursor, offset, limit), Function.identity());
    }

    /** The latest first. */
    @GetMapping("/api/deliveries/{id}/attempts")
    ResponseEntity<List<AttemptList.Entry>> attempts(
            @PathVariable String id, @RequestParam MultiValueMap<String, String> parameters) {
        var request = new ListRequest("/api/deliveries/" + id + "/attempts", parameters, DEFAULT_LIMIT);
        return request.page(
                (cursor, limit) -> attempts.of(id, cursor, limit).orElseThrow(() -> unknown(id)), Function.identity());
    }

    private static ErrorResponseException unknown(String id) {
        return CommonProblem.NOT_FOUND.because("no delivery with the id '%s'".formatted(id));
    }

    /** Makes a parked delivery due again; a superseded one only with {@code force}. */
    @PostMapping("/api/deliveries/{id}/redrive")
    @ResponseStatus(HttpStatus.ACCEPTED)
    void redrive(@PathVariable String id, @RequestParam(defaultValue = "false") boolean force, Operator operator) {
        boolean due = audit.change(operator, "redrive", id, () -> {
            requireDue(id, redrive.redrive(id, force));
            return new AuditLog.Change<>(true, Map.of("state", "parked"), Map.of("due", true, "force", force));
        });
        if (due) {
            notifier.parkedChanged();
        }
    }

    private static void requireDue(String id, Redrive.Result result) {
        switch (result) {
            case Redrive.Result.Due due -> {}
            case Redrive.Result.Unknown unknown -> throw unknown(id);
            case Redrive.Result.NotParked(var state) ->
                throw DeliveryProblem.NOT_PARKED.because(
                        "only a parked delivery can be redriven; the state of this one is " + state);
            case Redrive.Result.Superseded superseded ->
                throw DeliveryProblem.SUPERSEDED.because(
                        "a later event of this alert was already delivered to this receiver, or the incident is resolved or"
                                + " acknowledged; redrive it with ?force=true");
            case Redrive.Result.Over over ->
                throw IncidentProblem.INCIDENT_RESOLVED.because(
                        "the receiver was notified that the incident is resolved; this delivery would open it again");
        }
    }

    /** Makes the deliveries of a receiver due again that were parked since an instant, except superseded ones. */
    @PostMapping("/api/deliveries/redrive")
    Redrive.Redriven redrive(@RequestBody RedriveRequest request, Operator operator) {
        var receiver = request.receiver();
        if (receiver == null || receiver.isBlank() || receiver.contains("\0")) {
            throw CommonProblem.INVALID_FIELD.in("receiver", "receiver: expected the name of a receiver, such as ops");
        }
        var since = request.since();
        if (since == null || since.isBefore(Instant.EPOCH) || since.isAfter(Columns.LATEST)) {
            throw CommonProblem.INVALID_FIELD.in("since", "since: expected an instant, such as 2026-11-24T07:00:00Z");
        }
        var redriven = redrive.redrive(
                receiver,
                since,
                batch -> audit.add(
                        operator,
                        "redrive-receiver",
                        receiver,
                        null,
                        Map.of("since", since, "due", batch.due(), "superseded", batch.superseded())));
        notifier.parkedChanged();
        return redriven;
    }

    /** Acknowledges all deliveries that are parked now: they stay parked, and health is UP again. */
    @PostMapping("/api/deliveries/acknowledge-parked")
    Acknowledged acknowledgeParked(Operator operator) {
        var acknowledged = audit.change(operator, "acknowledge-parked", "deliveries", () -> {
            var done = new Acknowledged(acknowledgements.acknowledge());
            return new AuditLog.Change<>(done, null, done);
        });
        notifier.parkedChanged();
        return acknowledged;
    }

    @ExceptionHandler
    ProblemDetail unreadable(HttpMessageNotReadableException e) {
        return UnreadableBody.problem(
                e, "expected JSON such as {\"receiver\": \"ops\", \"since\": \"2026-11-24T07:00:00Z\"}");
    }
}
