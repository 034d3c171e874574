package io.growalert.dispatcher.notify;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.dispatcher.AlertEvents;
import io.growalert.dispatcher.handler.Outcome;
import io.growalert.events.Ids;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A refusal that a change on the receiver's side may end. */
class RefusedDeliveryTest {
    private static final AlertEvents CO2 = AlertEvents.of("room-co2", "ops");
    private static final String DELIVERY = Ids.delivery(CO2.firing(0).id(), "ops");
    private static final Outcome REFUSED = new Outcome.Refused("HTTP 401", Optional.empty());

    @TempDir
    Path folder;

    private NotifierBench bench;

    @BeforeEach
    void openBench() {
        bench = new NotifierBench(folder, "ops: {fake: {}}");
        bench.accept(CO2.firing(0));
    }

    @AfterEach
    void closeBench() {
        bench.close();
    }

    @Test
    void is_retried_and_the_next_attempt_may_be_accepted() {
        attempt(REFUSED);
        assertThat(bench.states()).containsExactly("pending");

        attempt(new Outcome.Delivered("HTTP 200"));

        assertThat(bench.states()).containsExactly("delivered");
    }

    @Test
    void is_parked_ten_minutes_after_the_first() {
        attempt(REFUSED);
        refusedFor("9 minutes 50 seconds");
        attempt(REFUSED);
        assertThat(bench.states()).containsExactly("pending");

        refusedFor("10 minutes");
        attempt(REFUSED);

        assertThat(bench.states()).containsExactly("parked");
        assertThat(bench.detail(DELIVERY)).contains("refused for 10 minutes").contains("HTTP 401");
    }

    @Test
    void is_attempted_once_more_when_the_ten_minutes_end() {
        attempt(new Outcome.Refused("HTTP 403", Optional.of(java.time.Duration.ofHours(1))));

        assertThat(bench.jdbc
                        .sql("select due_at = refused_since + interval '10 minutes' from dispatcher.deliveries")
                        .query(Boolean.class)
                        .single())
                .isTrue();
    }

    @Test
    void starts_again_after_a_failure_of_another_kind() {
        attempt(REFUSED);
        refusedFor("9 minutes 50 seconds");
        attempt(new Outcome.Retry("HTTP 503"));
        attempt(REFUSED);

        assertThat(bench.jdbc
                        .sql("select refused_since > now() - interval '1 minute' from dispatcher.deliveries")
                        .query(Boolean.class)
                        .single())
                .isTrue();
    }

    private void attempt(Outcome outcome) {
        bench.jdbc.sql("update dispatcher.deliveries set due_at = now()").update();
        bench.finish("ops", outcome);
    }

    private void refusedFor(String time) {
        bench.jdbc
                .sql("update dispatcher.deliveries set refused_since = now() - :time::interval")
                .param("time", time)
                .update();
    }
}
