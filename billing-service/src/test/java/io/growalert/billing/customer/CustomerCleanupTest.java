package io.growalert.billing.customer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.growalert.billing.TestDatabase;
import io.growalert.billing.customer.idempotency.RequestLeases;
import io.growalert.billing.customer.idempotency.IdempotentRequests;
import io.growalert.billing.customer.limit.AttemptLimits;
import io.growalert.billing.customer.limit.CustomerCallBudget;
import io.growalert.billing.customer.session.Seals;
import io.growalert.billing.customer.session.Sessions;
import io.growalert.billing.customer.signin.SignInLinks;
import io.growalert.definitions.Secret;
import io.growalert.runtime.loop.Progress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CustomerCleanupTest {
    private static final Seals SEALS = Seals.with(List.of(new Secret(Running.KEY)));

    private final TestDatabase database = TestDatabase.migrated();
    private final AtomicLong nanos = new AtomicLong();
    private final AttemptLimits limits =
            new AttemptLimits(database.jdbc(), database.transaction(), SEALS, Settings.customer());
    private final Sessions sessions = new Sessions(SEALS, database.jdbc(), Settings.customer(), InstantSource.system());
    private final CustomerCleanup upkeep = new CustomerCleanup(
            new IdempotentRequests(
                    database.jdbc(),
                    database.transaction(),
                    new RequestLeases(database.jdbc(), Settings.stripe(), Settings.customer(), () -> {})),
            limits,
            new SignInLinks(database.jdbc()),
            sessions,
            new CustomerCallBudget(
                    database.jdbc(), database.transaction(), sessions, limits, Settings.customer(), Settings.stripe()),
            new Progress("customer-upkeep", nanos::get));

    @AfterEach
    void close() {
        upkeep.stop();
        database.close();
    }

    @Test
    void health_is_down_while_it_keeps_failing() {
        database.refuseWhen(() -> true);
        assertThat(upkeep.tidy()).isFalse();

        nanos.addAndGet(Duration.ofSeconds(31).toNanos());
        assertThat(upkeep.progress().stalled()).get().asString().startsWith("failing for 31 s: ");

        database.refuseWhen(() -> false);
        assertThat(upkeep.tidy()).isTrue();
        assertThat(upkeep.progress().stalled()).isEmpty();
    }

    @Test
    void links_and_ended_sessions_are_deleted_when_they_have_expired() {
        database.jdbc().sql("""
                        insert into billing.sign_in_links (digest, customer, expires_at)
                        values ('a', 'cus_1', now() - interval '1 second'), ('b', 'cus_1', now() + interval '1 minute')
                        """).update();
        database.jdbc().sql("""
                        insert into billing.ended_sessions (digest, expires_at)
                        values ('a', now() - interval '1 second'), ('b', now() + interval '1 minute')
                        """).update();

        assertThat(upkeep.tidy()).isTrue();

        for (var table : List.of("sign_in_links", "ended_sessions")) {
            assertThat(database.jdbc()
                            .sql("select digest from billing." + table)
                            .query(byte[].class)
                            .list())
                    .containsExactly(new byte[] {'b'});
        }
    }

    /** An executor drops a task that throws, without a word. */
    @Test
    void it_goes_on_after_an_error() {
        database.refuseWhen(() -> {
            throw new StackOverflowError("as in a bug");
        });
        upkeep.start();
        await().until(() -> upkeep.progress().isFailing());

        database.refuseWhen(() -> false);

        await().atMost(Duration.ofSeconds(40)).until(() -> !upkeep.progress().isFailing());
    }
}
