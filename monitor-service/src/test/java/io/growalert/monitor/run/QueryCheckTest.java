package io.growalert.monitor.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.growalert.alerts.CheckContext;
import io.growalert.alerts.CheckOutcome;
import io.growalert.alerts.CheckTimeoutException;
import io.growalert.alerts.Run;
import io.growalert.evaluation.threshold.Judgement;
import io.growalert.events.CheckError;
import io.growalert.monitor.Example;
import io.growalert.monitor.publish.ResultSender;
import io.growalert.monitor.source.Sources;
import io.growalert.runtime.entitlement.CustomerPauses;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class QueryCheckTest {
    private static final Instant SLOT = Instant.parse("2026-11-24T07:00:00Z");
    private static final CheckOutcome TIMEOUT = CheckOutcome.failed(new CheckTimeoutException(Duration.ofSeconds(1)));

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final Sources sources = new Sources(meters);
    private final QueryCheck check = new QueryCheck(Example.monitor("room"), sources, CustomerPauses.NONE);

    @AfterEach
    void close() {
        sources.close();
    }

    @Test
    void a_late_timeout_of_an_earlier_definition_does_not_count_for_the_one_in_its_place() {
        var earlier = new QueryCheck(Example.monitor("room", "mine", 1, null), sources, CustomerPauses.NONE);
        earlier.replace();
        try (var sender = new ResultSender(
                _ -> true,
                () -> new MockProducer<>(true, null, new StringSerializer(), new ByteArraySerializer()),
                1 << 20,
                Duration.ofSeconds(2),
                System::nanoTime,
                meters)) {
            new RunListener(sender, "one", meters).ran(run(earlier, TIMEOUT));
        }

        assertThat(check.lastRun()).isEmpty();
        assertThat(meters.get("growalert.runs").counters())
                .allSatisfy(counter -> assertThat(counter.count()).isZero());
    }

    @Test
    void its_own_timeout_is_an_error() {
        assertThat(check.conclude(run(check, TIMEOUT)).error())
                .isEqualTo(new CheckError(CheckError.Kind.TIMEOUT, "no answer from source memory within 1000 ms"));
    }

    @Test
    void the_judgement_is_the_detail_of_the_outcome() throws Exception {
        var outcome = check.run(new CheckContext(SLOT, SLOT.plusSeconds(1)));

        assertThat(outcome).isInstanceOf(CheckOutcome.Failed.class);
        assertThat(outcome.detail().orElseThrow())
                .isInstanceOfSatisfying(Judgement.class, judgement -> assertThat(judgement.error())
                        .isEqualTo(new CheckError(CheckError.Kind.SOURCE, "source memory is not configured here")));
        assertThat(check.conclude(run(check, outcome)))
                .isSameAs(outcome.detail().orElseThrow());
        assertThat(check.lastRun())
                .hasValueSatisfying(run -> assertThat(run.slot()).isEqualTo(SLOT));
    }

    @Test
    void a_definition_whose_labels_no_record_can_carry_is_rejected() {
        var large = Example.labelled("room", Map.of("site", "x".repeat(700_000)));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> new QueryCheck(large, sources, CustomerPauses.NONE))
                .withMessage("labels: label site has 700000 bytes; the limit is 1024");
    }

    private static Run run(QueryCheck check, CheckOutcome outcome) {
        return new Run("room", check, SLOT, SLOT, Duration.ofSeconds(1), outcome, 0);
    }
}
