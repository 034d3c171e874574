package io.growalert.billing.customer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.growalert.billing.TestDatabase;
import io.growalert.billing.customer.account.EmailChangeTable;
import io.growalert.billing.customer.idempotency.IdempotentRequests;
import io.growalert.billing.customer.idempotency.RequestLeases;
import io.growalert.billing.customer.limit.AttemptLimits;
import io.growalert.billing.customer.limit.CustomerCallBudget;
import io.growalert.billing.customer.plan.ShownCosts;
import io.growalert.billing.customer.session.Seals;
import io.growalert.billing.customer.session.Sessions;
import io.growalert.billing.customer.signin.SignInLinks;
import io.growalert.definitions.Secret;
import io.growalert.runtime.loop.Progress;
import io.growalert.runtime.schedule.ScheduledTask;
import io.growalert.runtime.schedule.ScheduledTasks;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessException;

class CustomerCleanupTest {
    private static final Seals SEALS = Seals.with(List.of(new Secret(Running.KEY)));

    private final TestDatabase database = TestDatabase.migrated();
    private final AttemptLimits limits =
            new AttemptLimits(database.jdbc(), database.transaction(), SEALS, Settings.customer());
    private final Sessions sessions = new Sessions(SEALS, database.jdbc(), Settings.customer(), InstantSource.system());
    private final ScheduledTask cleanup = new CustomerCleanup(
                    new IdempotentRequests(
                            database.jdbc(),
                            database.transaction(),
                            new RequestLeases(database.jdbc(), Settings.stripe(), Settings.customer(), () -> {})),
                    limits,
                    new SignInLinks(database.jdbc()),
                    sessions,
                    new CustomerCallBudget(
                            database.jdbc(),
                            database.transaction(),
                            sessions,
                            limits,
                            Settings.customer(),
                            Settings.stripe()),
                    new ShownCosts(database.jdbc()),
                    new EmailChangeTable(database.jdbc()))
            .task();

    @AfterEach
    void close() {
        database.close();
    }

    private void run() throws Exception {
        cleanup.work().run(new Progress(cleanup.name()));
    }

    @Test
    void a_failure_is_reported_to_the_scheduler() throws Exception {
        database.refuseWhen(() -> true);
        assertThatThrownBy(this::run).isInstanceOf(DataAccessException.class);

        database.refuseWhen(() -> false);
        run();
    }

    @Test
    void links_and_ended_sessions_are_deleted_when_they_have_expired() throws Exception {
        database.jdbc().sql("""
                        insert into billing.sign_in_links (digest, customer, expires_at)
                        values ('a', 'cus_1', now() - interval '1 second'), ('b', 'cus_1', now() + interval '1 minute')
                        """).update();
        database.jdbc().sql("""
                        insert into billing.ended_sessions (digest, expires_at)
                        values ('a', now() - interval '1 second'), ('b', now() + interval '1 minute')
                        """).update();

        run();

        for (var table : List.of("sign_in_links", "ended_sessions")) {
            assertThat(database.jdbc()
                            .sql("select digest from billing." + table)
                            .query(byte[].class)
                            .list())
                    .containsExactly(new byte[] {'b'});
        }
    }

    @Test
    void it_is_retried_after_a_failure_and_recovers() {
        database.jdbc()
                .sql("alter table billing.attempts rename to attempts_away")
                .update();
        var tasks = new ScheduledTasks(database.pool(), "billing.scheduled_tasks", List.of(cleanup));
        tasks.start();
        try {
            await().until(() -> tasks.loops().getFirst().isFailing());

            database.jdbc()
                    .sql("alter table billing.attempts_away rename to attempts")
                    .update();

            await().atMost(Duration.ofSeconds(40))
                    .until(() -> !tasks.loops().getFirst().isFailing());
        } finally {
            tasks.stop();
        }
    }
}
