package io.growalert.dispatcher.silence;

import io.growalert.events.AlertEvent;
import io.growalert.runtime.database.Columns;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The silences of the past and the present, for operators. */
public final class SilenceHistory {
    /** How many silences of a period are compared with an event. */
    private static final int MAX_COMPARED = 10_000;

    private final JdbcClient jdbc;
    private final SilenceTable table;
    private final InstantSource clock;

    public SilenceHistory(JdbcClient jdbc, InstantSource clock) {
        this.jdbc = jdbc;
        this.table = new SilenceTable(jdbc);
        this.clock = clock;
    }

    /**
     * Which silences to list.
     *
     * @param state null: all that are not ended
     * @param matchers that they have, in their text form
     * @param from of their start, inclusive
     * @param to of their start, exclusive
     */
    public record Filter(
            Silence.@Nullable State state,
            List<String> matchers,
            @Nullable OffsetDateTime from,
            @Nullable OffsetDateTime to) {}

    private static final String LIST = """
            select * from dispatcher.silences
            where case cast(:state as text)
                      when 'pending' then ended_at is null and starts_at > :now
                      when 'active' then ended_at is null and starts_at <= :now and (ends_at is null or ends_at > :now)
                      when 'ended' then ended_at is not null or ends_at <= :now
                      else ended_at is null and (ends_at is null or ends_at > :now) end
              and matchers @> :matchers::text[]
              and (:from::timestamptz is null or starts_at >= :from)
              and (:to::timestamptz is null or starts_at < :to)
              and (:start::timestamptz is null or starts_at <= :start and (starts_at < :start or id > :id))
            order by starts_at desc, id
            limit :limit
            """;

    /**
     * The silences behind a position, the latest start first.
     *
     * @param start of the silence at the position; null: from the first one
     * @param id of the silence at the position
     */
    public List<Silence> list(Filter filter, @Nullable OffsetDateTime start, String id, int limit) {
        return jdbc.sql(LIST)
                .param(
                        "state",
                        filter.state() == null ? null : filter.state().name().toLowerCase(Locale.ROOT))
                .param("matchers", filter.matchers().toArray(String[]::new))
                .param("from", filter.from())
                .param("to", filter.to())
                .param("now", Columns.time(clock.instant()))
                .param("start", start)
                .param("id", id)
                .param("limit", limit)
                .query(SilenceTable::silence)
                .list();
    }

    private static final String DURING = """
            select * from dispatcher.silences
            where starts_at < :to and coalesce(ended_at, ends_at, 'infinity') > :from
            order by starts_at desc, id
            limit :limit
            """;

    private record Compared(Silence silence, Coverage coverage) {}

    /** The silences that matched an event in a period, the latest start first. */
    public List<Silence> matching(AlertEvent event, Instant from, Instant to) {
        return jdbc
                .sql(DURING)
                .param("from", Columns.time(from))
                .param("to", Columns.time(to))
                .param("limit", MAX_COMPARED)
                .query((row, n) -> new Compared(SilenceTable.silence(row, n), table.coverage(row)))
                .list()
                .stream()
                .map(Objects::requireNonNull)
                .filter(compared -> compared.coverage().holds(event))
                .map(Compared::silence)
                .toList();
    }
}
