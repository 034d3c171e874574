package io.growalert.dispatcher.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.growalert.dispatcher.AlertEvents;
import io.growalert.dispatcher.handler.Answered;
import io.growalert.dispatcher.handler.Outcome;
import io.growalert.dispatcher.history.AttemptList;
import io.growalert.dispatcher.history.ReceiverActivity;
import io.growalert.events.Ids;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AttemptsTest {
    private static final AlertEvents CO2 = AlertEvents.of("room-co2", "ops");
    private static final String DELIVERY = Ids.delivery(CO2.firing(0).id(), "ops");
    private static final Backoff BACKOFF = new Backoff(Duration.ofMillis(2), Duration.ofMillis(20), new Random(1));

    @TempDir
    Path folder;

    private NotifierBench bench;

    @BeforeEach
    void open() {
        bench = new NotifierBench(folder, "ops: {fake: {timeout: 200ms}}");
    }

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void every_attempt_of_the_loop_is_stored_with_its_outcome_and_duration() {
        var calls = new AtomicInteger();
        bench.scripts.put("ops", _ -> switch (calls.incrementAndGet()) {
            case 1 -> new Outcome.Retry("HTTP 503");
            case 2 -> throw new IllegalStateException("broken");
            default -> new Outcome.Delivered("HTTP 200");
        });
        bench.accept(CO2.firing(0));

        try (var _ = bench.running("one:run")) {
            await().until(() -> bench.count("delivered") == 1);
        }

        assertThat(attempts()).extracting(AttemptList.Entry::outcome).containsExactly("delivered", "retry", "retry");
        assertThat(attempts()).extracting(AttemptList.Entry::attempt).containsExactly(3, 2, 1);
        assertThat(attempts()).allSatisfy(entry -> {
            assertThat(entry.durationMs()).isBetween(0L, 60_000L);
            assertThat(entry.startedAt()).isBetween(Instant.now().minusSeconds(300), Instant.now());
        });
    }

    @Test
    void an_attempt_has_the_receivers_status_and_answer() {
        bench.accept(CO2.firing(0));

        finish("me", new Answered(new Outcome.Rejected("HTTP 410"), 410, "gone\0away"));

        assertThat(attempts()).singleElement().satisfies(entry -> {
            assertThat(entry.outcome()).isEqualTo("rejected");
            assertThat(entry.status()).isEqualTo(410);
            assertThat(entry.answer()).isEqualTo("gone away");
            assertThat(entry.reason()).isEqualTo("HTTP 410");
        });
        assertThat(new ReceiverActivity(bench.jdbc, "me").read(List.of("ops")))
                .singleElement()
                .satisfies(receiver -> {
                    assertThat(receiver.parked()).isOne();
                    assertThat(receiver.lastFailure()).isNotNull();
                    assertThat(receiver.lastError()).isEqualTo("HTTP 410");
                });
    }

    @Test
    void an_attempt_whose_lease_expired_is_not_stored() {
        bench.accept(CO2.firing(0));

        finish("another", new Answered(new Outcome.Delivered("HTTP 200"), 200, null));

        assertThat(attempts()).isEmpty();
        assertThat(bench.states()).containsExactly("pending");
    }

    @Test
    void a_redriven_delivery_continues_its_attempts() {
        bench.accept(CO2.firing(0));
        finish("me", new Answered(new Outcome.Rejected("HTTP 410"), 410, null));
        bench.redrive.redrive(DELIVERY, false);

        finish("me", new Answered(new Outcome.Delivered("HTTP 200"), 200, null));

        assertThat(attempts()).extracting(AttemptList.Entry::attempt).containsExactly(2, 1);
    }

    @Test
    void attempts_are_deleted_with_their_incident() {
        bench.accept(CO2.firing(0), CO2.resolved(0));
        finish("me", new Answered(new Outcome.Delivered("HTTP 200"), 200, null));
        finish("me", new Answered(new Outcome.Delivered("HTTP 200"), 200, null));
        assertThat(stored()).isEqualTo(2);

        var later = Instant.now().plus(Duration.ofDays(2));
        new IncidentRetention(bench.jdbc, bench.database.transaction(), () -> later, Duration.ofDays(1), 10)
                .deleteBatch();

        assertThat(stored()).isZero();
    }

    @Test
    void attempts_are_listed_page_by_page() {
        bench.accept(CO2.firing(0));
        for (int i = 0; i < 5; i++) {
            finish("me", new Answered(new Outcome.Retry("HTTP 503"), 503, null));
            bench.jdbc.sql("update dispatcher.deliveries set due_at = now()").update();
        }
        var list = new AttemptList(bench.jdbc);
        var seen = new ArrayList<Integer>();

        var page = list.of(DELIVERY, null, 2).orElseThrow();
        page.rows().forEach(entry -> seen.add(entry.attempt()));
        while (page.next().isPresent()) {
            page = list.of(DELIVERY, page.next().get(), 2).orElseThrow();
            page.rows().forEach(entry -> seen.add(entry.attempt()));
        }

        assertThat(seen).containsExactly(5, 4, 3, 2, 1);
        assertThat(list.of("unknown", null, 2)).isEmpty();
    }

    private void finish(String owner, Answered answered) {
        var claims = bench.deliveries.claim("me", List.of(bench.room("ops")));
        bench.deliveries.record(
                owner,
                claims.stream()
                        .map(claim -> Verdict.of(claim, answered.outcome(), Duration.ofHours(1), BACKOFF)
                                .with(AttemptTable.Row.of(System.nanoTime(), answered)))
                        .toList());
    }

    private List<AttemptList.Entry> attempts() {
        return new AttemptList(bench.jdbc).of(DELIVERY, null, 100).orElseThrow().rows();
    }

    private int stored() {
        return bench.jdbc
                .sql("select count(*) from dispatcher.attempts")
                .query(Integer.class)
                .single();
    }
}
