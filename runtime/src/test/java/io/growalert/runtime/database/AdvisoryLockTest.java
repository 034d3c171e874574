package io.growalert.runtime.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessException;

class AdvisoryLockTest {
    private static EmbeddedPostgres postgres;
    private static HikariDataSource pool;

    @BeforeAll
    static void startDatabase() throws IOException {
        postgres = EmbeddedPostgres.builder().start();
        var settings = new HikariConfig();
        settings.setDataSource(postgres.getPostgresDatabase());
        settings.setMaximumPoolSize(3);
        pool = new HikariDataSource(settings);
    }

    @AfterAll
    static void stopDatabase() throws IOException {
        pool.close();
        postgres.close();
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
