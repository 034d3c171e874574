package io.growalert.dispatcher.notify;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.dispatcher.silence.Silence;
import io.growalert.evaluation.match.Matcher;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Escalations that silences and hours postpone. */
class HeldEscalationsTest extends EscalationFixture {
    @Test
    void a_silence_in_force_postpones_the_step_until_its_time_after_the_end() {
        bench = routed("routes: {receiver: ops, escalate: [{after: 10m, receivers: [boss]}]}\n");
        bench.accept(CO2.firing(0));
        deliver("ops");
        silence(NOON.plus(Duration.ofMinutes(20)));

        at(
                Duration.ofMinutes(10),
                Duration.ofMinutes(29),
                Duration.ofMinutes(30).minusMillis(1));
        assertThat(notified()).containsExactly("ops");
        at(Duration.ofMinutes(30));
        assertThat(notified()).containsExactly("ops", "boss 1");
    }

    @Test
    void the_time_begins_when_the_firing_that_a_silence_held_is_notified() {
        bench = routed(TWO_STEPS);
        var silence = silence(NOON.plus(Duration.ofHours(8)));
        bench.accept(CO2.firing(0));
        at(Duration.ofMinutes(4), Duration.ofMinutes(5));
        bench.silences.end(silence.id());
        at(Duration.ofMinutes(5));
        deliver("ops");

        at(Duration.ofMinutes(15).minusMillis(1));
        assertThat(notified()).containsExactly("ops");
        at(Duration.ofMinutes(15));
        assertThat(notified()).containsExactly("ops", "boss 1");
    }

    @Test
    void the_time_begins_when_the_firing_is_released_although_the_silence_ended_while_no_instance_ran() {
        bench = routed(TWO_STEPS);
        silence(NOON.plus(Duration.ofMinutes(1)));
        bench.accept(CO2.firing(0));

        at(Duration.ofHours(2));
        assertThat(notified()).containsExactly("ops");
        deliver("ops");
        at(Duration.ofHours(2).plusMinutes(10).minusMillis(1));
        assertThat(notified()).containsExactly("ops");
        at(Duration.ofHours(2).plusMinutes(10));

        assertThat(notified()).containsExactly("ops", "boss 1");
    }

    @Test
    void the_time_begins_when_the_firing_is_released_although_the_mute_interval_ended_while_no_instance_ran() {
        bench = routed("""
                routes:
                  receiver: ops
                  mute: [{from: "11:55", to: "12:05", zone: UTC}]
                  escalate: [{after: 10m, receivers: [boss]}]
                """);
        bench.accept(CO2.firing(0));
        at(Duration.ofMinutes(1));

        at(Duration.ofHours(2));
        assertThat(notified()).containsExactly("ops");
        deliver("ops");
        at(Duration.ofHours(2).plusMinutes(10).minusMillis(1));
        assertThat(notified()).containsExactly("ops");
        at(Duration.ofHours(2).plusMinutes(10));

        assertThat(notified()).containsExactly("ops", "boss 1");
    }

    @Test
    void outside_of_its_hours_a_branch_does_not_escalate() {
        bench = routed("""
                routes:
                  receiver: ops
                  mute: [{from: "12:05", to: "14:00", zone: UTC}]
                  escalate: [{after: 10m, receivers: [boss]}]
                """);
        bench.accept(CO2.firing(0));
        deliver("ops");

        at(Duration.ofMinutes(10), Duration.ofMinutes(120), Duration.ofMinutes(129));
        assertThat(notified()).containsExactly("ops");
        at(Duration.ofMinutes(130));
        assertThat(notified()).containsExactly("ops", "boss 1");
    }

    @Test
    void a_step_that_a_changed_silence_no_longer_postpones_waits_from_now_on() {
        bench = routed("routes: {receiver: ops, escalate: [{after: 10m, receivers: [boss]}]}\n");
        bench.accept(CO2.firing(0));
        deliver("ops");
        var end = Instant.parse("9999-12-31T23:59:59Z");
        var silence = silence(end);
        at(Duration.ofMinutes(10));
        bench.silences.change(silence.id(), new Silence.Terms(List.of(Matcher.of("room=lab")), null, end, "cleaning"));

        at(Duration.ofMinutes(11), Duration.ofMinutes(20));
        assertThat(notified()).containsExactly("ops");
        at(Duration.ofMinutes(21));

        assertThat(notified()).containsExactly("ops", "boss 1");
    }

    @Test
    void changed_hours_that_no_longer_postpone_a_step_let_it_wait_from_now_on() {
        var night = "  mute: [{from: \"12:05\", to: \"14:00\", zone: UTC}]\n";
        var routes = "routes:\n  receiver: ops\n  escalate: [{after: 10m, receivers: [boss]}]\n";
        bench = routed(routes + night);
        bench.accept(CO2.firing(0));
        deliver("ops");
        at(Duration.ofMinutes(10));
        bench.defineFile(file(routes));

        at(Duration.ofMinutes(11), Duration.ofMinutes(21));

        assertThat(notified()).containsExactly("ops", "boss 1");
    }
}
