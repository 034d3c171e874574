package io.growalert.dispatcher;

import io.growalert.dispatcher.history.SilenceList;
import io.growalert.dispatcher.notify.Notifier;
import io.growalert.dispatcher.silence.Silence;
import io.growalert.dispatcher.silence.SilenceFiles;
import io.growalert.dispatcher.silence.Silences;
import io.growalert.evaluation.match.Matcher;
import io.growalert.events.StorableText;
import io.growalert.runtime.audit.AuditLog;
import io.growalert.runtime.database.Columns;
import io.growalert.runtime.http.CommonProblem;
import io.growalert.runtime.http.Operator;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.util.MultiValueMap;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Silences: which notifications are on hold, from when until when, and why. */
@RestController
class SilencesApi {
    private static final int DEFAULT_LIMIT = 1_000;
    private static final int MAX_MATCHER = 1_200;
    private static final Map<String, Silence.State> STATES =
            Map.of("pending", Silence.State.PENDING, "active", Silence.State.ACTIVE, "ended", Silence.State.ENDED);

    private final Silences silences;
    private final SilenceList list;
    private final Notifier notifier;
    private final AuditLog audit;
    private final Clock clock;

    SilencesApi(Silences silences, SilenceList list, Notifier notifier, AuditLog audit, Clock clock) {
        this.silences = silences;
        this.list = list;
        this.notifier = notifier;
        this.audit = audit;
        this.clock = clock;
    }

    record SilenceRequest(
            @Nullable List<@Nullable String> matchers,
            @Nullable Instant startsAt,
            @Nullable Instant endsAt,
            @Nullable String comment) {}

    /** @param held how many notifications wait for its end */
    record SilenceView(
            String id,
            List<String> matchers,
            Instant startsAt,
            @Nullable Instant endsAt,
            String comment,
            String createdBy,
            Instant createdAt,
            Instant updatedAt,
            @Nullable Instant endedAt,
            Silence.Origin origin,
            Silence.State state,
            long held) {}

    @GetMapping("/api/silences")
    ResponseEntity<List<SilenceView>> list(@RequestParam MultiValueMap<String, String> parameters) {
        var request = new ListRequest("/api/silences", parameters, DEFAULT_LIMIT);
        var state = request.text("state");
        if (state != null && !STATES.containsKey(state)) {
            throw CommonProblem.INVALID_FIELD.in("state", "state: expected one of pending, active, ended");
        }
        var wanted = state == null ? null : STATES.get(state);
        var matchers = request.matchers().stream().map(Matcher::toString).toList();
        var period = request.period();
        var held = silences.held();
        return request.page(
                (cursor, limit) -> list.read(wanted, matchers, period, cursor, limit),
                silence -> view(silence, held.getOrDefault(silence.id(), 0L)));
    }

    @GetMapping("/api/silences/{id}")
    SilenceView one(@PathVariable String id) {
        return view(silences.find(id).orElseThrow(() -> unknown(id)));
    }

    @PostMapping("/api/silences")
    ResponseEntity<SilenceView> create(@RequestBody SilenceRequest request, Operator operator) {
        var terms = terms(request, clock.instant());
        var created =
                audit.create(operator, "create-silence", () -> silences.create(terms, operator.name()), Silence::id);
        return ResponseEntity.created(URI.create("/api/silences/" + created.id()))
                .body(view(created));
    }

    /** Changes a silence; without {@code startsAt} its start stays. */
    @PutMapping("/api/silences/{id}")
    SilenceView change(@PathVariable String id, @RequestBody SilenceRequest request, Operator operator) {
        var start = silences.find(id).map(Silence::startsAt).orElseThrow(() -> unknown(id));
        var terms = terms(request, start);
        var changed = audit.change(operator, "change-silence", id, () -> switch (silences.change(id, terms)) {
            case Silences.Change.Changed(var before, var after) -> new AuditLog.Change<>(after, before, after);
            case Silences.Change.Unknown _ -> throw unknown(id);
            case Silences.Change.Ended _ ->
                throw SilenceProblem.SILENCE_ENDED.because("the silence '%s' has ended; create another".formatted(id));
            case Silences.Change.Foreign(var origin) ->
                throw SilenceProblem.SILENCE_NOT_EDITABLE.because(notEditable(origin));
        });
        notifier.wake();
        return view(changed);
    }

    private static String notEditable(Silence.Origin origin) {
        return switch (origin) {
            case API -> throw new IllegalArgumentException("a silence of the API can be changed");
            case MONITOR -> "the silence is the mute of a monitor: change it by PUT /api/monitors/{id}/mute";
            case WINDOW ->
                "the silence is an occurrence of a recurring window: change it in the definition files, or end it";
            case INHIBITION ->
                "the silence is an inhibition, which ends with its alert: change its rule in the definition files, or end it";
        };
    }

    /** Ends a silence now; the deliveries that only it held are due at once. One that has ended stays as it is. */
    @DeleteMapping("/api/silences/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void end(@PathVariable String id, Operator operator) {
        if (silences.find(id).isEmpty()) {
            throw unknown(id);
        }
        audit.change(operator, "end-silence", id, () -> silences.end(id)
                .map(ended -> new AuditLog.Change<>(true, ended.before(), ended.after()))
                .orElseGet(() -> AuditLog.Change.none(false)));
        notifier.wake();
    }

    private SilenceView view(Silence silence) {
        return view(silence, silences.held(silence.id()));
    }

    private SilenceView view(Silence silence, long held) {
        return new SilenceView(
                silence.id(),
                silence.matchers(),
                silence.startsAt(),
                silence.endsAt(),
                silence.comment(),
                silence.createdBy(),
                silence.createdAt(),
                silence.updatedAt(),
                silence.endedAt(),
                silence.origin(),
                silence.state(clock.instant()),
                held);
    }

    /** @param start when the request names none */
    private Silence.Terms terms(SilenceRequest request, Instant start) {
        var matchers = matchers(request.matchers());
        var now = clock.instant();
        var startsAt = request.startsAt() == null ? start : request.startsAt();
        if (startsAt.isAfter(Columns.LATEST)) {
            throw CommonProblem.INVALID_FIELD.in(
                    "startsAt",
                    "startsAt: expected an instant, such as 2026-11-24T18:00:00Z, at the latest " + Columns.LATEST
                            + ", or none for now");
        }
        var endsAt = request.endsAt();
        if (endsAt == null || !endsAt.isAfter(now) || !endsAt.isAfter(startsAt) || endsAt.isAfter(Columns.LATEST)) {
            throw CommonProblem.INVALID_FIELD.in(
                    "endsAt",
                    "endsAt: expected an instant in the future, after startsAt, such as 2026-11-24T18:00:00Z, at the latest "
                            + Columns.LATEST);
        }
        var comment = request.comment();
        if (comment == null
                || comment.isBlank()
                || comment.length() > SilenceFiles.MAX_COMMENT
                || !StorableText.is(comment)) {
            throw CommonProblem.INVALID_FIELD.in(
                    "comment",
                    "comment: expected a reason of at most %d characters".formatted(SilenceFiles.MAX_COMMENT));
        }
        return new Silence.Terms(matchers, request.startsAt(), endsAt, comment);
    }

    private static List<Matcher> matchers(@Nullable List<@Nullable String> texts) {
        if (texts == null || texts.isEmpty() || texts.size() > SilenceFiles.MAX_MATCHERS) {
            throw invalidMatchers(
                    "expected from 1 to %d, such as [\"site=north\"]".formatted(SilenceFiles.MAX_MATCHERS));
        }
        var matchers = new ArrayList<Matcher>();
        for (var text : texts) {
            if (text == null || text.length() > MAX_MATCHER || !StorableText.is(text)) {
                throw invalidMatchers(
                        "expected texts of at most %d characters, such as site=north".formatted(MAX_MATCHER));
            }
            try {
                matchers.add(Matcher.of(text));
            } catch (IllegalArgumentException e) {
                throw invalidMatchers(String.valueOf(e.getMessage()));
            }
        }
        if (!Silence.isSelective(matchers)) {
            throw invalidMatchers("at least one must not match an absent label, or everything could be held");
        }
        return matchers;
    }

    private static ErrorResponseException invalidMatchers(String detail) {
        return CommonProblem.INVALID_FIELD.in("matchers", "matchers: " + detail);
    }

    private static ErrorResponseException unknown(String id) {
        return CommonProblem.NOT_FOUND.because("no silence with the id '%s'".formatted(id));
    }

    @ExceptionHandler
    ProblemDetail unreadable(HttpMessageNotReadableException e) {
        return UnreadableBody.problem(
                e,
                "expected JSON such as {\"matchers\": [\"site=north\"], \"endsAt\": \"2026-11-24T18:00:00Z\", "
                        + "\"comment\": \"cleaning\"}");
    }
}
