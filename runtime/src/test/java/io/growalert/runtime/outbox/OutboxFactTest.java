package io.growalert.runtime.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.events.Status;
import org.junit.jupiter.api.Test;

class OutboxFactTest {
    @Test
    void events_that_wait_for_less_than_a_minute_pass() {
        assertThat(OutboxFact.series(new OutboxTable.Backlog(500, 0, 60)).status())
                .isEqualTo(Status.PASSED);
    }

    @Test
    void an_event_that_waits_for_longer_is_a_problem() {
        assertThat(OutboxFact.series(new OutboxTable.Backlog(500, 0, 61)))
                .returns(Status.FAILED, series -> series.status())
                .returns(500.0, series -> series.value())
                .returns("oldest event waits for 61 s", series -> series.reason());
    }

    @Test
    void an_event_that_kafka_rejects_is_a_problem() {
        assertThat(OutboxFact.series(new OutboxTable.Backlog(0, 2, 0)).reason())
                .isEqualTo("2 events rejected by Kafka");
    }
}
