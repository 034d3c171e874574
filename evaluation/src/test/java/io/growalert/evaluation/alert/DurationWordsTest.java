package io.growalert.evaluation.alert;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DurationWordsTest {
    @ParameterizedTest
    @CsvSource({
        "PT0S, 0s",
        "PT0.0009S, 0s",
        "PT0.001S, 1ms",
        "PT0.5S, 500ms",
        "PT30S, 30s",
        "PT5M, 5m",
        "PT1M0.001S, 1m1ms",
        "PT1H30M, 1h30m",
        "PT168H, 7d",
        "PT26H3M4.005S, 1d2h3m4s5ms"
    })
    void writes_amounts_with_units(Duration duration, String text) {
        assertThat(DurationWords.of(duration)).isEqualTo(text);
    }
}
