package io.growalert.dispatcher.notify;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BackoffTest {
    @ParameterizedTest
    @CsvSource({"1, PT1S", "2, PT2S", "5, PT16S", "10, PT5M", "1000, PT5M"})
    void the_delay_is_random_up_to_a_span_that_doubles_until_its_limit(int attempt, Duration span) {
        var backoff = Backoff.standard(new Random(7));

        var waits = IntStream.range(0, 1_000)
                .mapToObj(number -> backoff.afterAttempt(attempt))
                .toList();

        assertThat(waits).allMatch(wait -> !wait.isNegative() && wait.compareTo(span) <= 0);
        assertThat(waits).anyMatch(wait -> wait.compareTo(span.dividedBy(4)) < 0);
        assertThat(waits).anyMatch(wait -> wait.compareTo(span.multipliedBy(3).dividedBy(4)) > 0);
    }
}
