package io.growalert.dispatcher.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.dispatcher.TestDatabase;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.jdbc.core.simple.JdbcClient;

/** 100,000 delivered deliveries, and a few of each receiver that are not. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReceiverActivityTest {
    private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");

    private final TestDatabase database = TestDatabase.migrated();
    private final JdbcClient jdbc = database.jdbc();
    private final ReceiverActivity activity = new ReceiverActivity(jdbc, "here");

    @BeforeAll
    void fill() {
        jdbc.sql("""
                insert into dispatcher.alert_events (id, alert_id, incident_id, monitor_id, type, slot, body)
                values ('e', 'a', 'i', 'room-co2', 'firing', now(), '{}')
                """).update();
        deliveries("busy", "delivered", 100_000);
        deliveries("busy", "pending", 3);
        deliveries("busy", "held", 2);
        deliveries("broken", "pending", 1);
        deliveries("removed", "parked", 4);
        jdbc.sql("""
                insert into dispatcher.attempts (delivery_id, attempt, receiver, started_at, duration_ms, outcome, status, answer)
                select id, 1, receiver, '2026-11-24T11:00:00Z', 20, 'delivered', 200, 'ok'
                from dispatcher.deliveries where state = 'delivered'
                """).update();
        attempt("busy-delivered-1", 2, "busy", "2026-11-24T12:00:00Z", "delivered", "ok", null);
        attempt("busy-pending-1", 1, "busy", "2026-11-24T11:30:00Z", "retry", "slow down", "HTTP 429");
        attempt("broken-pending-1", 1, "broken", "2026-11-24T11:00:00Z", "refused", null, "HTTP 401");
        attempt("broken-pending-1", 2, "broken", "2026-11-24T12:00:00Z", "retry", null, "timed out after PT10S");
        // stored by the previous version
        attempt("removed-parked-1", 1, "removed", "2026-11-24T12:00:00Z", "rejected", "gone", null);
        instance("here", "{busy}", "1 minute");
        instance("there", "{broken}", "1 minute");
        instance("stopped", "{quiet}", "-1 minute");
        jdbc.sql("analyze dispatcher.deliveries, dispatcher.attempts").update();
    }

    private void deliveries(String receiver, String state, int count) {
        jdbc.sql("""
                insert into dispatcher.deliveries (id, event_id, sequence, alert_id, incident_id, monitor_id, receiver, state)
                select :receiver || '-' || :state || '-' || n, 'e', n, 'a' || n, 'i', 'room-co2', :receiver, :state
                from generate_series(1, :count) as n
                """)
                .param("receiver", receiver)
                .param("state", state)
                .param("count", count)
                .update();
    }

    private void attempt(
            String delivery,
            int number,
            String receiver,
            String at,
            String outcome,
            @Nullable String answer,
            @Nullable String reason) {
        jdbc.sql("""
                insert into dispatcher.attempts
                       (delivery_id, attempt, receiver, started_at, duration_ms, outcome, answer, reason)
                values (:delivery, :number, :receiver, :at::timestamptz, 20, :outcome, :answer, :reason)
                """)
                .param("delivery", delivery)
                .param("number", number)
                .param("receiver", receiver)
                .param("at", at)
                .param("outcome", outcome)
                .param("answer", answer)
                .param("reason", reason)
                .update();
    }

    private void instance(String id, String failing, String left) {
        jdbc.sql("""
                insert into dispatcher.instances (id, receivers, failing, live_until)
                values (:id, '{}', :failing::text[], now() + :left::interval)
                """)
                .param("id", id)
                .param("failing", failing)
                .param("left", left)
                .update();
    }

    @AfterAll
    void close() {
        database.close();
    }

    @Test
    void each_receiver_has_its_counts_and_the_end_of_its_last_attempts() {
        assertThat(activity.read(List.of("quiet", "busy", "broken")))
                .containsExactly(
                        new ReceiverActivity.Entry(
                                "broken", 1, 0, 0, true, null, NOON.plusMillis(20), "timed out after PT10S"),
                        new ReceiverActivity.Entry(
                                "busy",
                                3,
                                2,
                                0,
                                false,
                                NOON.plusMillis(20),
                                NOON.minusSeconds(1_800).plusMillis(20),
                                "HTTP 429"),
                        new ReceiverActivity.Entry("quiet", 0, 0, 0, false, null, null, null),
                        new ReceiverActivity.Entry("removed", 0, 0, 4, false, null, NOON.plusMillis(20), "gone"));
    }

    @Test
    void finished_deliveries_and_their_attempts_are_not_scanned() {
        var plan = jdbc.sql("explain " + ReceiverActivity.READ)
                .param("instance", "here")
                .param("defined", new String[] {"busy", "quiet"})
                .query(String.class)
                .list();

        assertThat(plan).noneMatch(line -> line.contains("Seq Scan on deliveries"));
        assertThat(plan).noneMatch(line -> line.contains("Seq Scan on attempts"));
    }
}
