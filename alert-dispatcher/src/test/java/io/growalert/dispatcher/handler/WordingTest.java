package io.growalert.dispatcher.handler;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.dispatcher.AlertEvents;
import io.growalert.events.AlertEvent;
import io.growalert.events.Json;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WordingTest {
    @Test
    void an_event_is_one_line() {
        var events = AlertEvents.of("room-co2", "ops");

        assertThat(Wording.line(events.firing(0)))
                .isEqualTo("FIRING   room-co2 {room=office} 1003.5: CO2 is 1003.5 ppm (above 1000)");
        assertThat(Wording.line(events.resolved(0))).startsWith("RESOLVED room-co2 {room=office} 640: ");
    }

    @Test
    void a_value_has_its_unit() {
        var event = AlertEvents.of("room-co2", "ops").firing(0);
        var json = new String(Json.write(event), UTF_8).replaceFirst("}$", ",\"unit\":\"p\\\\npm\"}");
        var inPpm = Json.read(json.getBytes(UTF_8), AlertEvent.class);

        assertThat(Wording.valueWithUnit(inPpm)).isEqualTo("1003.5 p pm");
        assertThat(Wording.line(inPpm)).startsWith("FIRING   room-co2 {room=office} 1003.5 p pm: ");
        assertThat(Wording.valueWithUnit(event)).isEqualTo("1003.5");
    }

    @Test
    void labels_are_in_order_and_cannot_break_the_line() {
        var event = AlertEvents.of("room-co2", "ops")
                .withSeries(Map.of("room", "a\r\nFIRING fake", "house", "2"))
                .firing(0);

        assertThat(Wording.line(event))
                .contains("{house=2, room=a FIRING fake}")
                .doesNotContain("\n");
    }
}
