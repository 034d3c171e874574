package io.growalert.history.query;

import io.growalert.events.Topics;
import io.growalert.runtime.database.Columns;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;

/** How much of the topics is stored. */
public final class TopicProgress {
    private final JdbcClient jdbc;

    public TopicProgress(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** How many records of each topic were stored; a number only grows, unless the database is replaced. */
    public record Changes(long results, long alerts, long notifications, long monitors) {}

    private static final String AS_OF = """
            select coalesce(min(coalesce(greatest(appended_at, complete_at), to_timestamp(0))), to_timestamp(0)) as at
            from history.offsets where topic = :topic
            """;

    /** Every check result that was on the topic until then is stored, in whole seconds; the epoch before the first ones. */
    public Instant asOf() {
        return jdbc.sql(AS_OF)
                .param("topic", Topics.CHECK_RESULTS)
                .query((row, _) -> Columns.instant(row, "at"))
                .single()
                .truncatedTo(ChronoUnit.SECONDS);
    }

    public Changes changes() {
        Map<String, Long> stored = new HashMap<>();
        jdbc.sql("select topic, sum(stored) as stored from history.offsets group by topic")
                .query(row -> {
                    stored.put(row.getString("topic"), row.getLong("stored"));
                });
        return new Changes(
                stored.getOrDefault(Topics.CHECK_RESULTS, 0L),
                stored.getOrDefault(Topics.ALERTS, 0L),
                stored.getOrDefault(Topics.NOTIFICATIONS, 0L),
                stored.getOrDefault(Topics.MONITORS, 0L));
    }
}
