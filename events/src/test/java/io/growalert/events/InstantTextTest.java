package io.growalert.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InstantTextTest {
    @Test
    void writes_and_reads_what_the_jdk_does() {
        var random = new Random(7);
        for (int i = 0; i < 100_000; i++) {
            int unit = new int[] {1, 1_000, 1_000_000, 1_000_000_000}[random.nextInt(4)];
            long nanos = random.nextInt(1_000_000_000) / unit * (long) unit;
            var instant = Instant.ofEpochSecond(random.nextLong(-70_000_000_000L, 260_000_000_000L), nanos);

            assertThat(InstantText.of(instant)).isEqualTo(instant.toString());
            assertThat(InstantText.parse(instant.toString())).isEqualTo(instant);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-11-24T07:00:30Z",
                "2026-11-24T07:00:30.Z",
                "2026-11-24T07:00:30.5Z",
                "2026-11-24T07:00:30.05Z",
                "2026-11-24T07:00:30.000Z",
                "2026-11-24T07:00:30.123456789Z",
                "2024-02-29T23:59:59.999Z",
                "2026-11-24T24:00:00Z",
                "2016-12-31T23:59:60Z",
                "2026-11-24T07:00:30+01:00",
                "2026-11-24t07:00:30z",
                "0000-01-01T00:00:00Z",
                "+12026-11-24T07:00:30Z"
            })
    void reads_unusual_text_as_the_jdk_does(String text) {
        assertThat(InstantText.parse(text)).isEqualTo(Instant.parse(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "now",
                "2026-11-24",
                "2026-11-24T07:00:30",
                "2026-13-24T07:00:30Z",
                "2026-02-29T07:00:30Z",
                "2026-11-24T07:60:30Z",
                "2026-11-24T25:00:30Z",
                "2026-11-24T07:00:3xZ",
                "2026-11-24T07:00:30.1234567890Z"
            })
    void refuses_what_the_jdk_refuses(String text) {
        assertThatThrownBy(() -> Instant.parse(text)).isInstanceOf(DateTimeParseException.class);
        assertThatThrownBy(() -> InstantText.parse(text)).isInstanceOf(DateTimeParseException.class);
    }
}
