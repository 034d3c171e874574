package io.growalert.dispatcher.template;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RetryAfterTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "10000000000",
                "99999999999999999999",
                "Fri, 31 Dec 9999 23:59:59 GMT",
            })
    void a_retry_after_in_the_far_future_is_the_longest(String text) {
        assertThat(RetryAfter.parse(text, Instant.parse("2026-11-24T12:00:00Z")).orElseThrow())
                .isGreaterThan(Duration.ofMinutes(10));
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "-99999999999999999999", "1.5", "+3", "soon", ""})
    void a_retry_after_that_is_no_number_of_seconds_and_no_date_is_ignored(String text) {
        assertThat(RetryAfter.parse(text, Instant.parse("2026-11-24T12:00:00Z")))
                .isEmpty();
    }
}
