package io.growalert.dispatcher.notify;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.dispatcher.AlertEvents;
import io.growalert.dispatcher.handler.Outcome;
import io.growalert.dispatcher.silence.MonitorMute;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MuteTest {
    private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");
    private static final Instant ONE = Instant.parse("2026-11-24T13:00:00Z");
    private static final AlertEvents CO2 = AlertEvents.of("room-co2", "ops");

    @TempDir
    Path folder;

    private NotifierBench bench;

    @BeforeEach
    void openBench() {
        bench = new NotifierBench(folder, "ops: {fake: {}}", "dead: {fake: {}}");
    }

    @AfterEach
    void closeBench() {
        bench.close();
    }

    @Test
    void an_incident_that_outlives_the_mute_is_delivered_when_the_mute_ends() {
        mute();

        bench.accept(CO2.firing(0));

        assertThat(bench.states()).containsExactly("held");
        afterTheMute();
        assertThat(bench.states()).containsExactly("pending");
    }

    @Test
    void an_incident_that_starts_and_ends_inside_the_mute_is_not_delivered() {
        mute();

        bench.accept(CO2.firing(0));
        bench.accept(CO2.resolved(0));

        afterTheMute();
        assertThat(bench.states()).containsExactly("muted", "muted");
    }

    @Test
    void an_incident_that_starts_and_ends_inside_the_mute_is_not_delivered_even_when_both_arrive_together() {
        mute();

        bench.accept(CO2.firing(0), CO2.reminder(0, 1), CO2.resolved(0), CO2.firing(1));

        assertThat(bench.states()).containsExactly("muted", "muted", "muted", "held");
    }

    @Test
    void the_end_of_an_incident_that_was_delivered_before_the_mute_is_delivered_when_the_mute_ends() {
        bench.accept(CO2.firing(0));
        bench.finish("ops", new Outcome.Delivered("ok"));
        mute();

        bench.accept(CO2.reminder(0, 1), CO2.resolved(0));

        assertThat(bench.states()).containsExactly("delivered", "muted", "held");
        afterTheMute();
        assertThat(bench.states()).containsExactly("delivered", "muted", "pending");
    }

    @Test
    void nothing_is_released_while_the_mute_lasts() {
        mute();
        bench.accept(CO2.firing(0));

        bench.now.set(ONE.minusMillis(1));
        bench.upkeep().tidy();

        assertThat(bench.states()).containsExactly("held");
    }

    @Test
    void an_early_end_releases_at_once() {
        mute();
        bench.accept(CO2.firing(0));

        assertThat(bench.silences.unmute("room-co2")).isPresent();

        assertThat(bench.states()).containsExactly("pending");
        assertThat(bench.silences.unmute("room-co2")).isEmpty();
    }

    @Test
    void other_monitors_are_delivered_unchanged() {
        mute();

        bench.accept(AlertEvents.of("room-temperature", "ops").firing(0));

        assertThat(bench.states()).containsExactly("pending");
    }

    @Test
    void what_arrives_after_the_mute_waits_for_what_it_held() {
        mute();
        bench.accept(CO2.firing(0));
        bench.now.set(ONE);

        bench.accept(CO2.resolved(0));

        var room = bench.room("ops");
        assertThat(bench.states()).containsExactly("held", "pending");
        assertThat(bench.deliveries.claim("me", List.of(room))).isEmpty();
        bench.upkeep().tidy();
        assertThat(bench.deliveries.claim("me", List.of(room)))
                .singleElement()
                .satisfies(claim -> assertThat(claim.body()).contains("\"firing\""));
    }

    @Test
    void what_is_queued_when_the_mute_begins_is_held_until_it_ends() {
        bench.accept(CO2.firing(0));
        bench.accept(AlertEvents.of("room-temperature", "ops").firing(0));

        mute();

        assertThat(bench.states()).containsExactly("held", "pending");
        afterTheMute();
        assertThat(bench.states()).containsExactly("pending", "pending");
    }

    @Test
    void what_is_in_flight_when_the_mute_begins_is_not_held_unless_it_fails() {
        bench.accept(CO2.firing(0));
        var claims = bench.deliveries.claim("me", List.of(bench.room("ops")));

        mute();

        assertThat(bench.states()).containsExactly("pending");
        bench.finish(claims, new Outcome.Retry("HTTP 503"));
        assertThat(bench.states()).containsExactly("held");
    }

    @Test
    void what_is_queued_before_the_mute_and_ends_inside_is_not_dropped() {
        bench.accept(CO2.firing(0));
        mute();

        bench.accept(CO2.resolved(0));

        assertThat(bench.states()).containsExactly("held", "held");
    }

    @Test
    void the_end_of_an_incident_is_delivered_to_a_receiver_that_may_have_been_notified_of_it() {
        bench.accept(CO2.firing(0));
        var claims = bench.deliveries.claim("me", List.of(bench.room("ops")));
        mute();
        bench.finish(claims, new Outcome.Retry("no answer in time"));

        bench.accept(CO2.resolved(0));

        assertThat(bench.states()).containsExactly("held", "held");
    }

    @Test
    void a_firing_that_was_queued_before_the_mute_is_dropped_for_no_receiver() {
        var both = AlertEvents.of("room-co2", "ops", "dead");
        bench.accept(both.firing(0));
        bench.finish("ops", new Outcome.Delivered("ok"));
        mute();

        bench.accept(both.resolved(0));

        // dead and ops of the firing, then of its end
        assertThat(bench.states()).containsExactly("held", "delivered", "held", "held");
    }

    private void mute() {
        bench.now.set(NOON);
        bench.silences.mute(new MonitorMute("room-co2", ONE, "cleaning"), "operator");
    }

    private void afterTheMute() {
        bench.now.set(ONE);
        bench.upkeep().tidy();
    }
}
