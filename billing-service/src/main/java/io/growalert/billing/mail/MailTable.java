package io.growalert.billing.mail;

import static java.util.stream.Collectors.toMap;

import io.growalert.runtime.database.Columns;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** The statements by which {@code billing.mails} are sent. Each is a transaction. */
final class MailTable {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final TypeReference<Map<String, String>> VALUES = new TypeReference<>() {};

    private static final Map<String, MailKind> KINDS =
            Arrays.stream(MailKind.values()).collect(toMap(MailKind::text, kind -> kind));

    /** An operator who did not act on a parked mail within this time will not. */
    static final Duration RECENT = Duration.ofDays(7);

    private final JdbcClient jdbc;

    MailTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    private static final String CLAIM = """
            with due as materialized (
                select id from billing.mails
                where state = 'queued' and due_at <= clock_timestamp() %s
                order by due_at
                limit :limit
                for update skip locked)
            update billing.mails m
            set attempts = m.attempts + 1, due_at = clock_timestamp() + :lease * interval '1 millisecond'
            from due where m.id = due.id
            returning m.id, m.kind, m.subject, m.customer, m.content::text as content, m.attempts, m.resends, m.queued_at
            """;

    private static final String CLAIM_ANY = CLAIM.formatted("");
    /** The condition is that of the index {@code mails_links_due}. */
    private static final String CLAIM_LINKS = CLAIM.formatted("and kind in ('sign_in', 'email_change')");

    /** Claims due mails: no other instance sends them until the lease expires. */
    List<QueuedMail> claim(int limit, Duration lease) {
        return claim(CLAIM_ANY, limit, lease);
    }

    /** As {@link #claim}, only mails with a link, for which customers wait. */
    List<QueuedMail> claimLinks(int limit, Duration lease) {
        return claim(CLAIM_LINKS, limit, lease);
    }

    private List<QueuedMail> claim(String sql, int limit, Duration lease) {
        return jdbc.sql(sql)
                .param("limit", limit)
                .param("lease", lease.toMillis())
                .query(MailTable::queued)
                .list();
    }

    private static QueuedMail queued(ResultSet row, int number) throws SQLException {
        return new QueuedMail(
                row.getLong("id"),
                kind(row.getString("kind")),
                row.getString("subject"),
                row.getString("customer"),
                JSON.readValue(row.getString("content"), VALUES),
                row.getInt("attempts"),
                row.getInt("resends"),
                Columns.instant(row, "queued_at"));
    }

    static MailKind kind(String text) {
        return Optional.ofNullable(KINDS.get(text))
                .orElseThrow(() -> new IllegalStateException("unknown kind of mail: " + text));
    }

    private static final String RENEW = """
            update billing.mails m set due_at = clock_timestamp() + :lease * interval '1 millisecond'
            from unnest(:ids::bigint[], :attempts::bigint[]) as claimed (id, attempt)
            where m.id = claimed.id and m.attempts = claimed.attempt and m.state = 'queued'
            """;

    /** Renews the leases of mails that this instance sends. */
    void renew(Collection<QueuedMail> claimed, Duration lease) {
        if (!claimed.isEmpty()) {
            jdbc.sql(RENEW)
                    .param("ids", Columns.numbers(claimed, QueuedMail::id))
                    .param("attempts", Columns.numbers(claimed, mail -> (long) mail.attempt()))
                    .param("lease", lease.toMillis())
                    .update();
        }
    }

    private static final String FINISH = """
            update billing.mails set state = :state, error = :error, done_at = clock_timestamp()
            where id = :id and attempts = :attempt and state = 'queued'
            """;

    /** False when the lease expired and another instance claimed the mail. */
    boolean finish(QueuedMail mail, String state, @Nullable String error) {
        return jdbc.sql(FINISH)
                        .param("id", mail.id())
                        .param("attempt", mail.attempt())
                        .param("state", state)
                        .param("error", error)
                        .update()
                == 1;
    }

    private static final String RETRY = """
            update billing.mails set due_at = clock_timestamp() + :pause * interval '1 millisecond', error = :error
            where id = :id and attempts = :attempt and state = 'queued'
            """;

    /** Makes the mail due again after a pause. */
    boolean retry(QueuedMail mail, Duration pause, @Nullable String error) {
        return jdbc.sql(RETRY)
                        .param("id", mail.id())
                        .param("attempt", mail.attempt())
                        .param("pause", pause.toMillis())
                        .param("error", error)
                        .update()
                == 1;
    }

    /** A mail that was not sent within its time, and why. */
    record Expired(long id, MailKind kind, String customer, String error) {}

    private static final String EXPIRE = """
            update billing.mails m
            set state = :state, done_at = clock_timestamp(),
                error = 'not sent within ' || l.words || ': ' || coalesce(m.error, :otherwise)
            from unnest(:kinds::text[], :limits::bigint[], :words::text[]) as l (kind, millis, words)
            where m.state = 'queued' and m.due_at <= clock_timestamp() and m.kind = l.kind
              and m.queued_at < clock_timestamp() - l.millis * interval '1 millisecond'
            returning m.id, m.kind, m.customer, m.error
            """;

    /**
     * Ends the mails whose time is over.
     *
     * @param state {@code parked} or {@code discarded}
     * @param otherwise the reason of a mail that was never attempted
     */
    List<Expired> expire(String state, String otherwise) {
        var kinds = List.of(MailKind.values());
        return jdbc.sql(EXPIRE)
                .param("state", state)
                .param("kinds", Columns.texts(kinds, MailKind::text))
                .param("limits", Columns.numbers(kinds, kind -> kind.limit().toMillis()))
                .param("words", Columns.texts(kinds, kind -> words(kind.limit())))
                .param("otherwise", otherwise)
                .query((row, n) -> new Expired(
                        row.getLong("id"),
                        kind(row.getString("kind")),
                        row.getString("customer"),
                        row.getString("error")))
                .list();
    }

    private static String words(Duration limit) {
        return limit.toDays() > 0
                ? String.format(Locale.ROOT, "%d days", limit.toDays())
                : String.format(Locale.ROOT, "%d minutes", limit.toMinutes());
    }

    private static final String BACKLOG = """
            select (select count(*) from billing.mails where state = 'queued') as queued,
                   (select count(*) from billing.mails where state = 'parked' and kind <> all(:links)
                    and done_at > clock_timestamp() - :recent * interval '1 millisecond') as parked,
                   (select coalesce(extract(epoch from clock_timestamp() - min(queued_at)), 0)::bigint
                    from billing.mails where state = 'queued' and error is not null) as failing
            """;

    /**
     * @param parked within {@link #RECENT}, without those whose link is no longer expected
     * @param failingSeconds the age of the oldest mail of which an attempt failed; 0 when there is none
     */
    record Backlog(long queued, long parked, long failingSeconds) {
        static final Backlog NONE = new Backlog(0, 0, 0);
    }

    Backlog backlog() {
        var links = Arrays.stream(MailKind.values())
                .filter(MailKind::hasToken)
                .map(MailKind::text)
                .toArray(String[]::new);
        return jdbc.sql(BACKLOG)
                .param("links", links)
                .param("recent", RECENT.toMillis())
                .query((row, n) -> new Backlog(row.getLong("queued"), row.getLong("parked"), row.getLong("failing")))
                .single();
    }

    private static final String DELETE_OLD = """
            delete from billing.mails where id in (
                select id from billing.mails
                where done_at < clock_timestamp() - :history * interval '1 millisecond'
                order by done_at limit :limit for update skip locked)
            """;

    /** Deletes some of the mails that ended longer ago than this, and returns how many. */
    int deleteOld(Duration history, int limit) {
        return jdbc.sql(DELETE_OLD)
                .param("history", history.toMillis())
                .param("limit", limit)
                .update();
    }
}
