package io.growalert.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.alerts.CheckContext;
import io.growalert.alerts.CheckResult;
import io.growalert.alerts.CheckTimeoutException;
import io.growalert.alerts.Run;
import io.growalert.events.CheckError;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WatchedMonitorTest {
    private static final Instant SLOT = Instant.parse("2026-11-24T07:00:00Z");
    private static final CheckResult TIMEOUT = CheckResult.failed(new CheckTimeoutException(Duration.ofSeconds(1)));

    private final Sources sources = new Sources(new SimpleMeterRegistry());
    private final WatchedMonitor monitor = new WatchedMonitor(Example.monitor("room"), sources);

    @AfterEach
    void close() {
        sources.close();
    }

    @Test
    void a_late_timeout_of_an_earlier_definition_does_not_count_for_the_one_in_its_place() {
        assertThat(monitor.outcomeOf(run(TIMEOUT))).isEmpty();
        assertThat(monitor.lastRun()).isEmpty();
    }

    @Test
    void its_own_timeout_is_an_error() throws Exception {
        monitor.run(new CheckContext(SLOT, SLOT.plusSeconds(1)));

        assertThat(monitor.outcomeOf(run(TIMEOUT))).hasValueSatisfying(outcome -> assertThat(outcome.error())
                .isEqualTo(new CheckError(CheckError.Kind.TIMEOUT, "no answer from source memory within 1000 ms")));
    }

    private static Run run(CheckResult result) {
        return new Run("room", SLOT, SLOT, Duration.ofSeconds(1), result, 0);
    }
}
