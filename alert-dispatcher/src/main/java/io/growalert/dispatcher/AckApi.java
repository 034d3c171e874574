package io.growalert.dispatcher;

import io.growalert.dispatcher.ack.Acknowledgement;
import io.growalert.dispatcher.ack.IncidentAcknowledgements;
import io.growalert.dispatcher.ack.IncidentAcknowledgements.Change;
import io.growalert.dispatcher.ack.IncidentAcknowledgements.Terms;
import io.growalert.events.StorableText;
import io.growalert.runtime.audit.AuditLog;
import io.growalert.runtime.database.Columns;
import io.growalert.runtime.http.CommonProblem;
import io.growalert.runtime.http.Operator;
import java.time.Clock;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Acknowledgements of incidents: no receiver is reminded and nothing escalates while an operator works on it. */
@RestController
class AckApi {
    static final String ACKNOWLEDGE = "acknowledge-incident";
    private static final int MAX_COMMENT = 1_000;

    private final IncidentAcknowledgements acknowledgements;
    private final AuditLog audit;
    private final Clock clock;

    AckApi(IncidentAcknowledgements acknowledgements, AuditLog audit, Clock clock) {
        this.acknowledgements = acknowledgements;
        this.audit = audit;
        this.clock = clock;
    }

    record AckRequest(@Nullable Instant until, @Nullable String comment) {}

    /** Acknowledges an incident, or changes its acknowledgement; without {@code until}, until it is resolved. */
    @PutMapping("/api/incidents/{id}/ack")
    Acknowledgement acknowledge(
            @PathVariable String id, @RequestBody(required = false) @Nullable AckRequest request, Operator operator) {
        var terms = terms(request);
        return audit.change(
                operator, ACKNOWLEDGE, id, () -> switch (acknowledgements.acknowledge(id, terms, operator.name())) {
                    case Change.Acknowledged(var acknowledgement, var before) ->
                        acknowledgement.equals(before)
                                ? AuditLog.Change.none(acknowledgement)
                                : new AuditLog.Change<>(acknowledgement, before, acknowledgement);
                    case Change.Unknown _ -> throw unknown(id);
                    case Change.Resolved _ ->
                        throw IncidentProblem.INCIDENT_RESOLVED.because("the incident '%s' is resolved".formatted(id));
                    case Change.Ended _ -> throw new IllegalStateException("acknowledging ends nothing");
                });
    }

    /** Ends an acknowledgement: reminders and escalations continue. Without one, nothing changes. */
    @DeleteMapping("/api/incidents/{id}/ack")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void end(@PathVariable String id, Operator operator) {
        audit.change(operator, "end-acknowledgement", id, () -> {
            if (acknowledgements.end(id, operator.name()) instanceof Change.Ended(var before)) {
                return new AuditLog.Change<>(id, before, null);
            }
            throw unknown(id);
        });
    }

    private Terms terms(@Nullable AckRequest request) {
        if (request == null) {
            return new Terms(null, "");
        }
        var until = request.until();
        if (until != null && (!until.isAfter(clock.instant()) || until.isAfter(Columns.LATEST))) {
            throw CommonProblem.INVALID_FIELD.in(
                    "until",
                    "until: expected an instant in the future, such as 2026-11-24T18:00:00Z, at the latest "
                            + Columns.LATEST + ", or none for the incident's end");
        }
        var comment = Objects.requireNonNullElse(request.comment(), "");
        if (comment.length() > MAX_COMMENT || !StorableText.is(comment)) {
            throw CommonProblem.INVALID_FIELD.in(
                    "comment", "comment: expected a text of at most %d characters".formatted(MAX_COMMENT));
        }
        return new Terms(until, comment);
    }

    private static ErrorResponseException unknown(String id) {
        return CommonProblem.NOT_FOUND.because("no incident with the id '%s'".formatted(id));
    }

    @ExceptionHandler
    ProblemDetail unreadable(HttpMessageNotReadableException e) {
        return UnreadableBody.problem(
                e, "expected JSON such as {\"until\": \"2026-11-24T18:00:00Z\", \"comment\": \"on my way\"}");
    }
}
