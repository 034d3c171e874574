package io.growalert.history.query;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class StoredPeriodTest {
    private static final Instant NOW = Instant.parse("2026-11-24T07:00:00Z");

    @Test
    void years_without_values_are_left_out() {
        var wanted = StoredPeriod.of(
                Instant.parse("2017-01-01T00:00:00Z"), Instant.parse("2026-12-31T00:00:00Z"), Duration.ofDays(7), NOW);

        assertThat(wanted.from()).isEqualTo("2026-11-16T07:00:00Z");
        assertThat(wanted.to()).isEqualTo("2026-11-25T07:00:00Z");
    }

    @Test
    void a_period_within_the_retention_is_as_requested() {
        var wanted = StoredPeriod.of(NOW.minusSeconds(60), NOW, Duration.ofDays(7), NOW);

        assertThat(wanted).isEqualTo(new StoredPeriod(NOW.minusSeconds(60), NOW));
    }
}
