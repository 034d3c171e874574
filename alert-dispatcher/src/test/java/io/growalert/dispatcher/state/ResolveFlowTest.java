package io.growalert.dispatcher.state;

import static io.growalert.dispatcher.state.ExampleMonitor.MONITOR;
import static io.growalert.dispatcher.state.ExampleMonitor.monitor;
import static io.growalert.dispatcher.state.ExampleMonitor.policy;
import static io.growalert.dispatcher.state.ExampleMonitor.room;
import static io.growalert.dispatcher.state.ExampleMonitor.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.events.AlertEvent;
import io.growalert.events.MonitorDefinition;
import io.growalert.events.OnMissing;
import io.growalert.events.SeriesResult;
import io.growalert.events.Status;
import io.growalert.events.Threshold;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code resolve}, {@code resolveOnAbsence} and {@code unit} from the topics of definitions and results to the topic of alerts. */
class ResolveFlowTest {
    @TempDir
    Path folder;

    private StateTopologyDriver topology;

    @BeforeEach
    void start() {
        topology = new StateTopologyDriver(folder);
    }

    @AfterEach
    void stop() {
        topology.close();
    }

    private static MonitorDefinition inPpm(
            @Nullable Threshold resolve, boolean resolveOnAbsence, @Nullable String summary) {
        var like = monitor(MONITOR, policy(2, 2), OnMissing.IGNORE, OnMissing.FAIL, summary);
        return ExampleMonitor.with(resolve, resolveOnAbsence, "ppm", like);
    }

    @Test
    void a_series_that_fired_resolves_when_its_value_is_beyond_the_bound() {
        topology.define(inPpm(new Threshold.Below(900), false, "{{room}} has {{value}} {{unit}} CO2"));
        double[] values = {1200, 1100, 950, 850, 950, 850, 600};
        for (int i = 0; i < values.length; i++) {
            topology.onTime(run(i, room("r1", values[i])));
        }

        assertThat(topology.alerts())
                .extracting(event -> "%s %s %s %s %s"
                        .formatted(event.type().wire(), event.value(), event.unit(), event.reason(), event.summary()))
                .containsExactly(
                        "firing 1100.0 ppm 2 consecutive results above 1000 r1 has 1100 ppm CO2",
                        "resolved 600.0 ppm 2 consecutive results passed r1 has 600 ppm CO2");
    }

    @Test
    void a_query_that_returns_problems_only_resolves_what_it_no_longer_returns() {
        topology.define(inPpm(null, true, null));
        topology.onTime(run(0, room("r1", 1200), room("r2", 1300)));
        topology.onTime(run(1, room("r1", 1200), room("r2", 1300)));
        assertThat(topology.published()).hasSize(2);

        topology.onTime(run(2, room("r2", 1300)));
        topology.onTime(run(3));
        topology.onTime(run(4));

        assertThat(topology.alerts())
                .extracting(event -> event.series().get("room") + " " + event.slot() + " " + event.status())
                .containsExactly(
                        "r1 " + ExampleMonitor.slot(3) + " " + Status.PASSED,
                        "r2 " + ExampleMonitor.slot(4) + " " + Status.PASSED);
        assertThat(topology.published()).isEmpty();
    }

    @Test
    void a_label_named_unit_wins_in_a_summary() {
        topology.define(inPpm(null, false, "{{unit}}: {{value}}"));
        for (int i = 0; i < 2; i++) {
            topology.onTime(run(i, new SeriesResult(Map.of("unit", "boiler"), 1200, Status.FAILED, "above 1000 ppm")));
        }

        assertThat(topology.alerts())
                .singleElement()
                .extracting(AlertEvent::summary)
                .isEqualTo("boiler: 1200");
    }
}
