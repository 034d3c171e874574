package io.growalert.dispatcher.notify;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.events.AlertEvent;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HoldTest {
    @ParameterizedTest
    @CsvSource({
        "FIRING, false, false, DELIVER",
        "FIRING, true, false, HOLD",
        "REMINDER, false, false, DELIVER",
        "REMINDER, true, false, DROP",
        "REMINDER, false, true, DROP",
        "RESOLVED, false, false, DELIVER",
        "RESOLVED, true, false, HOLD",
        "RESOLVED, true, true, DROP",
        "RESOLVED, false, true, DROP"
    })
    void an_event_is_delivered_held_or_dropped(
            AlertEvent.Type type, boolean held, boolean startedInside, Hold.Decision expected) {
        assertThat(Hold.decide(type, held, startedInside)).isEqualTo(expected);
    }
}
