package io.growalert.dispatcher.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ThreadDeathsTest {
    private final AtomicLong nanos = new AtomicLong();
    private final ThreadDeaths deaths = new ThreadDeaths(nanos::get);

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
}
