package io.growalert.history.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.history.store.StoredStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Cells of status bars, and the widths of points. */
class StatusBarTest {
    private static final Instant NOW = Instant.parse("2026-11-24T12:10:00Z");

    private final StatusBar bar = new StatusBar(BarWindow.DAY, NOW);

    private String cells(int from, int to) {
        var cells = bar.cells();
        return IntStream.range(from, to)
                .mapToObj(cells::get)
                .map(cell -> String.valueOf(cell.status()))
                .toList()
                .toString();
    }

    @Test
    void a_cell_has_the_worst_status_of_its_period() {
        bar.add(StoredStatus.PASSED, NOW.minus(Duration.ofHours(2)), NOW.minus(Duration.ofMinutes(15)));
        bar.add(StoredStatus.FAILED, NOW.minus(Duration.ofMinutes(15)), NOW.minus(Duration.ofMinutes(10)));
        bar.add(StoredStatus.PASSED, NOW.minus(Duration.ofMinutes(10)), NOW);

        assertThat(cells(42, 48)).isEqualTo("[null, PASSED, PASSED, PASSED, FAILED, PASSED]");
        assertThat(bar.cells()).hasSize(48);
        assertThat(bar.cells().getLast().from()).isEqualTo("2026-11-24T12:00:00Z");
        assertThat(bar.cells().getLast().to()).isEqualTo("2026-11-24T12:30:00Z");
    }

    @Test
    void a_span_that_ends_where_a_cell_begins_is_not_in_it() {
        bar.add(StoredStatus.MISSED, Instant.parse("2026-11-24T11:00:00Z"), Instant.parse("2026-11-24T11:30:00Z"));
        bar.add(StoredStatus.ERROR, Instant.parse("2026-11-24T11:59:59Z"), Instant.parse("2026-11-24T11:59:59Z"));

        assertThat(cells(44, 48)).isEqualTo("[null, MISSED, ERROR, null]");
    }

    @Test
    void what_is_outside_the_window_is_not_shown() {
        bar.add(StoredStatus.FAILED, NOW.minus(Duration.ofDays(3)), NOW.minus(Duration.ofDays(2)));
        bar.add(StoredStatus.DEGRADED, NOW.minus(Duration.ofDays(3)), NOW.minus(Duration.ofHours(23)));

        assertThat(cells(0, 4)).isEqualTo("[DEGRADED, DEGRADED, null, null]");
    }

    @ParameterizedTest
    @CsvSource({
        "PT2H46M40S, PT10S, raw",
        "PT24H, PT10S, PT2M",
        "P7D, PT10S, PT15M",
        "P30D, PT10S, PT1H",
        "P30D, PT1H, raw"
    })
    void points_are_as_narrow_as_their_number_allows(Duration span, Duration every, String resolution) {
        assertThat(Resolution.of(NOW.minus(span), NOW, every, 1_000)).hasToString(resolution);
    }
}
