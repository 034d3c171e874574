package io.growalert.runtime.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.growalert.testkit.TestPostgres;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessException;

class AdvisoryLockTest {
    private static final TestPostgres DATABASE = new TestPostgres();
    private static HikariDataSource pool;

    @BeforeAll
    static void openPool() {
        var settings = new HikariConfig();
        settings.setJdbcUrl(DATABASE.url());
        settings.setMaximumPoolSize(3);
        pool = new HikariDataSource(settings);
    }

    @AfterAll
    static void closePool() {
        pool.close();
        DATABASE.close();
    }

    @Test
    void only_one_session_holds_a_lock() {
        var lock = AdvisoryLock.of(pool, "growalert.test");
        try (var held = lock.acquire().orElseThrow()) {
            assertThat(held.jdbc().sql("select 1").query(Integer.class).single())
                    .isOne();
            assertThat(lock.acquire()).isEmpty();
            AdvisoryLock.of(pool, 7, 1).acquire().orElseThrow().close();
        }
        lock.acquire().orElseThrow().close();
    }

    @Test
    void a_broken_connection_releases_the_lock_and_is_not_used_again() {
        var lock = AdvisoryLock.of(pool, 7, 2);
        var held = lock.acquire().orElseThrow();
        int session =
                held.jdbc().sql("select pg_backend_pid()").query(Integer.class).single();
        try (var other = AdvisoryLock.of(pool, 7, 3).acquire().orElseThrow()) {
            other.jdbc()
                    .sql("select pg_terminate_backend(:session, 5000)")
                    .param("session", session)
                    .query(Boolean.class)
                    .single();
        }

        assertThatThrownBy(
                        () -> held.jdbc().sql("select 1").query(Integer.class).single())
                .isInstanceOf(DataAccessException.class);
        held.close();

        lock.acquire().orElseThrow().close();
    }
}
