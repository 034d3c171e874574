package io.growalert.browser.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static io.growalert.browser.console.Shapes.acknowledged;
import static io.growalert.browser.console.Shapes.incident;
import static io.growalert.browser.console.Shapes.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.microsoft.playwright.options.AriaRole;
import io.growalert.browser.console.ConsoleServices.Reply;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** An incident: what happened, who was notified, what is to come, and what an operator does about it. */
class IncidentPageTest extends ConsoleVisits {
    private static final String PATH = "/console/incidents/one";

    @BeforeEach
    void showsReport() {
        services.shows("/api/incidents/one", IncidentShapes.report());
    }

    @Test
    void transitions_deliveries_and_what_is_to_come_are_shown_with_their_times() {
        visitor.opens(PATH, ConsoleTown.OPERATOR);

        assertThat(visitor.page.locator("h1")).hasText("tent is FAILED");
        var timeline = visitor.region("timeline");
        assertThat(timeline.locator(".moment")).hasCount(7);
        assertThat(timeline).containsText("Still firing at 1,250 ppm");
        assertThat(timeline).containsText("Acknowledged by ann");
        assertThat(timeline).containsText("Acknowledgement of ann ended");
        assertThat(timeline).containsText("Parked: old-hook after 1 attempt");
        assertThat(timeline).containsText("Silence: cleaning by ann");
        assertThat(timeline.locator(".moment").last()).containsText("Fired at 1,001 ppm");
        var next = visitor.region("next");
        assertThat(next).containsText("Escalation, step 1, to boss");
        assertThat(next).containsText("postponed: silence cleaning");
        assertThat(next).containsText(Pattern.compile("in \\d+ min"));
        assertThat(next).containsText("Silence ends: cleaning");
        assertThat(visitor.region("routing")).containsText("escalates to boss after 10m");

        var delivered = visitor.region("deliveries").locator(".delivery").last();
        delivered.locator("summary").click();
        assertThat(delivered).containsText("webhook-id");
        assertThat(delivered).containsText("sent-1");
        assertThat(delivered).containsText("delivered, status 200");
    }

    @Test
    void an_opened_delivery_stays_open_when_the_report_changes() {
        visitor.opens(PATH, ConsoleTown.OPERATOR);
        var delivered = visitor.region("deliveries").locator(".delivery").last();
        delivered.locator("summary").click();
        services.shows("/api/incidents/one", with(IncidentShapes.report(), "rule", "above 1100"));

        assertThat(visitor.region("incident")).containsText("above 1100");
        assertThat(delivered.getByText("sent-1")).isVisible();
    }

    @Test
    void a_silence_ends_after_an_hour_four_hours_tomorrow_at_eight_or_at_a_chosen_time() {
        services.answers("POST", "/api/silences", asked -> new Reply(201, Map.of("id", "new"), Map.of()));
        visitor.opens(PATH, ConsoleTown.OPERATOR);

        assertThat(silenced("1 h")).isCloseTo(Instant.now().plus(1, ChronoUnit.HOURS), within(2, ChronoUnit.MINUTES));
        assertThat(silenced("4 h")).isCloseTo(Instant.now().plus(4, ChronoUnit.HOURS), within(2, ChronoUnit.MINUTES));
        var berlin = ZoneId.of("Europe/Berlin");
        assertThat(silenced("Tomorrow 8:00"))
                .isEqualTo(Instant.now()
                        .atZone(berlin)
                        .toLocalDate()
                        .plusDays(1)
                        .atTime(LocalTime.of(8, 0))
                        .atZone(berlin)
                        .toInstant());
        assertThat(silenced("Custom")).isEqualTo(Instant.parse("2099-01-01T08:30:00Z"));
        var sent = services.requests("POST", "/api/silences").getLast().json();
        assertThat(sent.path("comment").asString()).isEqualTo("lamps are changed");
        assertThat(sent.path("matchers").toString()).isEqualTo("[\"monitor=room-co2\",\"room=tent\",\"site=north\"]");
    }

    @Test
    void a_silence_matches_exactly_the_values_of_the_series() {
        services.answers("POST", "/api/silences", asked -> new Reply(201, Map.of("id", "new"), Map.of()));
        var series = Map.of("room", "one\nsite=two", "tent", " a.b ");
        services.shows(
                "/api/incidents/one",
                Shapes.with(
                        IncidentShapes.report(),
                        "incident",
                        Shapes.incident("one", "room-co2", "FAILED", Map.of("site", "north"), series)));
        visitor.opens(PATH, ConsoleTown.OPERATOR);

        silenced("1 h");

        assertThat(services.requests("POST", "/api/silences")
                        .getLast()
                        .json()
                        .path("matchers")
                        .valueStream()
                        .map(JsonNode::asString))
                .containsExactlyInAnyOrder(
                        "monitor=room-co2", "room=~one\\x{a}site=two", "tent=~\\x{20}a\\.b\\x{20}", "site=north");
    }

    private Instant silenced(String end) {
        int before = services.requests("POST", "/api/silences").size();
        visitor.region("incident")
                .getByRole(AriaRole.BUTTON, ConsoleVisitor.inside("Silence"))
                .click();
        visitor.page
                .getByRole(AriaRole.BUTTON, ConsoleVisitor.button("site=north"))
                .click();
        visitor.page.getByLabel(end, ConsoleVisitor.exactly()).check();
        if (end.equals("Custom")) {
            visitor.page.getByLabel("End", ConsoleVisitor.exactly()).fill("2099-01-01T09:30");
        }
        visitor.page.getByLabel("Reason").fill("lamps are changed");
        visitor.page.keyboard().press("Enter");
        assertThat(visitor.page.locator("dialog")).hasCount(0);
        var sent = services.requests("POST", "/api/silences");
        assertThat(sent).hasSize(before + 1);
        return Instant.parse(sent.getLast().json().path("endsAt").asString());
    }

    @Test
    void a_parked_delivery_is_redriven_and_a_superseded_one_after_a_second_question() {
        services.answers(
                "POST",
                "/api/deliveries/parked-1/redrive",
                asked -> asked.parameter("force") == null
                        ? Reply.problem(409, "superseded", "a later event was already delivered")
                        : Reply.empty(202));
        visitor.opens(PATH, ConsoleTown.OPERATOR);
        visitor.region("deliveries")
                .getByRole(AriaRole.BUTTON, ConsoleVisitor.inside("Redrive"))
                .click();
        visitor.page
                .locator("dialog")
                .getByRole(AriaRole.BUTTON, ConsoleVisitor.inside("Redrive"))
                .click();
        assertThat(visitor.page.locator("dialog")).containsText("It is out of date");
        visitor.presses("Send it");

        assertThat(visitor.page.locator("dialog")).hasCount(0);
        assertThat(services.requests("POST", "/api/deliveries/parked-1/redrive"))
                .hasSize(2);
    }

    @Test
    void an_acknowledgement_is_given_and_ended() {
        services.answers("PUT", "/api/incidents/one/ack", asked -> Reply.of(Map.of("incident", "one")));
        services.answers("DELETE", "/api/incidents/one/ack", asked -> Reply.empty(204));
        visitor.opens(PATH, ConsoleTown.OPERATOR);
        assertThat(visitor.region("incident")).containsText("3 consecutive results");
        visitor.page.keyboard().press("a");
        visitor.page.getByLabel("1 h", ConsoleVisitor.exactly()).check();
        var known = with(
                incident("one", "room-co2", "FAILED", Map.of(), Map.of("room", "tent")),
                "acknowledged",
                acknowledged(ConsoleTown.OPERATOR, ""));
        services.shows("/api/incidents/one", with(IncidentShapes.report(), "incident", known));
        visitor.page
                .locator("dialog")
                .getByRole(AriaRole.BUTTON, ConsoleVisitor.inside("Acknowledge"))
                .click();

        assertThat(visitor.region("incident")).containsText("Acknowledged by olaf");
        var until = services.requests("PUT", "/api/incidents/one/ack")
                .getFirst()
                .json()
                .path("until")
                .asString();
        assertThat(Instant.parse(until))
                .isCloseTo(Instant.now().plus(1, ChronoUnit.HOURS), within(2, ChronoUnit.MINUTES));
        visitor.presses("End acknowledgement");
        services.shows("/api/incidents/one", IncidentShapes.report());
        visitor.presses("End it");
        assertThat(visitor.page.getByRole(AriaRole.BUTTON, ConsoleVisitor.button("End acknowledgement")))
                .hasCount(0);
        assertThat(services.requests("DELETE", "/api/incidents/one/ack")).hasSize(1);
    }

    @Test
    void while_the_dispatcher_is_away_history_has_the_timeline() {
        services.fails("/api/incidents", 503);
        services.shows("/api/history/incidents/one", IncidentShapes.stored());
        visitor.opens(PATH, ConsoleTown.OPERATOR);

        assertThat(visitor.region("incident")).containsText("The alert-dispatcher is unavailable.");
        assertThat(visitor.region("timeline")).containsText("too much CO2");
        assertThat(visitor.region("timeline")).containsText("Delivery delivered: pager");
        assertThat(visitor.region("timeline")).containsText("webhook-id sent-1");
        assertThat(visitor.page.locator("h1")).hasText("tent has too much CO2");
        services.recovers("/api/incidents");
        assertThat(visitor.region("timeline")).containsText("Fired at 1,001 ppm");
    }

    @Test
    void an_unknown_incident_is_reported() {
        visitor.opens("/console/incidents/two", ConsoleTown.OPERATOR);

        assertThat(visitor.region("incident")).containsText("Nothing is here in this test.");
    }
}
