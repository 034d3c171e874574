package io.growalert.history.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.growalert.history.HistoryDatabase;
import io.growalert.history.store.ChunkTable;
import io.growalert.history.store.Compaction;
import io.growalert.history.store.CopyRows;
import io.growalert.history.store.DayPartitions;
import io.growalert.history.store.Micros;
import io.growalert.runtime.loop.Progress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.web.ErrorResponseException;

/** Queries while values are compacted, and queries that take too long; on a real database. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class QueryDatabaseTest {
    private static final Instant START = Instant.parse("2026-11-24T07:00:00Z");

    private final HistoryDatabase database = HistoryDatabase.migrated();

    @AfterAll
    void close() {
        database.close();
    }

    private QueryDatabase queries(Duration longest) {
        var pool = new HikariDataSource();
        pool.setJdbcUrl(database.url());
        pool.setMaximumPoolSize(2);
        return new QueryDatabase(pool, longest);
    }

    private void store(int first, int runs) {
        var rows = new CopyRows("history.runs (monitor, slot, series, readings, statuses)");
        for (int n = first; n < first + runs; n++) {
            rows.number(1)
                    .time(START.plusSeconds(n))
                    .ints(new int[] {1})
                    .doubles(new double[] {n})
                    .ints(null)
                    .endRow();
        }
        rows.copyTo(database.dataSource());
    }

    private void compact() {
        var jdbc = database.jdbc();
        var partitions = new DayPartitions(jdbc, database.transaction(), "chunks");
        new Compaction(
                        jdbc,
                        database.transaction(),
                        database.dataSource(),
                        partitions,
                        Duration.ofDays(7),
                        InstantSource.fixed(START.plusSeconds(600)))
                .run(new Progress("test"));
    }

    private void hasNewest(int second) {
        database.jdbc()
                .sql("insert into history.monitors (monitor, newest_slot) values ('room', :newest)")
                .param("newest", Micros.utc(START.plusSeconds(second)))
                .update();
    }

    @Test
    void a_compaction_in_the_middle_of_a_query_hides_no_value() {
        hasNewest(119);
        store(0, 60);
        compact();
        store(60, 60);
        try (var queries = queries(QueryDatabase.LONGEST)) {
            var values = new ChunkTable(queries.jdbc());

            var read = queries.read(() -> {
                var all = new ArrayList<Double>();
                values.read(1, List.of(1), START, START.plusSeconds(600), (_, _, value, _) -> {
                    if (all.isEmpty()) {
                        compact();
                    }
                    all.add(value);
                });
                return all;
            });

            assertThat(database.jdbc()
                            .sql("select count(*) from history.runs")
                            .query(Long.class)
                            .single())
                    .isZero();
            assertThat(read).hasSize(120).doesNotHaveDuplicates();
        }
    }

    @Test
    void a_query_that_takes_too_long_is_a_problem_that_names_its_limit() {
        try (var queries = queries(Duration.ofMillis(50))) {
            assertThatThrownBy(() -> queries.read(() ->
                            queries.jdbc().sql("select pg_sleep(60)").query().listOfRows()))
                    .isInstanceOfSatisfying(ErrorResponseException.class, e -> {
                        assertThat(e.getStatusCode().value()).isEqualTo(503);
                        assertThat(e.getBody().getDetail()).contains("took longer than 20 s");
                    });
        }
    }
}
