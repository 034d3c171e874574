package io.growalert.dispatcher.notify;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.dispatcher.AlertEvents;
import io.growalert.dispatcher.silence.Silence;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MaintenanceWindowTest {
    private static final AlertEvents CO2 = AlertEvents.of("room-co2", "ops");
    private static final String WINDOW = """
            silences:
              - {matchers: ["room=office"], days: [tue], from: "13:00", to: "14:00", zone: UTC, comment: watering}
            """;
    /** A Tuesday. */
    private static final Instant START = Instant.parse("2026-11-24T13:00:00Z");

    private static final Instant END = Instant.parse("2026-11-24T14:00:00Z");

    @TempDir
    Path folder;

    private NotifierBench bench;

    @BeforeEach
    void openBench() {
        bench = new NotifierBench(folder, "ops: {fake: {}}");
        bench.now.set(START.minusSeconds(1));
        bench.defineSilences(WINDOW);
    }

    @AfterEach
    void closeBench() {
        bench.close();
    }

    @Test
    void a_recurring_window_holds_from_its_start_to_its_end_each_time() {
        bench.accept(CO2.firing(0));
        at(START.minusSeconds(1));
        assertThat(bench.states()).containsExactly("pending");

        at(START);
        assertThat(bench.states()).containsExactly("held");
        assertThat(bench.silences.list(null)).singleElement().satisfies(silence -> {
            assertThat(silence.origin()).isEqualTo(Silence.Origin.WINDOW);
            assertThat(silence.startsAt()).isEqualTo(START);
            assertThat(silence.endsAt()).isEqualTo(END);
            assertThat(silence.comment()).isEqualTo("watering");
        });
        at(END.minusMillis(1));
        assertThat(bench.states()).containsExactly("held");
        at(END);
        assertThat(bench.states()).containsExactly("pending");

        at(START.plusSeconds(7 * 86_400));
        assertThat(bench.states()).containsExactly("held");
        assertThat(bench.silences.list(Silence.State.ENDED)).hasSize(1);
    }

    @Test
    void an_occurrence_that_is_ended_by_hand_does_not_begin_again() {
        at(START);
        bench.accept(CO2.firing(0));

        bench.silences.end(bench.silences.list(null).getFirst().id());
        at(START.plusSeconds(60));

        assertThat(bench.states()).containsExactly("pending");
        assertThat(bench.silences.list(null)).isEmpty();
    }

    @Test
    void a_window_that_is_removed_from_the_files_ends() {
        at(START);
        bench.accept(CO2.firing(0));

        bench.defineSilences("silences: []");

        assertThat(bench.states()).containsExactly("pending");
    }

    @Test
    void a_window_that_is_changed_in_the_files_releases_nothing_that_it_still_holds() {
        at(START);
        bench.accept(CO2.firing(0));

        bench.defineSilences(WINDOW.replace("watering", "cleaning"));

        bench.accept(CO2.resolved(0));
        assertThat(bench.states()).containsExactly("muted", "muted");
    }

    @Test
    void files_that_are_wrong_change_nothing() {
        at(START);
        bench.accept(CO2.firing(0));

        bench.defineSilences("silences: [{matchers: [\"room=office\"]}]");

        assertThat(bench.states()).containsExactly("held");
    }

    private void at(Instant instant) {
        bench.now.set(instant);
        bench.upkeep().tidy();
    }
}
