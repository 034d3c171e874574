package io.growalert.dispatcher.state;

import static io.growalert.dispatcher.state.ExampleMonitor.MONITOR;
import static io.growalert.dispatcher.state.ExampleMonitor.error;
import static io.growalert.dispatcher.state.ExampleMonitor.monitor;
import static io.growalert.dispatcher.state.ExampleMonitor.policy;
import static io.growalert.dispatcher.state.ExampleMonitor.room;
import static io.growalert.dispatcher.state.ExampleMonitor.run;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.evaluation.alert.Absence;
import io.growalert.evaluation.alert.AlertState;
import io.growalert.evaluation.alert.CompiledDefinition;
import io.growalert.evaluation.alert.Listening;
import io.growalert.evaluation.alert.MonitorState;
import io.growalert.evaluation.alert.SavedAlert;
import io.growalert.evaluation.alert.Summary;
import io.growalert.events.AlertEvent;
import io.growalert.events.Ids;
import io.growalert.events.Status;
import io.growalert.events.Threshold;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What the version before generations of a clock stored, as it stands in the stores of its users. */
class StoredStateTest {
    private static final String FIRING = """
            {"series":{"room":"r1"},"state":{"is":"firing","since":"2026-11-24T07:00:00Z","told":"2026-11-24T07:00:00Z",\
            "status":"FAILED","passes":1},"changed":"2026-11-24T07:00:10Z"}""";
    private static final String FAILING = """
            {"series":{"room":"r2"},"state":{"is":"failing","count":2,"since":"2026-11-24T06:59:50Z"},\
            "changed":"2026-11-24T07:00:10Z"}""";
    private static final String SILENT = """
            {"series":{},"state":{"is":"silent","since":"2026-11-24T06:50:00Z","told":"2026-11-24T06:50:00Z"},\
            "changed":"2026-11-24T06:49:00Z"}""";

    private final MemoryJournal journal = new MemoryJournal();

    private MonitorState restored(Map<String, String> stored) {
        stored.forEach((key, json) -> journal.save(MONITOR, key, StoredAlert.read(json.getBytes(UTF_8))));
        var definition = monitor(policy(3, 2));
        var compiled = new CompiledDefinition(definition, Summary.PLAIN);
        return new MonitorState(compiled, journal, new Listening(), Duration.ZERO, Instant.EPOCH);
    }

    @Test
    void open_incidents_and_counters_continue_under_the_same_ids() {
        var r1 = Ids.alert(MONITOR, Map.of("room", "r1"));
        var monitor = restored(Map.of(r1, FIRING, Ids.alert(MONITOR, Map.of("room", "r2")), FAILING));

        var run = run(2, room("r1", 500), room("r2", 1200));
        monitor.observe(run, run.slot());

        assertThat(journal.published)
                .extracting(event -> event.type().wire() + " " + event.series().get("room"))
                .containsExactly("resolved r1", "firing r2");
        assertThat(journal.published.getFirst().incident())
                .isEqualTo(Ids.incident(r1, Instant.parse("2026-11-24T07:00:00Z")));
    }

    @Test
    void an_open_incident_of_an_earlier_version_is_held_by_a_bound_that_the_definition_has_now() {
        var r1 = Ids.alert(MONITOR, Map.of("room", "r1"));
        journal.save(MONITOR, r1, StoredAlert.read(FIRING.getBytes(UTF_8)));
        var definition = ExampleMonitor.with(new Threshold.Below(900), false, "ppm", monitor(policy(1, 1)));
        var compiled = new CompiledDefinition(definition, Summary.PLAIN);
        var monitor = new MonitorState(compiled, journal, new Listening(), Duration.ZERO, Instant.EPOCH);

        monitor.observe(run(2, room("r1", 950)), run(2).slot());
        assertThat(journal.published).isEmpty();

        monitor.observe(run(3, room("r1", 899)), run(3).slot());
        assertThat(journal.published).singleElement().satisfies(event -> {
            assertThat(event.type()).isEqualTo(AlertEvent.Type.RESOLVED);
            assertThat(event.incident()).isEqualTo(Ids.incident(r1, Instant.parse("2026-11-24T07:00:00Z")));
        });
    }

    @Test
    void an_incident_without_data_whose_value_failed_is_stored_as_such() {
        var at = Instant.parse("2026-11-24T07:00:00Z");
        var state = new AlertState.Firing(at, at, Status.NO_DATA, 0, null, null, true);
        var saved = new SavedAlert(Map.of("room", "r1"), state, at);

        var stored = StoredAlert.write(saved);

        assertThat(new String(stored, UTF_8)).contains("\"status\":\"NO_DATA\",\"passes\":0,\"breached\":true}");
        assertThat(StoredAlert.read(stored)).isEqualTo(saved);
    }

    @Test
    void an_error_that_waited_for_its_delay_fires_after_a_restart() {
        var listening = new Listening();
        var definition = ExampleMonitor.runningEvery(Duration.ofDays(1), monitor(policy(1, 1)));
        var compiled = new CompiledDefinition(definition, Summary.PLAIN);
        var before = new MonitorState(compiled, journal, listening, Duration.ofSeconds(30), Instant.EPOCH);
        before.observe(error(0), error(0).slot());

        var now = error(0).slot();
        var monitor = new MonitorState(compiled, journal, listening, Duration.ofSeconds(30), Instant.EPOCH);
        for (int i = 0; i <= 31; i++) {
            now = now.plusSeconds(1);
            listening.tick(now, true);
            monitor.listen(now);
        }

        assertThat(journal.published)
                .singleElement()
                .extracting(AlertEvent::reason)
                .isEqualTo("failed before the dispatcher started");
    }

    @Test
    void a_silence_ends_under_the_same_id() {
        var monitor = restored(Map.of("", SILENT));

        monitor.observe(error(1), error(1).slot());

        assertThat(journal.published)
                .singleElement()
                .extracting(AlertEvent::incident)
                .isEqualTo(Ids.incident(Ids.alert(MONITOR), Instant.parse("2026-11-24T06:50:00Z")));
    }

    @Test
    void what_is_stored_without_a_correction_is_what_the_version_before_stored() {
        var monitor = restored(Map.of());
        for (int i = 0; i < 3; i++) {
            monitor.observe(run(i, room("r1", 1200)), run(i).slot());
        }

        assertThat(journal.json(MONITOR, Ids.alert(MONITOR, Map.of("room", "r1"))))
                .isEqualTo("{\"series\":{\"room\":\"r1\"},\"state\":{\"is\":\"firing\","
                        + "\"since\":\"2026-11-24T07:00:20Z\",\"told\":\"2026-11-24T07:00:20Z\","
                        + "\"status\":\"FAILED\",\"passes\":0},\"changed\":\"2026-11-24T07:00:20Z\"}");
    }

    static Stream<Arguments> every_state() {
        var at = Instant.parse("2026-11-24T07:00:00Z");
        var later = Instant.parse("2026-11-24T08:00:00.5Z");
        var absence = new Absence(2, at);
        return Stream.of(
                Arguments.of(AlertState.WELL, "{\"is\":\"calm\"}"),
                Arguments.of(
                        new AlertState.Calm(absence),
                        "{\"is\":\"calm\",\"absence\":{\"runs\":2,\"since\":\"2026-11-24T07:00:00Z\"}}"),
                Arguments.of(
                        new AlertState.Failing(3, at, absence),
                        "{\"is\":\"failing\",\"count\":3,\"since\":\"2026-11-24T07:00:00Z\","
                                + "\"absence\":{\"runs\":2,\"since\":\"2026-11-24T07:00:00Z\"}}"),
                Arguments.of(
                        new AlertState.Firing(at, later, Status.NO_DATA, 1, absence, at, false),
                        "{\"is\":\"firing\",\"since\":\"2026-11-24T07:00:00Z\","
                                + "\"told\":\"2026-11-24T08:00:00.500Z\",\"status\":\"NO_DATA\",\"passes\":1,"
                                + "\"absence\":{\"runs\":2,\"since\":\"2026-11-24T07:00:00Z\"},"
                                + "\"generation\":\"2026-11-24T07:00:00Z\"}"),
                Arguments.of(
                        new AlertState.Firing(at, later, Status.FAILED, 0, null, null, true),
                        "{\"is\":\"firing\",\"since\":\"2026-11-24T07:00:00Z\","
                                + "\"told\":\"2026-11-24T08:00:00.500Z\",\"status\":\"FAILED\",\"passes\":0}"),
                Arguments.of(
                        new AlertState.Silent(at, later, null),
                        "{\"is\":\"silent\",\"since\":\"2026-11-24T07:00:00Z\","
                                + "\"told\":\"2026-11-24T08:00:00.500Z\"}"));
    }

    @ParameterizedTest
    @MethodSource("every_state")
    void every_state_is_stored_in_the_form_of_earlier_versions_and_read_back(AlertState state, String json) {
        var saved = new SavedAlert(Map.of("room", "r1"), state, Instant.parse("2026-11-24T07:00:10Z"));

        var stored = StoredAlert.write(saved);

        assertThat(new String(stored, UTF_8))
                .isEqualTo(
                        "{\"series\":{\"room\":\"r1\"},\"state\":" + json + ",\"changed\":\"2026-11-24T07:00:10Z\"}");
        assertThat(StoredAlert.read(stored)).isEqualTo(saved);
    }
}
