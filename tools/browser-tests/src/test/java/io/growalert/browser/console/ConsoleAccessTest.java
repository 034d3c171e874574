package io.growalert.browser.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static io.growalert.browser.console.Shapes.acknowledged;
import static io.growalert.browser.console.Shapes.ago;
import static io.growalert.browser.console.Shapes.incident;
import static io.growalert.browser.console.Shapes.object;
import static io.growalert.browser.console.Shapes.silence;
import static io.growalert.browser.console.Shapes.with;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Each page fits a screen of 320 px and is accessible, in light and dark, as far as axe-core detects. */
class ConsoleAccessTest extends ConsoleVisits {
    @Test
    void the_sign_in_is_accessible() {
        visitor.opens("/console");
        assertThat(visitor.page.getByLabel("Operator token")).isVisible();
        visitor.looksAround("sign-in");
    }

    @Test
    void the_overview_its_forms_and_its_keys_are_accessible() {
        services.shows(
                "/api/incidents",
                List.of(
                        incident("one", "room-co2", "FAILED", Map.of("site", "north"), Map.of("room", "north tent")),
                        incident("two", "room-co2", "DEGRADED", Map.of("site", "south"), Map.of("room", "lab")),
                        incident("three", "humidity", "NO_DATA", Map.of("site", "south"), Map.of("room", "office")),
                        with(
                                incident("four", "light", "FAILED", Map.of("site", "west"), Map.of("room", "veg 1")),
                                "acknowledged",
                                acknowledged("ann", "on my way"))));
        services.shows("/api/silences", List.of(silence("s1", "cleaning", "monitor=humidity")));
        services.shows(
                "/api/history/monitors",
                Shapes.counts(Map.of("PASSED", 98, "DEGRADED", 4, "FAILED", 9, "NO_DATA", 3, "ERROR", 2, "MISSED", 4)));
        visitor.opens("/console?group=site", ConsoleTown.ADMIN);
        assertThat(visitor.page.locator("#firing .incident")).hasCount(2);
        visitor.page.locator("#silenced summary").click();
        visitor.looksAround("overview");
        visitor.page.keyboard().press("j");
        visitor.page.keyboard().press("m");
        assertThat(visitor.page.locator("dialog")).isVisible();
        visitor.looksAround("silence-form");
        visitor.page.keyboard().press("Escape");
        visitor.page.keyboard().press("?");
        visitor.looksAround("keys");
    }

    @Test
    void a_part_that_is_away_is_accessible() {
        services.shows(
                "/api/incidents",
                List.of(incident("one", "room-co2", "FAILED", Map.of("site", "north"), Map.of("room", "north tent"))));
        visitor.opens("/console", ConsoleTown.OPERATOR);
        assertThat(visitor.page.locator(".incident")).hasCount(1);
        services.fails("/api/incidents", 503);
        services.fails("/api/history", 503);
        assertThat(visitor.region("incidents")).hasAttribute("data-state", "away");
        assertThat(visitor.region("monitors")).hasAttribute("data-state", "away");
        visitor.looksAround("away");
    }

    @Test
    void an_incident_is_accessible() {
        services.shows("/api/incidents/one", IncidentShapes.report());
        visitor.opens("/console/incidents/one", ConsoleTown.OPERATOR);
        assertThat(visitor.page.locator(".delivery")).hasCount(2);
        visitor.page.locator(".delivery summary").first().click();
        visitor.looksAround("incident");
    }

    @Test
    void silences_are_accessible() {
        services.shows(
                "/api/silences",
                List.of(
                        silence("s1", "cleaning the north site", "site=north", "room=~lab.*"),
                        with(silence("s2", "next week", "monitor=room-co2"), "state", "pending", "held", 0),
                        with(silence("s3", "lamps", "room=veg"), "origin", "window")));
        visitor.opens("/console/silences?id=s1", ConsoleTown.OPERATOR);
        assertThat(visitor.page.locator(".silence")).hasCount(3);
        visitor.looksAround("silences");
    }

    @Test
    void receivers_are_accessible() {
        services.shows(
                "/api/receivers",
                object(
                        "receivers",
                        List.of(
                                object(
                                        "name",
                                        "pager",
                                        "kind",
                                        "pagerduty",
                                        "state",
                                        "open",
                                        "queued",
                                        12,
                                        "parked",
                                        3,
                                        "held",
                                        0,
                                        "lastSuccess",
                                        ago(Duration.ofHours(2)),
                                        "lastFailure",
                                        ago(Duration.ofMinutes(1)),
                                        "lastError",
                                        "answered 503"),
                                object(
                                        "name",
                                        "mail",
                                        "kind",
                                        "email",
                                        "state",
                                        "half-open",
                                        "queued",
                                        0,
                                        "parked",
                                        0,
                                        "held",
                                        1,
                                        "lastSuccess",
                                        null,
                                        "lastFailure",
                                        null,
                                        "lastError",
                                        null),
                                object(
                                        "name",
                                        "ops",
                                        "kind",
                                        "slack",
                                        "state",
                                        "closed",
                                        "queued",
                                        0,
                                        "parked",
                                        0,
                                        "held",
                                        0,
                                        "lastSuccess",
                                        ago(Duration.ofMinutes(3)),
                                        "lastFailure",
                                        null,
                                        "lastError",
                                        null))));
        visitor.opens("/console/receivers", ConsoleTown.OPERATOR);
        assertThat(visitor.page.locator(".receiver")).hasCount(3);
        visitor.looksAround("receivers");
    }
}
