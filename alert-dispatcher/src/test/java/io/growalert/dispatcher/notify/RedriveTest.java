package io.growalert.dispatcher.notify;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.growalert.dispatcher.Events;
import io.growalert.dispatcher.handler.Outcome;
import io.growalert.events.Ids;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RedriveTest {
    private static final Events CO2 = Events.of("room-co2", "ops");
    private static final String FIRST = Ids.delivery(CO2.firing(0).id(), "ops");

    @TempDir
    Path folder;

    private Bench bench;

    @BeforeEach
    void openBench() {
        bench = new Bench(folder, "ops: {fake: {}}");
        bench.accept(CO2.firing(0));
    }

    @AfterEach
    void closeBench() {
        bench.close();
    }

    @Test
    void aParkedDeliveryIsDueAgainWithANewTimeToLive() {
        next(new Outcome.Rejected("HTTP 410"));
        bench.jdbc
                .sql("update dispatcher.deliveries set live_from = now() - interval '2 days'")
                .update();

        assertThat(bench.redrive.redrive(FIRST, false)).isEqualTo(new Redrive.Result.Due());

        next(new Outcome.Retry("busy"));
        assertThat(bench.states()).containsExactly("pending");
        assertThat(bench.detail(FIRST)).isEqualTo("busy");
    }

    @Test
    void oneThatIsSupersededIsSentAgainOnlyByForce() {
        next(new Outcome.Rejected("HTTP 410"));
        bench.accept(CO2.resolved(0));
        next(new Outcome.Delivered("ok"));

        assertThat(bench.redrive.redrive(FIRST, false)).isEqualTo(new Redrive.Result.Superseded());
        assertThat(bench.redrive.redrive(FIRST, true)).isEqualTo(new Redrive.Result.Due());
        assertThat(bench.states()).containsExactly("pending", "delivered");
    }

    @Test
    void oneWhoseSuccessorIsBeingClaimedWaitsAndIsSuperseded() {
        next(new Outcome.Rejected("HTTP 410"));
        bench.accept(CO2.resolved(0));

        var redriven = bench.database.transaction().execute(status -> {
            assertThat(bench.deliveries.claim("me", List.of(bench.room("ops")))).hasSize(1);
            var other = CompletableFuture.supplyAsync(() -> bench.redrive.redrive(FIRST, false));
            await().atMost(20, SECONDS).until(() -> other.isDone() || someoneWaits());
            return other;
        });

        assertThat(redriven).succeedsWithin(Duration.ofSeconds(20)).isEqualTo(new Redrive.Result.Superseded());
    }

    private boolean someoneWaits() {
        return bench.jdbc
                .sql(
                        "select exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock')")
                .query(Boolean.class)
                .single();
    }

    @Test
    void onlyAParkedDeliveryIsSentAgain() {
        assertThat(bench.redrive.redrive(FIRST, true)).isEqualTo(new Redrive.Result.NotParked("pending"));
        assertThat(bench.redrive.redrive("nothing", true)).isEqualTo(new Redrive.Result.Unknown());
    }

    private void next(Outcome outcome) {
        var claims = bench.deliveries.claim("me", List.of(bench.room("ops")));
        assertThat(claims).hasSize(1);
        bench.deliveries.record(
                "me",
                List.of(Verdict.of(claims.getFirst(), outcome, Duration.ofHours(1), Backoff.standard(new Random(1)))));
    }
}
