package io.growalert.dispatcher;

import io.growalert.dispatcher.notify.Mutes;
import io.growalert.dispatcher.notify.Notifier;
import io.growalert.events.MonitorDefinition;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Silence for a monitor, for a while and for a reason. */
@RestController
class MutesApi {
    private static final int MAX_COMMENT = 1_000;

    private final Mutes mutes;
    private final Notifier notifier;
    private final Clock clock;

    MutesApi(Mutes mutes, Notifier notifier, Clock clock) {
        this.mutes = mutes;
        this.notifier = notifier;
        this.clock = clock;
    }

    record MuteRequest(@Nullable Instant until, @Nullable String comment) {}

    @GetMapping("/api/mutes")
    List<Mutes.Muted> all() {
        return mutes.all();
    }

    @PutMapping("/api/monitors/{id}/mute")
    Mutes.Muted mute(@PathVariable String id, @RequestBody MuteRequest request) {
        if (!MonitorDefinition.ID.matcher(id).matches()) {
            throw ProblemDetails.of(HttpStatus.BAD_REQUEST, "a monitor's id matches " + MonitorDefinition.ID);
        }
        var until = request.until();
        if (until == null || !until.isAfter(clock.instant())) {
            throw ProblemDetails.of(
                    HttpStatus.BAD_REQUEST, "until: expected an instant in the future, such as 2026-11-24T18:00:00Z");
        }
        var comment = request.comment();
        if (comment == null || comment.isBlank() || comment.length() > MAX_COMMENT) {
            throw ProblemDetails.of(
                    HttpStatus.BAD_REQUEST, "comment: expected why, in at most %d characters".formatted(MAX_COMMENT));
        }
        var mute = new Mutes.Muted(id, until, comment);
        mutes.put(mute);
        return mute;
    }

    /** Ends the mute now; what it held is told at once. */
    @DeleteMapping("/api/monitors/{id}/mute")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void unmute(@PathVariable String id) {
        if (!mutes.end(id)) {
            throw ProblemDetails.of(HttpStatus.NOT_FOUND, "the monitor '%s' is not muted".formatted(id));
        }
        notifier.wake();
    }
}
