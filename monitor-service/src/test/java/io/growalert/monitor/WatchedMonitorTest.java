package io.growalert.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.growalert.alerts.CheckContext;
import io.growalert.alerts.CheckResult;
import io.growalert.alerts.CheckTimeoutException;
import io.growalert.alerts.Run;
import io.growalert.events.CheckError;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
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

    @Test
    void a_definition_whose_labels_no_record_can_carry_is_rejected() {
        var large = Example.labelled("room", Map.of("site", "x".repeat(700_000)));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> new WatchedMonitor(large, sources))
                .withMessage("labels: label site has 700000 bytes; the limit is 1024");
    }

    private static Run run(CheckResult result) {
        return new Run("room", SLOT, SLOT, Duration.ofSeconds(1), result, 0);
    }
}
