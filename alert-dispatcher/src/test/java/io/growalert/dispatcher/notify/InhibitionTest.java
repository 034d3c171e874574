package io.growalert.dispatcher.notify;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.dispatcher.AlertEvents;
import io.growalert.dispatcher.handler.Outcome;
import io.growalert.dispatcher.silence.MonitorMute;
import io.growalert.dispatcher.silence.Silence;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InhibitionTest {
    private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");
    private static final String RULE = """
            inhibit:
              - {source: ["monitor=uplink"], target: ["monitor=~room-.*"], equal: [hall]}
            """;
    private static final AlertEvents UPLINK = AlertEvents.of("uplink", "ops").withSeries(Map.of("hall", "a"));
    private static final AlertEvents ROOM =
            AlertEvents.of("room-co2", "ops").withSeries(Map.of("hall", "a", "room", "1"));
    private static final AlertEvents OTHER_HALL =
            AlertEvents.of("room-co2", "ops").withSeries(Map.of("hall", "b", "room", "1"));

    @TempDir
    Path folder;

    private NotifierBench bench;

    @BeforeEach
    void openBench() {
        bench = new NotifierBench(folder, "ops: {fake: {}}");
        bench.now.set(NOON);
        bench.defineSilences(RULE);
    }

    @AfterEach
    void closeBench() {
        bench.close();
    }

    @Test
    void a_firing_alert_holds_others_with_equal_labels_until_it_is_resolved() {
        bench.accept(UPLINK.firing(0));
        bench.accept(ROOM.firing(0), OTHER_HALL.firing(0));

        assertThat(bench.states()).containsExactly("pending", "held", "pending");
        assertThat(bench.silences.list(null)).singleElement().satisfies(silence -> {
            assertThat(silence.origin()).isEqualTo(Silence.Origin.INHIBITION);
            assertThat(silence.matchers()).containsExactly("monitor=~room-.*", "hall=a");
            assertThat(silence.endsAt()).isNull();
            assertThat(bench.silences.held(silence.id())).isOne();
        });

        bench.accept(UPLINK.resolved(0));
        bench.upkeep().tidy();

        assertThat(bench.states()).containsExactly("pending", "pending", "pending", "pending");
        assertThat(bench.silences.list(null)).isEmpty();
    }

    @Test
    void what_starts_and_ends_while_it_is_inhibited_is_not_notified() {
        bench.accept(UPLINK.firing(0));
        bench.accept(ROOM.firing(0));

        // in one batch
        bench.accept(UPLINK.resolved(0), ROOM.resolved(0));

        bench.upkeep().tidy();
        assertThat(bench.states()).containsExactly("pending", "muted", "pending", "muted");
    }

    @Test
    void what_was_notified_before_is_reported_resolved_at_the_end() {
        bench.accept(ROOM.firing(0));
        bench.finish("ops", new Outcome.Delivered("ok"));
        bench.accept(UPLINK.firing(0));
        bench.accept(ROOM.reminder(0, 1), ROOM.resolved(0));
        assertThat(bench.states()).containsExactly("delivered", "pending", "muted", "held");

        bench.accept(UPLINK.resolved(0));
        bench.upkeep().tidy();

        assertThat(bench.states()).containsExactly("delivered", "pending", "muted", "pending", "pending");
    }

    @Test
    void what_is_queued_or_arrives_in_the_same_batch_is_held() {
        var second = ROOM.withSeries(Map.of("hall", "a", "room", "2"));
        bench.accept(ROOM.firing(0));

        bench.accept(second.firing(0), UPLINK.firing(0));

        assertThat(bench.states()).containsExactly("held", "held", "pending");
    }

    @Test
    void an_alert_does_not_inhibit_itself() {
        bench.defineSilences("""
                inhibit:
                  - {source: ["status=FAILED", "hall=a"], target: ["hall=a"]}
                """);
        bench.accept(UPLINK.firing(0));
        bench.accept(UPLINK.reminder(0, 1), UPLINK.resolved(0));

        // the reminder is superseded by the resolution, not dropped
        assertThat(bench.states()).containsExactly("pending", "superseded", "pending");
    }

    @Test
    void alerts_that_match_both_sides_do_not_inhibit_each_other() {
        bench.defineSilences("""
                inhibit:
                  - {source: ["status=FAILED"], target: ["status=~FAILED|PASSED"], equal: [hall]}
                """);
        bench.accept(UPLINK.firing(0));
        bench.accept(ROOM.firing(0));

        assertThat(bench.states()).containsExactly("pending", "pending");
    }

    @Test
    void an_absent_label_equals_an_absent_label() {
        bench.defineSilences("""
                inhibit:
                  - {source: ["monitor=uplink"], target: ["monitor=~room-.*"], equal: [floor]}
                """);
        bench.accept(UPLINK.firing(0));
        bench.accept(ROOM.firing(0));
        bench.accept(ROOM.withSeries(Map.of("floor", "2")).firing(0));

        assertThat(bench.states()).containsExactly("pending", "held", "pending");
    }

    @Test
    void a_value_that_no_matcher_can_have_inhibits_nothing_and_stops_nothing() {
        bench.accept(UPLINK.withSeries(Map.of("hall", " a ")).firing(0));
        bench.accept(UPLINK.withSeries(Map.of("hall", "x".repeat(1_001))).firing(0));

        assertThat(bench.states()).containsExactly("pending", "pending");
        assertThat(bench.silences.list(null)).isEmpty();
    }

    @Test
    void a_silenced_alert_inhibits_too() {
        bench.silences.mute(new MonitorMute("uplink", NOON.plusSeconds(60), "work"), "operator");

        bench.accept(UPLINK.firing(0));
        bench.accept(ROOM.firing(0));

        assertThat(bench.states()).containsExactly("held", "held");
    }

    @Test
    void a_repeated_firing_of_an_incident_that_is_over_inhibits_nothing() {
        bench.accept(UPLINK.firing(0));
        bench.accept(UPLINK.resolved(0));
        bench.upkeep().tidy();

        bench.accept(UPLINK.firing(0));
        bench.accept(ROOM.firing(0));

        assertThat(bench.states()).containsExactly("pending", "pending", "pending");
    }

    @Test
    void a_removed_rule_ends_its_inhibitions_and_a_new_one_applies_to_open_incidents() {
        bench.accept(UPLINK.firing(0));
        bench.accept(ROOM.firing(0));
        assertThat(bench.states()).containsExactly("pending", "held");

        bench.defineSilences("inhibit: []");
        assertThat(bench.states()).containsExactly("pending", "pending");

        bench.defineSilences(RULE + "silences: []\n");
        assertThat(bench.states()).containsExactly("pending", "held");
    }

    @Test
    void a_changed_file_with_the_same_rule_releases_nothing() {
        bench.accept(UPLINK.firing(0));
        bench.accept(ROOM.firing(0));

        bench.defineSilences(RULE + "  - {source: [\"monitor=gateway\"], target: [\"hall=a\"]}\n");

        bench.accept(ROOM.resolved(0));
        assertThat(bench.states()).containsExactly("pending", "muted", "muted");
    }

    @Test
    void an_inhibition_can_be_ended_by_hand_and_does_not_begin_again() {
        bench.accept(UPLINK.firing(0));
        bench.accept(ROOM.firing(0));

        bench.silences.end(bench.silences.list(null).getFirst().id());
        bench.defineSilences(RULE + "silences: []\n");

        assertThat(bench.states()).containsExactly("pending", "pending");
        bench.accept(OTHER_HALL.firing(0), UPLINK.reminder(0, 1));
        assertThat(bench.silences.list(null)).isEmpty();
    }
}
