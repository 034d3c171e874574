package io.growalert.browser.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static io.growalert.browser.console.Shapes.incident;
import static io.growalert.browser.console.Shapes.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Clock;
import io.growalert.browser.console.ConsoleServices.Reply;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What goes wrong around the console: services, networks, clocks, and data of any size and script. */
class ConsoleFaultsTest extends ConsoleVisits {
    private static final int MANY = 2_000;
    private static final int MONITORS = 5_000;

    private static Map<String, @Nullable Object> one(String room) {
        return incident("one", "room-co2", "FAILED", Map.of("site", "north"), Map.of("room", room));
    }

    /** Waits until all that was on its way has arrived. */
    private void seesIncident(String words) {
        assertThat(visitor.page.locator(".incident").first()).containsText(words);
    }

    @Test
    void a_service_that_is_away_shows_in_its_part_and_leaves_the_rest() {
        services.shows("/api/incidents", List.of(one("tent")));
        services.fails("/api/history", 503);
        visitor.opens("/console", ConsoleTown.OPERATOR);

        seesIncident("tent");
        assertThat(visitor.region("incidents")).hasAttribute("data-state", "fresh");
        assertThat(visitor.region("monitors")).hasAttribute("data-state", "away");
        assertThat(visitor.region("monitors")).containsText("The history-service is unavailable.");
        services.recovers("/api/history");
        assertThat(visitor.region("monitors")).hasAttribute("data-state", "fresh");

        services.fails("/api/incidents", 502);
        assertThat(visitor.region("incidents")).hasAttribute("data-state", "away");
        assertThat(visitor.region("incidents")).containsText("The alert-dispatcher failed. Shown is the state as of");
        seesIncident("tent");
        assertThat(visitor.page).hasTitle("(1?) Overview - GrowAlert");
        assertThat(visitor.region("monitors")).hasAttribute("data-state", "fresh");
    }

    @Test
    void data_is_visibly_stale_after_15_seconds_without_a_response() {
        services.shows("/api/incidents", List.of(one("tent")));
        visitor.page.clock().install();
        visitor.opens("/console", ConsoleTown.OPERATOR);
        seesIncident("tent");
        var region = visitor.region("incidents");
        assertThat(region).hasAttribute("data-state", "fresh");
        var latch = new CountDownLatch(1);
        services.holds("/api/incidents", latch);

        visitor.page.clock().runFor(17_000);
        assertThat(region).hasAttribute("data-state", "stale");
        assertThat(region).containsText("Stale: nothing arrived since");
        assertThat(visitor.region("monitors")).hasAttribute("data-state", "fresh");
        latch.countDown();
        services.recovers("/api/incidents");
        assertThat(region).hasAttribute("data-state", "fresh");
    }

    @Test
    void a_slow_service_is_waited_for_and_asked_once() {
        var latch = new CountDownLatch(1);
        services.holds("/api/history", latch);
        services.shows("/api/incidents", List.of(one("tent")));
        visitor.page.clock().install();
        visitor.opens("/console", ConsoleTown.OPERATOR);
        seesIncident("tent");
        await().until(() -> !services.requests("GET", "/api/history/monitors").isEmpty());
        visitor.page.clock().runFor(20_000);

        assertThat(visitor.region("monitors")).containsText("No response yet.");
        assertThat(services.requests("GET", "/api/history/monitors")).hasSize(1);
        latch.countDown();
        assertThat(visitor.region("monitors")).containsText("Passed");
    }

    @Test
    void two_thousand_incidents_of_five_thousand_monitors_are_counted_searched_and_shown_by_the_screen() {
        var incidents = IntStream.range(0, MANY)
                .mapToObj(i -> incident(
                        "incident-" + i,
                        "monitor-" + i,
                        i % 3 == 0 ? "NO_DATA" : "FAILED",
                        Map.of("site", "site-" + i % 7, "severity", "critical"),
                        Map.of("room", "room-" + i)))
                .toList();
        services.answers(
                "GET",
                "/api/incidents",
                asked -> asked.parameter("cursor") == null
                        ? new Reply(
                                200,
                                incidents.subList(0, MANY / 2),
                                Map.of("Link", "</api/incidents?state=open&limit=1000&cursor=half>; rel=\"next\""))
                        : Reply.of(incidents.subList(MANY / 2, MANY)));
        services.shows("/api/history/monitors", Shapes.counts(Map.of("PASSED", MONITORS - MANY, "FAILED", MANY)));
        visitor.opens("/console", ConsoleTown.OPERATOR);

        assertThat(visitor.page).hasTitle("(2,000) Overview - GrowAlert");
        assertThat(visitor.page.locator(".figure-firing b")).hasText("2,000");
        assertThat(visitor.region("monitors")).containsText("3,000");
        assertThat(visitor.page.locator(".incident")).hasCount(50);
        visitor.page.getByText("Show 200 more of 2,000").click();
        assertThat(visitor.page.locator(".incident")).hasCount(250);
        visitor.page.getByLabel("Group by").selectOption("site");
        assertThat(visitor.page.locator(".group")).hasCount(7);
        visitor.page.getByLabel("Search open incidents").fill("room=room-1999");
        assertThat(visitor.page.locator(".incident")).hasCount(1);
        seesIncident("room-1999");
        visitor.page.setViewportSize(ConsoleVisitor.NARROW, 640);
        visitor.picture("many");
    }

    @Test
    void labels_with_markup_emoji_right_to_left_text_and_a_kilobyte_stay_text() {
        var markup = "<img src=x onerror=document.title='broken'><b class=injected>bold</b>";
        var labels = Map.of(
                "note",
                markup,
                "plant",
                "🌱🪴🌡️",
                "room",
                "مراقبة الرطوبة",
                "<i>name</i>",
                "value",
                "long",
                "x".repeat(1_024));
        var strange = with(
                incident("one", "room-co2", "FAILED", labels, Map.of("series", "שלום עולם")),
                "summary",
                markup + " 🌱 مراقبة " + "y".repeat(900),
                "acknowledged",
                Shapes.acknowledged("<u>ann</u>", markup));
        services.shows("/api/incidents", List.of(strange));
        services.shows(
                "/api/silences", List.of(Shapes.silence("s1", markup, "note=" + markup, "long=" + "x".repeat(1_024))));
        services.shows("/api/incidents/one", with(IncidentShapes.report(), "incident", strange));
        visitor.page.setViewportSize(ConsoleVisitor.NARROW, 640);
        visitor.opens("/console", ConsoleTown.OPERATOR);

        seesIncident("<b class=injected>bold</b>");
        seesIncident("🌱");
        assertThat(visitor.page.locator(".incident .chip[title^='note=']")).hasAttribute("title", "note=" + markup);
        assertThat(visitor.page.locator(".injected, main img, main u")).hasCount(0);
        visitor.picture("strange-overview");
        visitor.page.getByLabel("Group by").selectOption("note");
        assertThat(visitor.page.locator(".group-head").first()).containsText("<img src=x");
        visitor.picture("strange-groups");
        visitor.page.locator(".incident-name").first().click();
        assertThat(visitor.region("timeline")).containsText("Fired");
        assertThat(visitor.page.locator("h1")).containsText("<b class=injected>bold</b>");
        assertThat(visitor.page.locator(".injected, main img, main u")).hasCount(0);
        visitor.picture("strange-incident");
        visitor.page.setViewportSize(1280, 800);
        visitor.picture("strange-wide");
        visitor.goesTo("silences");
        visitor.page.setViewportSize(ConsoleVisitor.NARROW, 640);
        assertThat(visitor.page.locator(".silence")).containsText("<b class=injected>bold</b>");
        visitor.picture("strange-silences");
        assertThat(visitor.page.locator(".injected, main img")).hasCount(0);
        assertThat(visitor.page).hasTitle("(1) Silences - GrowAlert");
    }

    @Test
    void a_clock_that_is_an_hour_ahead_changes_no_time() {
        services.shows("/api/incidents", List.of(one("tent")));
        services.answers("POST", "/api/silences", asked -> new Reply(201, Map.of("id", "new"), Map.of()));
        visitor.page
                .clock()
                .install(new Clock.InstallOptions()
                        .setTime(Date.from(Instant.now().plus(1, ChronoUnit.HOURS))));
        visitor.opens("/console", ConsoleTown.OPERATOR);

        assertThat(visitor.page.locator(".banner")).containsText("clock is 1 h ahead. Times here are the server's.");
        assertThat(visitor.page.locator(".incident-since")).containsText("1 h");
        assertThat(visitor.region("incidents")).hasAttribute("data-state", "fresh");
        visitor.page.keyboard().press("j");
        visitor.page.keyboard().press("m");
        visitor.page.getByLabel("Reason").fill("by the server's clock");
        visitor.page.keyboard().press("Enter");
        assertThat(visitor.page.locator("dialog")).hasCount(0);
        var end = services.requests("POST", "/api/silences")
                .getFirst()
                .json()
                .path("endsAt")
                .asString();
        assertThat(Instant.parse(end))
                .isCloseTo(Instant.now().plus(1, ChronoUnit.HOURS), within(2, ChronoUnit.MINUTES));
    }

    @Test
    void offline_is_shown_at_once_and_the_page_recovers() {
        services.shows("/api/incidents", List.of(one("tent")));
        visitor.opens("/console", ConsoleTown.OPERATOR);
        seesIncident("tent");
        visitor.context.setOffline(true);

        assertThat(visitor.page.locator(".banner")).containsText("This computer is offline.");
        assertThat(visitor.page.locator(".pulse")).hasText("Offline");
        assertThat(visitor.region("incidents")).containsText("This computer is offline. Shown is the state as of");
        services.shows("/api/incidents", List.of(one("lab")));
        visitor.context.setOffline(false);
        seesIncident("lab");
        assertThat(visitor.region("incidents")).hasAttribute("data-state", "fresh");
        assertThat(visitor.page.locator(".banner")).hasCount(0);
    }

    @Test
    void a_change_is_pushed_by_one_stream_of_all_tabs() {
        services.shows("/api/incidents", List.of(one("tent")));
        visitor.page.clock().install();
        visitor.opens("/console", ConsoleTown.OPERATOR);
        seesIncident("tent");
        var second = visitor.newTab();
        second.navigate(town.address("/console"));
        assertThat(second.locator(".incident")).containsText("tent");
        isOneStream();
        assertThat(visitor.page.locator(".pulse")).hasText("Live");
        assertThat(second.locator(".pulse")).hasText("Live");
        // without a push nothing is read: time stands still
        visitor.page.clock().pauseAt(Date.from(Instant.now().plusSeconds(120)));
        services.shows("/api/incidents", List.of(one("lab")));
        services.moved("alerts");

        for (var tab : List.of(visitor.page, second)) {
            await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
                tab.clock().runFor(300);
                assertThat(tab.locator(".incident").textContent()).contains("lab");
            });
        }
        isOneStream();
    }

    /** A stream whose browser closed it ends with the next write. */
    private void isOneStream() {
        await().atMost(Duration.ofSeconds(60)).until(() -> services.streams() == 1);
    }

    @Test
    void polling_slows_while_nothing_changes_and_transfers_nothing_twice() {
        // as the service: with another date, and so another tag, each time
        services.answers(
                "GET",
                "/api/history/monitors",
                asked -> Reply.of(with(
                        Shapes.counts(Map.of("PASSED", 5)),
                        "asOf",
                        Instant.now().toString())));
        services.fails("/api/live", 503);
        visitor.page.clock().install();
        visitor.opens("/console", ConsoleTown.OPERATOR);
        assertThat(visitor.region("monitors")).containsText("Passed");
        int before = services.requests("GET", "/api/history/monitors").size();
        visitor.page.clock().pauseAt(Date.from(Instant.now().plusSeconds(60)));
        for (int second = 0; second < 60; second++) {
            visitor.page.clock().runFor(1_000);
            // a later request of the page has a response, so that the ones before are on their way at least
            visitor.page.evaluate("fetch('/session').then(answer => answer.text())");
        }

        assertThat(services.requests("GET", "/api/history/monitors").size() - before)
                .as("every 2 s at first, every 10 s at last")
                .isBetween(3, 15);
        assertThat(services.notModified()).isPositive();
    }

    @Test
    void a_stream_that_ends_is_opened_again_and_without_it_the_page_polls() {
        services.fails("/api/live", 503);
        services.shows("/api/incidents", List.of(one("tent")));
        visitor.page.clock().install();
        visitor.opens("/console", ConsoleTown.OPERATOR);
        assertThat(visitor.page.locator(".pulse")).hasText("Polling");
        services.shows("/api/incidents", List.of(one("lab")));
        seesIncident("lab");

        services.recovers("/api/live");
        visitor.page.clock().runFor(40_000);
        assertThat(visitor.page.locator(".pulse")).hasText("Live");
        services.endsStreams();
        visitor.page.clock().runFor(5_000);
        isOneStream();
    }
}
