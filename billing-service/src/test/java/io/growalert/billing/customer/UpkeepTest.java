package io.growalert.billing.customer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.growalert.billing.TestDatabase;
import io.growalert.definitions.Secret;
import io.growalert.service.Progress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class UpkeepTest {
    private static final Seals SEALS = Seals.with(List.of(new Secret(Running.KEY)));

    private final TestDatabase database = TestDatabase.migrated();
    private final AtomicLong nanos = new AtomicLong();
    private final Limits limits = new Limits(database.jdbc(), database.transaction(), SEALS, Settings.customer());
    private final Upkeep upkeep = new Upkeep(
            new Requests(
                    database.jdbc(),
                    database.transaction(),
                    new Leases(database.jdbc(), Settings.stripe(), Settings.customer())),
            limits,
            new Budget(
                    database.jdbc(),
                    database.transaction(),
                    new Sessions(SEALS, Settings.customer(), InstantSource.system()),
                    limits,
                    Settings.customer(),
                    Settings.stripe()),
            new Progress("customer-upkeep", nanos::get));

    @AfterEach
    void close() {
        upkeep.stop();
        database.close();
    }

    @Test
    void healthIsDownWhileItKeepsFailing() {
        database.refuseWhen(() -> true);
        assertThat(upkeep.tidy()).isFalse();

        nanos.addAndGet(Duration.ofSeconds(31).toNanos());
        assertThat(upkeep.progress().stalled()).get().asString().startsWith("failing for 31 s: ");

        database.refuseWhen(() -> false);
        assertThat(upkeep.tidy()).isTrue();
        assertThat(upkeep.progress().stalled()).isEmpty();
    }

    /** An executor drops a task that throws, without a word. */
    @Test
    void itGoesOnAfterAnError() {
        database.refuseWhen(() -> {
            throw new StackOverflowError("as in a bug");
        });
        upkeep.start();
        await().until(() -> upkeep.progress().isFailing());

        database.refuseWhen(() -> false);

        await().atMost(Duration.ofSeconds(40)).until(() -> !upkeep.progress().isFailing());
    }
}
