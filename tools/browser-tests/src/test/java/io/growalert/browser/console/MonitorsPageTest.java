package io.growalert.browser.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import io.growalert.browser.console.ConsoleServices.Asked;
import io.growalert.browser.console.ConsoleServices.Reply;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The list of monitors. */
class MonitorsPageTest extends ConsoleVisits {
    private static final String PATH = "/api/history/monitors";
    private static final List<String> STATUSES = List.of("FAILED", "NO_DATA", "ERROR", "DEGRADED", "MISSED", "PASSED");

    private void shows(List<Map<String, @Nullable Object>> monitors) {
        services.answers("GET", PATH, _ -> Reply.of(MonitorShapes.monitors(monitors.size(), monitors, null)));
    }

    private void opens() {
        visitor.opens("/console/monitors", ConsoleTown.OPERATOR);
    }

    private Locator row(String id) {
        return visitor.page.locator(".monitor-row").filter(new Locator.FilterOptions().setHas(link(id)));
    }

    private Locator link(String id) {
        return visitor.page.getByRole(
                AriaRole.LINK, new Page.GetByRoleOptions().setName(id).setExact(true));
    }

    @Test
    void each_status_differs_by_word_and_by_pattern() {
        shows(STATUSES.stream()
                .map(status -> MonitorShapes.monitor(
                        "monitor-" + status.toLowerCase(java.util.Locale.ROOT).replace('_', '-'), status))
                .toList());
        opens();

        var words = List.of("Failed", "No data", "Source error", "Degraded", "Not checked", "Passed");
        assertThat(visitor.page.locator(".monitor-row .monitor-state")).hasText(words.toArray(String[]::new));
        var shapes = (List<?>) visitor.page.locator(".monitor-row ga-bar").evaluateAll("""
                bars => bars.map(bar => [...bar.querySelectorAll('svg > *')].slice(0, 2)
                  .map(part => `${part.localName} ${part.getAttribute('height') ?? part.getAttribute('d')}`
                    + ` ${part.getAttribute('y')} ${part.classList.contains('cell-mark')}`).join(','))
                """);
        assertThat(new HashSet<Object>(shapes)).hasSize(STATUSES.size());
        assertThat(row("monitor-missed").getByRole(AriaRole.IMG))
                .hasAccessibleName("48 parts: Not checked 24, Passed 24");
        assertThat(row("monitor-failed")).containsText("1,180.5 ppm");
        assertThat(row("monitor-failed")).containsText("ops, grower");
        assertThat(row("monitor-failed")).containsText("1 open incident");
        visitor.looksAround("monitors");
    }

    @Test
    void the_server_decides_what_was_not_checked() {
        shows(List.of(
                MonitorShapes.monitor("never", null),
                Shapes.with(MonitorShapes.monitor("late", "MISSED"), "lastSlot", Shapes.ago(Duration.ofMinutes(1))),
                // its silentAfter is long
                Shapes.with(MonitorShapes.monitor("patient", "PASSED"), "lastSlot", Shapes.ago(Duration.ofHours(1))),
                Shapes.with(MonitorShapes.monitor("unrouted", "PASSED"), "receivers", List.of(), "routed", false),
                Shapes.with(MonitorShapes.monitor("routed", "PASSED"), "receivers", List.of(), "routed", true),
                Shapes.with(MonitorShapes.monitor("unpaid", "MISSED"), "paused", "subscription ended")));
        opens();

        assertThat(row("never")).containsText("Never checked");
        assertThat(row("never")).containsText("never checked");
        assertThat(row("never").locator(".cell-PASSED")).hasCount(24);
        assertThat(row("late")).containsText("Not checked");
        assertThat(row("late").locator("[kind=PASSED]")).hasCount(0);
        assertThat(row("patient")).containsText("Passed");
        assertThat(row("unrouted")).containsText("No receiver");
        assertThat(row("routed")).containsText("by routes");
        assertThat(row("unpaid").locator(".monitor-state")).hasText("Paused");
        assertThat(row("unpaid")).containsText("Subscription ended; not checked until it is paid");
    }

    @Test
    void five_thousand_monitors_are_searched_filtered_and_paged_by_the_server() {
        services.answers("GET", PATH, MonitorsPageTest::page);
        opens();
        assertThat(visitor.page.locator(".monitor-row")).hasCount(50);
        assertThat(visitor.page.locator(".paging")).containsText("1 to 50 of 5,000 monitors");

        visitor.page.getByText("Next page").click();
        assertThat(link("monitor-0050")).isVisible();
        assertThat(visitor.page.locator(".paging")).containsText("51 to 100 of 5,000 monitors");
        assertThat(visitor.page).hasURL(Pattern.compile(".*\\?cursor=50&page=2"));
        visitor.page.goBack();
        assertThat(link("monitor-0000")).isVisible();

        visitor.page.getByLabel("Search monitors").fill("monitor-4242");
        assertThat(visitor.page.locator(".monitor-row")).hasCount(1);
        visitor.presses("Failed");
        visitor.page.getByLabel("Filter by a label").fill("site=north");
        visitor.presses("Filter");
        visitor.presses("7 d");
        assertThat(visitor.page)
                .hasURL(Pattern.compile(".*\\?search=monitor-4242&status=failed&label=site%3Anorth&window=7d"));
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            var last = services.requests("GET", PATH).getLast();
            assertThat(last.parameter("search")).isEqualTo("monitor-4242");
            assertThat(last.parameter("status")).isEqualToIgnoringCase("failed");
            assertThat(last.query().get("label")).isEqualTo(List.of("site:north"));
            assertThat(last.parameter("window")).isEqualTo("7d");
            assertThat(last.parameter("limit")).isEqualTo("50");
        });

        visitor.page.reload();
        assertThat(visitor.page.getByLabel("Search monitors")).hasValue("monitor-4242");
        visitor.page.getByLabel("Remove the filter site:north").click();
        assertThat(visitor.page).hasURL(Pattern.compile(".*\\?search=monitor-4242&status=failed&window=7d"));
    }

    private static Reply page(Asked asked) {
        var search = Objects.requireNonNullElse(asked.parameter("search"), "");
        int from = Integer.parseInt(Objects.requireNonNullElse(asked.parameter("cursor"), "0"));
        var all = IntStream.range(0, 5_000)
                .mapToObj("monitor-%04d"::formatted)
                .filter(id -> id.contains(search))
                .toList();
        var shown = all.stream()
                .skip(from)
                .limit(50)
                .map(id -> MonitorShapes.monitor(id, "PASSED"))
                .toList();
        return Reply.of(
                MonitorShapes.monitors(all.size(), shown, from + 50 < all.size() ? Integer.toString(from + 50) : null));
    }

    @Test
    void labels_stay_text() {
        var labels = Map.of(
                "markup",
                "<img src=x onerror=alert(1)>",
                "emoji",
                "\uD83C\uDF31",
                "rtl",
                "\u05E9\u05DC\u05D5\u05DD",
                "long",
                "x".repeat(1_024));
        shows(List.of(Shapes.with(MonitorShapes.monitor("odd", "PASSED"), "labels", labels, "summary", "<b>bold</b>")));
        opens();
        assertThat(row("odd")).containsText("<img src=x onerror=alert(1)>");
        assertThat(row("odd")).containsText("<b>bold</b>");
        assertThat(row("odd").locator("img, b")).hasCount(0);
        visitor.looksAround("monitors-odd");
    }

    @Test
    void while_history_is_away_the_last_state_is_shown_with_its_time() {
        shows(List.of(MonitorShapes.monitor("room-co2", "PASSED")));
        opens();
        assertThat(row("room-co2")).isVisible();

        services.fails("/api/history", 503);
        var region = visitor.region("monitors");
        assertThat(region).containsText("The history-service is unavailable. Shown is the state as of");
        assertThat(region.locator(".region-body")).hasClass(Pattern.compile(".*\\bold\\b.*"));
        assertThat(row("room-co2")).isVisible();

        services.recovers("/api/history");
        visitor.page.evaluate("dispatchEvent(new Event('online'))");
        assertThat(region).not().containsText("unavailable");
    }

    @Test
    void history_that_lags_is_not_shown_as_current() {
        var page = MonitorShapes.monitors(1, List.of(MonitorShapes.monitor("room-co2", "PASSED")), null);
        services.shows(PATH, Shapes.with(page, "asOf", Shapes.ago(Duration.ofSeconds(25))));
        opens();
        assertThat(visitor.region("monitors")).containsText("History lags: it has no result since");
        assertThat(visitor.page.locator(".monitor-rows")).hasClass(Pattern.compile(".*\\bold\\b.*"));
        // the same answer again: 304
        await().atMost(Duration.ofSeconds(60)).until(() -> {
            visitor.page.evaluate("dispatchEvent(new Event('online'))");
            return services.notModified() > 1;
        });
        assertThat(visitor.region("monitors")).containsText("History lags: it has no result since");
    }

    @Test
    void statuses_have_the_order_of_the_server() {
        shows(List.of());
        opens();
        assertThat(visitor.page.locator(".statuses button"))
                .hasText(Stream.of("Failed", "Source error", "No data", "Not checked", "Degraded", "Passed")
                        .map(word -> Pattern.compile(word + ".*"))
                        .toArray(Pattern[]::new));
    }

    @Test
    void while_history_is_slow_the_filters_and_the_other_pages_work() {
        var latch = new CountDownLatch(1);
        shows(List.of(MonitorShapes.monitor("room-co2", "PASSED")));
        services.holds(PATH, latch);
        opens();
        assertThat(visitor.region("monitors")).containsText("Loading");
        visitor.presses("Failed");
        assertThat(visitor.page).hasURL(Pattern.compile(".*status=failed"));
        visitor.page.locator(".shell").getByText("System").click();
        assertThat(visitor.page.locator("h1")).hasText("System");
        visitor.page.goBack();
        latch.countDown();
        assertThat(row("room-co2")).isVisible();
    }

    @Test
    void keys_search_and_move_between_monitors() {
        shows(List.of(MonitorShapes.monitor("room-a", "PASSED"), MonitorShapes.monitor("room-b", "PASSED")));
        services.shows(PATH + "/room-b", MonitorShapes.roomCo2());
        opens();
        assertThat(row("room-b")).isVisible();
        visitor.page.keyboard().press("/");
        assertThat(visitor.page.getByLabel("Search monitors")).isFocused();
        visitor.page.keyboard().press("Escape");
        visitor.page.keyboard().press("j");
        visitor.page.keyboard().press("j");
        assertThat(link("room-b")).isFocused();
        visitor.page.keyboard().press("Enter");
        assertThat(visitor.page).hasURL(Pattern.compile(".*/console/monitors/room-b"));
    }
}
