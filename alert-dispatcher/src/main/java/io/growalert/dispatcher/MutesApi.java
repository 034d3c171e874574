package io.growalert.dispatcher;

import io.growalert.dispatcher.notify.KnownMonitors;
import io.growalert.dispatcher.notify.Notifier;
import io.growalert.dispatcher.silence.MonitorMute;
import io.growalert.dispatcher.silence.Silences;
import io.growalert.events.MonitorDefinition;
import io.growalert.events.StorableText;
import io.growalert.runtime.audit.AuditLog;
import io.growalert.runtime.database.Columns;
import io.growalert.runtime.http.CommonProblem;
import io.growalert.runtime.http.Operator;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Mutes of monitors, the short form of silences: until when, and why. */
@RestController
class MutesApi {
    private static final int MAX_COMMENT = 1_000;

    private final Silences silences;
    private final KnownMonitors monitors;
    private final Notifier notifier;
    private final AuditLog audit;
    private final Clock clock;

    MutesApi(Silences silences, KnownMonitors monitors, Notifier notifier, AuditLog audit, Clock clock) {
        this.silences = silences;
        this.monitors = monitors;
        this.notifier = notifier;
        this.audit = audit;
        this.clock = clock;
    }

    record MuteRequest(@Nullable Instant until, @Nullable String comment) {}

    @GetMapping("/api/mutes")
    List<MonitorMute> all() {
        return silences.mutes();
    }

    @PutMapping("/api/monitors/{id}/mute")
    MonitorMute mute(@PathVariable String id, @RequestBody MuteRequest request, Operator operator) {
        if (!MonitorDefinition.ID.matcher(id).matches()) {
            throw CommonProblem.INVALID_FIELD.in("id", "id: a monitor's id matches " + MonitorDefinition.ID);
        }
        var until = request.until();
        var now = clock.instant();
        if (until == null || !until.isAfter(now) || until.isAfter(Columns.LATEST)) {
            throw CommonProblem.INVALID_FIELD.in(
                    "until",
                    "until: expected an instant in the future, such as 2026-11-24T18:00:00Z, at the latest "
                            + Columns.LATEST);
        }
        var comment = request.comment();
        if (comment == null || comment.isBlank() || comment.length() > MAX_COMMENT || !StorableText.is(comment)) {
            throw CommonProblem.INVALID_FIELD.in(
                    "comment", "comment: expected a reason of at most %d characters".formatted(MAX_COMMENT));
        }
        if (!monitors.mayExist(id)) {
            throw CommonProblem.NOT_FOUND.because("no monitor with the id '%s'".formatted(id));
        }
        var mute = new MonitorMute(id, until, comment);
        return audit.change(operator, "mute", id, () -> {
            var before = silences.mute(mute, operator.name());
            return new AuditLog.Change<>(mute, before.orElse(null), mute);
        });
    }

    /** Ends the mute now; the deliveries that it held are due at once. */
    @DeleteMapping("/api/monitors/{id}/mute")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void unmute(@PathVariable String id, Operator operator) {
        audit.change(operator, "unmute", id, () -> {
            var before = silences.unmute(id)
                    .orElseThrow(() -> CommonProblem.NOT_FOUND.because("the monitor '%s' is not muted".formatted(id)));
            return new AuditLog.Change<>(before, before, null);
        });
        notifier.wake();
    }

    @ExceptionHandler
    ProblemDetail unreadable(HttpMessageNotReadableException e) {
        return UnreadableBody.problem(
                e, "expected JSON such as {\"until\": \"2026-11-24T18:00:00Z\", \"comment\": \"cleaning\"}");
    }
}
