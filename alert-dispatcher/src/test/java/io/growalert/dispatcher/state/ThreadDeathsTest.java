package io.growalert.dispatcher.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ThreadDeathsTest {
    private final AtomicLong nanos = new AtomicLong();
    private final List<Duration> pauses = new ArrayList<>();
    private final ThreadDeaths deaths = new ThreadDeaths(nanos::get, pauses::add);

    @Test
    void several_deaths_in_a_short_time_are_reported_until_they_are_past() {
        deaths.died(new IllegalStateException("first"));
        nanos.addAndGet(Duration.ofSeconds(30).toNanos());
        deaths.died(new IllegalStateException("second"));
        assertThat(deaths.repeated()).isEmpty();

        deaths.died(new IllegalStateException("third"));
        assertThat(deaths.repeated())
                .contains("3 threads died within 120 s; the last one: java.lang.IllegalStateException: third");

        nanos.addAndGet(Duration.ofSeconds(121).toNanos());
        assertThat(deaths.repeated()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"0, 0, 0", "1, 0, 0", "2, 0, 0", "3, 0, 2", "3, 60, 2", "4, 0, 2", "3, 61, 0", "4, 121, 0"})
    void replacing_a_thread_waits_only_after_repeated_deaths(int count, int secondsApart, int pause) {
        for (int death = 0; death < count; death++) {
            nanos.addAndGet(Duration.ofSeconds(secondsApart).toNanos());
            deaths.died(new IllegalStateException("denied"));
        }

        deaths.backOff();

        assertThat(pauses).isEqualTo(pause == 0 ? List.of() : List.of(Duration.ofSeconds(pause)));
    }
}
