package io.growalert.billing.mail;

import io.growalert.runtime.audit.AuditLog;
import io.growalert.runtime.audit.AuditLog.Change;
import io.growalert.runtime.database.Columns;
import io.growalert.runtime.database.Cursor;
import io.growalert.runtime.http.Operator;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The mails for operators, without addresses and values; ended ones can be sent again, parked ones discarded. */
final class MailList {
    static final List<String> STATES = List.of("queued", "sent", "parked", "discarded");

    private final JdbcClient jdbc;
    private final Mails mails;
    private final AuditLog audit;

    MailList(JdbcClient jdbc, Mails mails, AuditLog audit) {
        this.jdbc = jdbc;
        this.mails = mails;
        this.audit = audit;
    }

    /** @param next where the next page begins; null on the last one */
    record Page(List<Entry> mails, @Nullable String next) {}

    /**
     * @param subject what happened: the id of the invoice, the order, the refund
     * @param error of the last failed attempt, or why the mail was parked or discarded
     * @param dueAt of the next attempt; null when there is none
     */
    record Entry(
            long id,
            String kind,
            String subject,
            String customer,
            String state,
            int attempts,
            @Nullable String error,
            Instant createdAt,
            @Nullable Instant dueAt,
            @Nullable Instant doneAt) {}

    private static final String COLUMNS =
            "select id, kind, subject, customer, state, attempts, error, created_at, due_at, done_at from billing.mails";

    /**
     * A page, the latest first.
     *
     * @param state one of {@link #STATES}; null: all
     * @param after the position of the page; null: the first
     * @throws Cursor.InvalidCursor when the cursor is of another list
     */
    Page read(@Nullable String state, @Nullable Cursor after, int limit) {
        var sql = COLUMNS + " where id < :before" + (state == null ? "" : " and state = :state")
                + " order by id desc limit :limit";
        var rows = jdbc.sql(sql)
                .param(
                        "before",
                        after == null ? Long.MAX_VALUE : after.requireSize(1).number(0))
                .param("state", state)
                .param("limit", limit + 1)
                .query(MailList::entry)
                .list();
        var page = rows.subList(0, Math.min(limit, rows.size()));
        return new Page(
                List.copyOf(page),
                rows.size() > limit ? Cursor.of(page.getLast().id()).text() : null);
    }

    private static Entry entry(ResultSet row, int number) throws SQLException {
        var state = row.getString("state");
        return new Entry(
                row.getLong("id"),
                row.getString("kind"),
                row.getString("subject"),
                row.getString("customer"),
                state,
                row.getInt("attempts"),
                row.getString("error"),
                Columns.instant(row, "created_at"),
                state.equals("queued") ? Columns.instant(row, "due_at") : null,
                Columns.optionalInstant(row, "done_at"));
    }

    private static final String DISCARD =
            "update billing.mails set state = 'discarded' where id = :id and state = 'parked'";

    /** Ends a parked mail for good; any other remains unchanged. Empty when there is no such mail. */
    Optional<Entry> discard(long id, Operator operator) {
        return change(operator, "discard-mail", id, DISCARD, "discarded");
    }

    private static final String RESEND = """
            update billing.mails
            set state = 'queued', attempts = 0, resends = resends + 1, error = null, done_at = null,
                due_at = clock_timestamp(), queued_at = clock_timestamp()
            where id = :id and state <> 'queued'
            """;

    /** Queues an ended mail again; one that is queued remains unchanged. Empty when there is no such mail. */
    Optional<Entry> resend(long id, Operator operator) {
        var resent = change(operator, "resend-mail", id, RESEND, "queued");
        mails.queued().wake();
        return resent;
    }

    private Optional<Entry> change(Operator operator, String action, long id, String sql, String state) {
        return audit.change(operator, action, Long.toString(id), () -> {
            var before = one(id);
            if (before.isEmpty() || jdbc.sql(sql).param("id", id).update() == 0) {
                return Change.none(before);
            }
            return new Change<>(one(id), Map.of("state", before.get().state()), Map.of("state", state));
        });
    }

    private Optional<Entry> one(long id) {
        return jdbc.sql(COLUMNS + " where id = :id")
                .param("id", id)
                .query(MailList::entry)
                .optional();
    }
}
