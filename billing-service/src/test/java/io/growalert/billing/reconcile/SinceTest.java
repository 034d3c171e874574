package io.growalert.billing.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SinceTest {
    private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");

    @ParameterizedTest
    @CsvSource({
        "7d, 2026-11-17T12:00:00Z",
        "36h, 2026-11-23T00:00:00Z",
        "P7D, 2026-11-17T12:00:00Z",
        "PT90M, 2026-11-24T10:30:00Z",
        "2026-11-01T00:00:00Z, 2026-11-01T00:00:00Z",
        "2026-11-01T02:00:00+02:00, 2026-11-01T00:00:00Z",
        "0s, 2026-11-24T12:00:00Z",
        "2015-01-01T00:00:00Z, 2015-01-01T00:00:00Z"
    })
    void a_point_in_the_past_has_several_formats(String text, Instant since) {
        assertThat(Since.parse(text, NOW)).hasValue(since);
    }

    @Test
    void without_it_is_as_far_as_stripe_lists_events() {
        assertThat(Since.parse(null, NOW)).hasValue(NOW.minus(Duration.ofDays(30)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "yesterday",
                "7",
                "-7d",
                "P-7D",
                "PT-1S",
                "2026-11-24T12:00:01Z",
                "2026-11-24",
                "1990-01-01T00:00:00Z",
                "999999d",
                "PT99999999999999999H",
                "+999999999-12-31T23:59:59Z"
            })
    void anything_else_is_none(String text) {
        assertThat(Since.parse(text, NOW)).isEmpty();
    }

    @Test
    void events_are_not_listed_for_longer() {
        assertThat(Since.ofEvents(NOW.minus(Duration.ofDays(90)), NOW)).isEqualTo(NOW.minus(Duration.ofDays(30)));
        assertThat(Since.ofEvents(NOW.minus(Duration.ofDays(9)), NOW)).isEqualTo(NOW.minus(Duration.ofDays(9)));
    }
}
