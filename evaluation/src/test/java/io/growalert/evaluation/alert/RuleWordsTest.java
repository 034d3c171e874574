package io.growalert.evaluation.alert;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.events.AlertPolicy;
import io.growalert.events.MonitorDefinition;
import io.growalert.events.OnMissing;
import io.growalert.events.Threshold;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RuleWordsTest {
    @Test
    void a_rule_names_every_threshold_with_its_unit() {
        var rule =
                RuleWords.of(definition(new AlertPolicy(3, null, 2, null, Duration.ofDays(1), List.of()), "ppm", true));

        assertThat(rule)
                .isEqualTo("failed above 1000 ppm; degraded above 800 ppm; passed again below 900 ppm; "
                        + "fires after 3 consecutive results; resolves after 2 consecutive results; "
                        + "noData: ignore (absent series passed); onError: fail; every 30s; silent after 1m40s");
    }

    @Test
    void a_rule_names_the_time_that_a_series_must_fail() {
        var policy = new AlertPolicy(1, Duration.ofMinutes(2), 1, null, Duration.ofDays(1), List.of());

        assertThat(RuleWords.of(definition(policy, null, false)))
                .contains("failed above 1000;", "fires after 2m; resolves after 1 result; noData: ignore; onError");
    }

    private static MonitorDefinition definition(AlertPolicy policy, @Nullable String unit, boolean absencePasses) {
        return new MonitorDefinition(
                "room-co2",
                "test",
                Duration.ofSeconds(30),
                Duration.ofSeconds(10),
                "influx",
                null,
                "query",
                null,
                new Threshold.Above(1_000),
                new Threshold.Above(800),
                OnMissing.IGNORE,
                OnMissing.FAIL,
                policy,
                Map.of(),
                null,
                null,
                null,
                new Threshold.Below(900),
                absencePasses,
                unit);
    }
}
