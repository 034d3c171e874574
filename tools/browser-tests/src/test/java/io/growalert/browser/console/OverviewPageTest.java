package io.growalert.browser.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static io.growalert.browser.console.Shapes.acknowledged;
import static io.growalert.browser.console.Shapes.incident;
import static io.growalert.browser.console.Shapes.silence;
import static io.growalert.browser.console.Shapes.with;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.options.AriaRole;
import io.growalert.browser.console.ConsoleServices.Reply;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The overview: what is wrong now, and what an operator does about it with the keyboard. */
class OverviewPageTest extends ConsoleVisits {
    private static final String MONITORS = "/api/history/monitors";
    private static final String UNKNOWN = "Whether the monitors are being checked is not known.";

    private void showsFour() {
        var firing = incident("one", "room-co2", "FAILED", Map.of("site", "north"), Map.of("room", "tent"));
        var known = with(
                incident("two", "room-co2", "DEGRADED", Map.of("site", "south"), Map.of("room", "lab")),
                "acknowledged",
                acknowledged("ann", "on my way"));
        var held = incident("three", "humidity", "NO_DATA", Map.of("site", "south"), Map.of("room", "office"));
        var matched = incident("four", "light", "FAILED", Map.of("site", "west"), Map.of("room", "veg-1"));
        services.answers(
                "GET",
                "/api/incidents",
                // the patterns are the dispatcher's to match
                asked -> Reply.of(
                        asked.parameter("match") == null ? List.of(firing, known, held, matched) : List.of(matched)));
        services.shows(
                "/api/silences",
                List.of(silence("s1", "cleaning", "monitor=humidity"), silence("s2", "lamps", "room=~veg-.*")));
    }

    private Locator place(String name) {
        return visitor.page.locator("#" + name);
    }

    @Test
    void incidents_are_firing_acknowledged_or_silenced() {
        showsFour();
        visitor.opens("/console", ConsoleTown.OPERATOR);

        assertThat(place("firing").locator(".incident")).hasCount(1);
        assertThat(place("firing")).containsText("tent is FAILED");
        assertThat(place("acknowledged").locator(".incident")).hasCount(1);
        assertThat(place("acknowledged")).containsText("Acknowledged by ann");
        assertThat(place("acknowledged")).containsText("on my way");
        assertThat(place("silenced").locator(".incident")).hasCount(2);
        assertThat(visitor.page.locator(".figure-firing")).hasText(Pattern.compile("1\\s*Firing"));
        assertThat(visitor.page.locator(".figure-silenced")).hasText(Pattern.compile("2\\s*Silenced"));
        assertThat(place("silenced").locator(".incident").first()).isHidden();
        place("silenced").locator("summary").click();
        assertThat(place("silenced")).containsText("Notifications held by 1 silence");
    }

    @Test
    void an_incident_of_a_paused_monitor_is_not_among_the_firing_and_says_why() {
        var paused = with(
                incident("five", "room-co2", "FAILED", Map.of("site", "north"), Map.of("room", "tent")),
                "paused",
                "subscription ended");
        services.answers("GET", "/api/incidents", _ -> Reply.of(List.of(paused)));
        services.shows("/api/silences", List.of());
        services.shows("/api/incidents/five", with(IncidentShapes.report(), "incident", paused));
        visitor.opens("/console", ConsoleTown.OPERATOR);

        assertThat(place("silenced").locator(".incident")).hasCount(1);
        assertThat(place("firing").locator(".incident")).hasCount(0);
        place("silenced").locator("summary").click();
        assertThat(place("silenced")).containsText("Paused: subscription ended");
        place("silenced").locator(".incident-name").click();

        assertThat(visitor.region("incident")).containsText("Open Paused");
        assertThat(visitor.region("incident")).containsText("subscription ended; not checked and not notified again");
    }

    @Test
    void title_and_icon_carry_the_number_of_open_incidents_on_each_page() {
        showsFour();
        visitor.opens("/console/silences", ConsoleTown.OPERATOR);

        assertThat(visitor.page).hasTitle("(4) Silences - GrowAlert");
        assertThat(visitor.page.locator("link[rel=icon]")).hasAttribute("href", Pattern.compile(".*%3E4%3C.*"));
        assertThat(visitor.page.locator(".badge")).hasText("4");
        visitor.goesTo("overview");
        assertThat(visitor.page).hasTitle("(4) Overview - GrowAlert");
    }

    @Test
    void incidents_are_grouped_by_a_label_and_filtered_by_the_address() {
        showsFour();
        visitor.opens("/console?group=site", ConsoleTown.OPERATOR);

        assertThat(place("firing").locator(".group-head")).containsText("site: north");
        visitor.page.getByLabel("Group by").selectOption("monitor");
        assertThat(place("firing").locator(".group-head")).containsText("monitor: room-co2");
        visitor.page.getByLabel("Search open incidents").fill("site=south");
        assertThat(place("acknowledged").locator(".incident")).hasCount(1);
        assertThat(place("firing").locator(".incident")).hasCount(0);
        visitor.presses("Degraded");
        assertThat(visitor.page).hasURL(Pattern.compile(".*group=monitor.*"));

        visitor.page.reload();
        assertThat(visitor.page.getByLabel("Search open incidents")).hasValue("site=south");
        assertThat(visitor.page.getByLabel("Group by")).hasValue("monitor");
        assertThat(place("acknowledged").locator(".incident")).hasCount(1);
        assertThat(place("silenced")).isHidden();
        visitor.page.getByLabel("Search open incidents").fill("nothing like it");
        assertThat(visitor.region("incidents")).containsText("None of the 4 open incidents matches the filters.");
    }

    @Test
    void keys_move_search_acknowledge_and_silence() {
        showsFour();
        visitor.opens("/console", ConsoleTown.OPERATOR);
        var keyboard = visitor.page.keyboard();
        assertThat(place("firing").locator(".incident")).hasCount(1);

        keyboard.press("j");
        assertThat(visitor.page.getByRole(AriaRole.LINK, ConsoleVisitor.link("tent is FAILED")))
                .isFocused();
        keyboard.press("j");
        assertThat(visitor.page.getByRole(AriaRole.LINK, ConsoleVisitor.link("lab is DEGRADED")))
                .isFocused();
        keyboard.press("k");
        keyboard.press("m");
        assertThat(visitor.page.getByLabel("Matchers")).hasValue("monitor=room-co2\nroom=tent");
        keyboard.press("Escape");
        assertThat(visitor.page.getByRole(AriaRole.LINK, ConsoleVisitor.link("tent is FAILED")))
                .isFocused();
        keyboard.press("a");
        assertThat(visitor.page.locator("dialog")).containsText("tent is FAILED");
        keyboard.press("Escape");
        keyboard.press("/");
        assertThat(visitor.page.getByLabel("Search open incidents")).isFocused();
        keyboard.type("jam?");
        assertThat(visitor.page.getByLabel("Search open incidents")).hasValue("jam?");
        keyboard.press("Escape");
        keyboard.press("?");
        assertThat(visitor.page.locator("dialog")).containsText("Silence the incident");
        visitor.page.getByLabel("Keys without a modifier are on").uncheck();
        visitor.presses("Close");
        keyboard.press("/");
        assertThat(visitor.page.getByLabel("Search open incidents")).not().isFocused();
    }

    @Test
    void a_closed_dialog_takes_no_focus_from_what_was_focused_next() {
        showsFour();
        visitor.opens("/console", ConsoleTown.OPERATOR);
        assertThat(place("firing").locator(".incident")).hasCount(1);
        for (var key : List.of("?", "a")) {
            visitor.page.keyboard().press("j");
            visitor.page.keyboard().press(key);
            assertThat(visitor.page.locator("dialog")).isVisible();

            visitor.page.evaluate("""
                    () => new Promise(closed => {
                      const dialog = document.querySelector('dialog');
                      dialog.addEventListener('close', () => setTimeout(closed));
                      dialog.close();
                      document.querySelector('[data-search]').focus();
                    })""");

            assertThat(visitor.page.getByLabel("Search open incidents")).isFocused();
            visitor.page.keyboard().press("Escape");
        }
    }

    @Test
    void back_from_an_incident_its_row_has_the_focus() {
        showsFour();
        visitor.opens("/console", ConsoleTown.OPERATOR);
        visitor.page
                .getByRole(AriaRole.LINK, ConsoleVisitor.link("lab is DEGRADED"))
                .click();
        assertThat(visitor.region("incident")).isVisible();
        visitor.page.goBack();

        assertThat(visitor.page.getByRole(AriaRole.LINK, ConsoleVisitor.link("lab is DEGRADED")))
                .isFocused();
    }

    @Test
    void an_acknowledgement_is_sent_and_shown() {
        showsFour();
        services.answers("PUT", "/api/incidents/one/ack", asked -> Reply.of(Map.of("incident", "one")));
        visitor.opens("/console", ConsoleTown.OPERATOR);
        place("firing")
                .getByRole(AriaRole.BUTTON, ConsoleVisitor.inside("Acknowledge"))
                .click();
        visitor.page.getByLabel("Comment (optional)").fill("mine");
        services.shows(
                "/api/incidents",
                List.of(with(
                        incident("one", "room-co2", "FAILED", Map.of(), Map.of("room", "tent")),
                        "acknowledged",
                        acknowledged(ConsoleTown.OPERATOR, "mine"))));
        visitor.page.keyboard().press("Enter");

        assertThat(place("acknowledged")).containsText("Acknowledged by olaf");
        var sent = services.requests("PUT", "/api/incidents/one/ack").getFirst().json();
        assertThat(sent.path("comment").asString()).isEqualTo("mine");
        assertThat(sent.path("until").isNull()).isTrue();
    }

    @Test
    void a_viewer_looks_and_changes_nothing() {
        showsFour();
        visitor.opens("/console", ConsoleTown.VIEWER);

        assertThat(place("firing").locator(".incident")).hasCount(1);
        assertThat(place("firing").locator(".incident button")).hasCount(0);
        assertThat(visitor.page.getByRole(AriaRole.LINK, ConsoleVisitor.link("Customers")))
                .hasCount(0);
        visitor.page.keyboard().press("j");
        visitor.page.keyboard().press("m");
        assertThat(visitor.page.locator("dialog")).hasCount(0);
    }

    private void shows(Map<String, @Nullable Object> monitors) {
        services.answers("GET", MONITORS, _ -> Reply.of(monitors));
        visitor.page.evaluate("dispatchEvent(new Event('online'))");
    }

    private void showsClear(boolean isGood, String words) {
        var clear = visitor.page.locator(".clear");
        assertThat(clear).hasText("No open incidents. " + words);
        assertThat(clear).hasAttribute("data-good", Boolean.toString(isGood));
    }

    @Test
    void without_incidents_it_is_green_only_when_all_monitors_were_checked() {
        visitor.opens("/console", ConsoleTown.OPERATOR);
        showsClear(true, "5 monitors, all checked.");

        shows(Shapes.counts(Map.of("PASSED", 5, "MISSED", 2)));
        showsClear(false, "But 2 monitors: not checked.");
        shows(Shapes.counts(Map.of("PASSED", 5, "FAILED", 1)));
        showsClear(false, "But 1 monitor: failed.");
        shows(with(Shapes.counts(Map.of()), "total", 50));
        showsClear(false, "But 50 monitors: never checked.");
        shows(with(Shapes.counts(Map.of("DEGRADED", 3)), "total", 4));
        showsClear(false, "But 1 monitor: never checked.");
        shows(Shapes.counts(Map.of("PASSED", 2, "DEGRADED", 3)));
        showsClear(true, "5 monitors, all checked.");
    }

    @Test
    void it_is_not_green_while_history_fails_is_silent_or_lags() {
        visitor.page.clock().install();
        visitor.opens("/console", ConsoleTown.OPERATOR);
        showsClear(true, "5 monitors, all checked.");

        services.fails("/api/history", 503);
        visitor.page.clock().runFor(11_000);
        showsClear(false, UNKNOWN);
        services.recovers("/api/history");
        visitor.page.clock().runFor(11_000);
        showsClear(true, "5 monitors, all checked.");

        var latch = new CountDownLatch(1);
        services.holds("/api/history", latch);
        visitor.page.clock().runFor(17_000);
        showsClear(false, UNKNOWN);
        latch.countDown();
        showsClear(true, "5 monitors, all checked.");

        shows(with(Shapes.counts(Map.of("PASSED", 5)), "asOf", Shapes.ago(Duration.ofSeconds(25))));
        showsClear(false, UNKNOWN);
        assertThat(visitor.region("monitors")).containsText("History lags: it has no result since");
    }

    @Test
    void the_first_view_is_below_100_kilobytes_and_has_no_plot() {
        showsFour();
        visitor.opens("/console", ConsoleTown.OPERATOR);
        assertThat(place("firing").locator(".incident")).hasCount(1);

        var bytes = ((Number) visitor.page.evaluate("""
                () => [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
                  .filter(({name}) => !name.includes('/api/'))
                  .reduce((sum, {encodedBodySize}) => sum + encodedBodySize, 0)
                """)).intValue();
        assertThat(bytes).isBetween(10_000, 100_000);
        assertThat(visitor.page.evaluate(
                        "performance.getEntriesByType('resource').some(({name}) => name.includes('uPlot'))"))
                .isEqualTo(false);
    }
}
