package io.growalert.dispatcher.notify;

import io.growalert.dispatcher.handler.Answered;
import io.growalert.dispatcher.handler.Outcome;
import io.growalert.runtime.database.Columns;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The attempts whose outcomes were recorded, for the history. They are deleted with their delivery. */
final class AttemptTable {
    private final JdbcClient jdbc;

    AttemptTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * How an attempt went.
     *
     * @param startedNanos in monotonic time
     * @param outcome one of delivered, retry, refused, rejected
     */
    record Row(
            long startedNanos,
            Duration duration,
            String outcome,
            @Nullable Integer status,
            @Nullable String answer) {
        /** One that ended now. */
        static Row of(long startedNanos, Answered answered) {
            var duration = Duration.ofNanos(System.nanoTime() - startedNanos);
            return new Row(startedNanos, duration, name(answered.outcome()), answered.status(), answered.answer());
        }
    }

    static String name(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Delivered _ -> "delivered";
            case Outcome.Retry _ -> "retry";
            case Outcome.Refused _ -> "refused";
            case Outcome.Rejected _ -> "rejected";
        };
    }

    // by the database's clock, from the time that has passed since by this machine's
    private static final String STORE = """
            insert into dispatcher.attempts
                   (delivery_id, attempt, receiver, started_at, duration_ms, outcome, status, answer, reason)
            select id, attempt, receiver, clock_timestamp() - age * interval '1 millisecond', duration, outcome, status::int, answer,
                   reason
            from unnest(:ids::text[], :attempts::bigint[], :receivers::text[], :ages::bigint[], :durations::bigint[],
                        :outcomes::text[], :statuses::text[], :answers::text[], :reasons::text[])
                 as a (id, attempt, receiver, age, duration, outcome, status, answer, reason)
            on conflict (delivery_id, attempt) do nothing
            """;

    private record Made(
            Deliveries.Claim claim, Row row, @Nullable String reason) {
        static Made of(Verdict verdict, Row row) {
            return new Made(verdict.claim(), row, verdict.state().equals("delivered") ? null : verdict.detail());
        }
    }

    /** Stores the attempts of the recorded deliveries. */
    void store(List<Deliveries.Recorded> recorded, Collection<Verdict> verdicts) {
        var stored = recorded.stream().map(Deliveries.Recorded::id).collect(Collectors.toSet());
        var made = verdicts.stream()
                .filter(verdict -> stored.contains(verdict.claim().id()))
                .flatMap(verdict -> verdict.attempt().stream().map(row -> Made.of(verdict, row)))
                .toList();
        if (made.isEmpty()) {
            return;
        }
        long now = System.nanoTime();
        jdbc.sql(STORE)
                .param("ids", Columns.texts(made, attempt -> attempt.claim().id()))
                .param("attempts", Columns.numbers(made, attempt -> attempt.claim()
                        .attempt()))
                .param("receivers", Columns.texts(made, attempt -> attempt.claim()
                        .receiver()))
                .param(
                        "ages",
                        Columns.millis(
                                made,
                                attempt -> Duration.ofNanos(now - attempt.row().startedNanos())))
                .param("durations", Columns.millis(made, attempt -> attempt.row()
                        .duration()))
                .param("outcomes", Columns.texts(made, attempt -> attempt.row().outcome()))
                .param("statuses", Columns.texts(made, AttemptTable::status))
                .param("answers", Columns.texts(made, attempt -> attempt.row().answer()))
                .param("reasons", Columns.texts(made, Made::reason))
                .update();
    }

    private static @Nullable String status(Made attempt) {
        var status = attempt.row().status();
        return status == null ? null : status.toString();
    }
}
