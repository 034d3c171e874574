package io.growalert.billing.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.growalert.billing.TestDatabase;
import io.growalert.runtime.loop.LoopHealth;
import io.growalert.runtime.loop.Progress;
import io.growalert.runtime.loop.Waiter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Status;

class InboxTest {
    private final TestDatabase database = TestDatabase.migrated();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final ExecutorService requests = Executors.newVirtualThreadPerTaskExecutor();
    private final AtomicLong nanos = new AtomicLong();
    private final Inbox inbox =
            new Inbox(database.jdbc(), new Waiter(), meters, loop -> new Progress(loop, nanos::get));
    private Connection blocker;

    /** Nothing is stored until it is closed, so that events queue up. */
    @BeforeEach
    void block() throws SQLException {
        blocker = database.pool().getConnection();
        blocker.setAutoCommit(false);
        try (var statement = blocker.createStatement()) {
            statement.execute("lock table billing.stripe_events in exclusive mode");
        }
    }

    private void unblock() throws SQLException {
        if (!blocker.isClosed()) {
            blocker.rollback();
            blocker.close();
        }
    }

    @AfterEach
    void close() throws SQLException {
        unblock();
        requests.shutdownNow();
        inbox.close();
        database.close();
    }

    @Test
    void queued_events_are_stored_in_few_commits() throws Exception {
        var first = send("evt_first", "{}");
        await().until(this::aWriterWaits);
        var second = send("evt_second", "{}");
        await().until(this::bothWritersWait);
        var answers = sendAll(1_000, "{}");
        await().until(() -> meters.get("growalert.webhook.waiting").gauge().value() == 1_000);
        unblock();

        assertThat(List.of(first.join(), second.join())).containsOnly("stored");
        assertThat(answers).allSatisfy(answer -> assertThat(answer.join()).isEqualTo("stored"));
        assertThat(ids()).hasSize(1_002);
        assertThat(database.jdbc()
                        .sql("select count(distinct xmin::text) from billing.stripe_events")
                        .query(Integer.class)
                        .single())
                .isEqualTo(2 + 4);
    }

    @Test
    void an_event_that_the_database_cannot_store_holds_back_no_other() throws Exception {
        var before = sendAll(100, "{}");
        var bad = send("evt_bad", "\u0000");
        var after = send("evt_z", "{}");
        unblock();

        assertThat(before).allSatisfy(answer -> assertThat(answer.join()).isEqualTo("stored"));
        assertThat(bad.join()).contains("did not store the event");
        assertThat(after.join()).isEqualTo("stored");
        assertThat(ids()).hasSize(101).doesNotContain("evt_bad");
    }

    @Test
    void more_than_the_capacity_is_rejected_at_once() throws Exception {
        var answers = sendAll(4_000, "{}");

        await().until(() -> answers.stream().filter(CompletableFuture::isDone).count() > 1_000);
        unblock();

        assertThat(answers.stream().map(CompletableFuture::join).distinct())
                .containsExactlyInAnyOrder("stored", "too many events are waiting");
        assertThat(ids()).hasSize((int) answers.stream()
                .filter(answer -> answer.join().equals("stored"))
                .count());
    }

    @Test
    void an_outage_fails_all_waiting_requests() throws Exception {
        var waiting = sendAll(1_000, "{}");
        await().until(this::bothWritersWait);
        database.refuseWhen(() -> true);
        try (var other = database.pool().getConnection();
                var statement = other.createStatement()) {
            statement.execute("""
                    select pg_terminate_backend(pid) from pg_stat_activity
                    where datname = current_database() and query like '%unnest%' and pid <> pg_backend_pid()
                    """);
        }

        assertThat(waiting).allSatisfy(answer -> assertThat(answer.join()).contains("did not store the event"));
        unblock();
        database.refuseWhen(() -> false);
        assertThat(send("evt_later", "{}").join()).isEqualTo("stored");
    }

    @Test
    void health_is_down_while_events_cannot_be_stored_and_up_again_without_another() throws Exception {
        unblock();
        database.refuseWhen(() -> true);
        assertThat(send("evt_1", "{}").join()).contains("did not store the event");

        nanos.addAndGet(Duration.ofSeconds(31).toNanos());

        var health = new LoopHealth(inbox.loops());
        assertThat(health.health().getStatus()).isEqualTo(Status.DOWN);
        assertThat(health.health().getDetails().values())
                .allSatisfy(reason -> assertThat(reason).asString().startsWith("failing for 31 s: "));

        database.refuseWhen(() -> false);
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(health.health().getStatus()).isEqualTo(Status.UP));
    }

    @Test
    void health_is_down_while_a_writer_hangs() {
        sendAll(10, "{}");
        await().until(this::aWriterWaits);

        nanos.addAndGet(Duration.ofSeconds(31).toNanos());

        var health = new LoopHealth(inbox.loops()).health();
        assertThat(health.getStatus()).isEqualTo(Status.DOWN);
        assertThat(health.getDetails()).containsValue("no progress for 31 s");
    }

    private List<CompletableFuture<String>> sendAll(int count, String payload) {
        return IntStream.range(0, count)
                .mapToObj(i -> send("evt_" + i, payload))
                .toList();
    }

    private CompletableFuture<String> send(String id, String payload) {
        var event = new StripeEvent(id, "invoice.paid", 1_790_000_000, "in_1", "cus_1", payload);
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        inbox.store(event);
                        return "stored";
                    } catch (Inbox.NotStored e) {
                        return String.valueOf(e.getMessage());
                    }
                },
                requests);
    }

    private boolean bothWritersWait() {
        return waiters() == 2;
    }

    private boolean aWriterWaits() {
        return waiters() > 0;
    }

    private int waiters() {
        return database.jdbc()
                .sql("select count(*) from pg_stat_activity where datname = current_database()"
                        + " and wait_event_type = 'Lock'")
                .query(Integer.class)
                .single();
    }

    private List<String> ids() {
        return database.jdbc()
                .sql("select id from billing.stripe_events")
                .query(String.class)
                .list();
    }
}
