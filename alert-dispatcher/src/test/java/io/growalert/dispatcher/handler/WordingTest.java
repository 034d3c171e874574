package io.growalert.dispatcher.handler;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.definitions.Secret;
import io.growalert.dispatcher.AlertEvents;
import io.growalert.dispatcher.link.AckLinks;
import io.growalert.dispatcher.link.LinkKey;
import io.growalert.events.AlertEvent;
import io.growalert.events.Json;
import java.net.URI;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WordingTest {
    private static final Instant QUEUED = Instant.parse("2026-11-24T07:00:01Z");
    private static final Presentation LINKED = new Presentation(
            ZoneId.of("UTC"),
            Optional.empty(),
            AckLinks.of(
                    Optional.of(URI.create("https://alerts.example.com/")),
                    LinkKey.parse(new Secret("MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="))));

    @Test
    void an_event_is_one_line() {
        var events = AlertEvents.of("room-co2", "ops");

        assertThat(Wording.line(notification(events.firing(0))))
                .isEqualTo("FIRING   room-co2 {room=office} 1003.5: CO2 is 1003.5 ppm (above 1000)");
        assertThat(Wording.line(notification(events.resolved(0)))).startsWith("RESOLVED room-co2 {room=office} 640: ");
    }

    @Test
    void a_value_has_its_unit() {
        var event = AlertEvents.of("room-co2", "ops").firing(0);
        var json = new String(Json.write(event), UTF_8).replaceFirst("}$", ",\"unit\":\"p\\\\npm\"}");
        var inPpm = Json.read(json.getBytes(UTF_8), AlertEvent.class);

        assertThat(Wording.valueWithUnit(inPpm)).isEqualTo("1003.5 p pm");
        assertThat(Wording.line(notification(inPpm))).startsWith("FIRING   room-co2 {room=office} 1003.5 p pm: ");
        assertThat(Wording.valueWithUnit(event)).isEqualTo("1003.5");
    }

    @Test
    void labels_are_in_order_and_cannot_break_the_line() {
        var event = AlertEvents.of("room-co2", "ops")
                .withSeries(Map.of("room", "a\r\nFIRING fake", "house", "2"))
                .firing(0);

        assertThat(Wording.line(notification(event)))
                .contains("{house=2, room=a FIRING fake}")
                .doesNotContain("\n");
    }

    @Test
    void an_escalation_says_so_and_since_when_the_incident_is_not_acknowledged() {
        var escalated = notification(AlertEvents.of("room-co2").firing(0)).with(new Occasion(2, 0, QUEUED));

        assertThat(Wording.title(escalated)).isEqualTo("[ESCALATED] room-co2: CO2 is 1003.5 ppm");
        assertThat(Wording.line(escalated)).startsWith("ESCALATED room-co2 ");
        assertThat(Wording.text(escalated, 3_000))
                .startsWith("Escalated: step 2, not acknowledged since 2026-11-24 07:00:00 UTC\n");
        assertThat(Wording.title(notification(AlertEvents.of("room-co2").resolved(0))))
                .startsWith("[RESOLVED]");
    }

    @Test
    void the_link_that_acknowledges_is_the_last_line_and_is_never_cut() {
        var firing = notification(AlertEvents.of("room-co2").firing(0)).with(LINKED);
        var link = firing.ackLink().orElseThrow();

        assertThat(Wording.text(firing, 3_000)).endsWith("\nAcknowledge: " + link);
        assertThat(Wording.text(firing, link.length() + 95))
                .hasSizeLessThanOrEqualTo(link.length() + 95)
                .contains("…\nAcknowledge: " + link);
        assertThat(Wording.text(firing, link.length())).doesNotContain("Acknowledge");
    }

    @Test
    void a_resolution_has_no_link_that_acknowledges() {
        var resolved = notification(AlertEvents.of("room-co2").resolved(0)).with(LINKED);

        assertThat(resolved.ackLink()).isEmpty();
        assertThat(Wording.text(resolved, 3_000)).doesNotContain("Acknowledge");
    }

    @Test
    void each_attempt_of_a_notification_has_the_same_link() {
        var firing = notification(AlertEvents.of("room-co2").firing(0)).with(new Occasion(0, 0, QUEUED));

        assertThat(firing.with(LINKED).ackLink()).isEqualTo(firing.with(LINKED).ackLink());
        assertThat(firing.with(new Occasion(0, 0, QUEUED.plusSeconds(1)))
                        .with(LINKED)
                        .ackLink())
                .isNotEqualTo(firing.with(LINKED).ackLink());
    }

    private static Notification notification(AlertEvent event) {
        return new Notification("delivery", "ops", event, "{}");
    }
}
