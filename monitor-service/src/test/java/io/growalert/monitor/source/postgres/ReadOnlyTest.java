package io.growalert.monitor.source.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReadOnlyTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "DELETE FROM readings RETURNING 1 AS value",
                "insert into readings values (1) returning 1 as value",
                "UPDATE readings SET room = 'r' RETURNING 1 AS value",
                "MERGE INTO readings USING x ON true WHEN MATCHED THEN DELETE RETURNING 1 AS value",
                "WITH gone AS (DELETE FROM readings RETURNING 1) SELECT count(*) AS value FROM gone",
                "WITH a AS MATERIALIZED ( -- really\n update only readings set room = 'r' RETURNING 1) SELECT 1 AS value",
                "WITH a AS (SELECT 1) UPDATE \"readings\" SET room = 'r' RETURNING 1 AS value",
                "WITH a AS (SELECT 1) INSERT INTO readings SELECT 1 RETURNING 1 AS value",
                "SELECT 1 AS value INTO copied FROM readings",
                "SELECT 1 AS value FROM readings FOR UPDATE",
                "SELECT 1 AS value FROM readings FOR NO KEY UPDATE SKIP LOCKED",
                "SELECT 1 AS value FROM readings FOR KEY SHARE",
                "COPY readings TO PROGRAM 'x'",
                "CALL work()",
                "DO $$ BEGIN END $$",
                "DROP TABLE readings",
                "EXPLAIN ANALYZE DELETE FROM readings",
                "SET TRANSACTION READ WRITE",
            })
    void a_query_that_writes_or_locks_is_a_problem(String sql) {
        assertThat(problem(sql)).isPresent();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT room, avg(co2_ppm) AS value FROM readings WHERE time > :from GROUP BY room",
                "-- DELETE FROM readings\n select 1 as value",
                "(SELECT 1 AS value) UNION (SELECT 2)",
                "WITH a AS (SELECT 1 AS value) SELECT value FROM a",
                "VALUES (1)",
                "TABLE latest",
                "SELECT 'INSERT INTO x; SELECT 1 INTO y FOR UPDATE' AS text, 1 AS value",
                "SELECT \"into\" AS value, t.into AS a, 1 AS into FROM t",
                "SELECT update AS value, (delete), max(merge) FROM t WHERE (update > 1) AND insert < 2",
                "SELECT last_update AS value FROM updates WHERE deleted_from IS NULL",
            })
    void a_query_that_reads_is_none(String sql) {
        assertThat(problem(sql)).isEmpty();
    }

    private static Optional<String> problem(String sql) {
        return new PostgresConfig("jdbc:postgresql://db/farm", null, null, 1).problemWith(null, sql);
    }
}
