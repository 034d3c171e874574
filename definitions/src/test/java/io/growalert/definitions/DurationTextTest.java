package io.growalert.definitions;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationTextTest {
    @ParameterizedTest
    @CsvSource({
        "500ms, PT0.5S",
        "30s, PT30S",
        "5m, PT5M",
        "1h30m, PT1H30M",
        "7d, PT168H",
        "1d2h3m4s5ms, PT26H3M4.005S",
        "0s, PT0S",
        "90m, PT1H30M",
        "1m1ms, PT1M0.001S"
    })
    void reads_amounts_with_units(String text, Duration expected) {
        assertThat(DurationText.parse(text)).contains(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "30",
                "s",
                "30 s",
                "1m1h",
                "1h1h",
                "-1s",
                "1.5s",
                "PT30S",
                "30S",
                "9999999999s",
                "30s ",
                "١s"
            })
    void anything_else_is_no_duration(String text) {
        assertThat(DurationText.parse(text)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0s", "1ms", "30s", "5m", "1h30m", "7d", "1d2h3m4s5ms", "1m1ms"})
    void what_is_printed_is_read_as_the_same(String text) {
        assertThat(DurationText.of(DurationText.parse(text).orElseThrow())).isEqualTo(text);
    }
}
