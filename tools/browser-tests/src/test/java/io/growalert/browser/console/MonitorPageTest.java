package io.growalert.browser.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import io.growalert.browser.console.ConsoleServices.Asked;
import io.growalert.browser.console.ConsoleServices.Reply;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A monitor with its series and its plot. */
class MonitorPageTest extends ConsoleVisits {
    private static final String PATH = "/api/history/monitors/room-co2";

    @BeforeEach
    void watch() {
        services.answers("GET", PATH, _ -> Reply.of(MonitorShapes.roomCo2()));
        services.answers("GET", PATH + "/values", asked -> Reply.of(MonitorShapes.values(asked)));
        services.shows("/api/routes/test", Map.of("receivers", List.of("pager")));
    }

    private void opens(String query) {
        visitor.opens("/console/monitors/room-co2" + query, ConsoleTown.OPERATOR);
    }

    private void isDrawn() {
        assertThat(visitor.page.locator(".plot canvas")).isVisible();
        assertThat(visitor.page.locator(".plot-words")).containsText("In ppm");
    }

    private List<Asked> reads() {
        return services.requests("GET", PATH + "/values");
    }

    private Locator button(String name) {
        return visitor.page.getByRole(
                AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
    }

    @Test
    void the_monitor_is_shown_with_progress_plot_series_and_definition() {
        opens("");
        isDrawn();
        var monitor = visitor.region("monitor");
        assertThat(monitor).containsText("Failed");
        assertThat(monitor).containsText("1,180.5 ppm");
        assertThat(monitor).containsText("ops, grower");
        assertThat(monitor.locator(".monitor-progress"))
                .containsText("Failed 2 of 3, fires at 2026-11-25 10:00:37 if the next fails");
        var definition = visitor.page.locator(".definition");
        for (var words : List.of("above 1000 ppm", "3 consecutive results", "every 4 h", "SELECT room, avg(co2_ppm)")) {
            assertThat(definition).containsText(words);
        }
        assertThat(visitor.region("values")).containsText("1 incident");
        assertThat(visitor.page.locator(".series-table tbody tr")).hasCount(2);
        assertThat(visitor.page.locator(".series-table")).containsText("<img src=x onerror=alert(1)>");
        assertThat(visitor.page.locator(".series-table img")).hasCount(0);
        // the limit that was valid before is another line than today's
        assertThat(colours()).contains("fail", "degraded", "missed");
        visitor.looksAround("monitor");
    }

    /** The names of the tokens whose colours the canvas has. */
    private String colours() {
        return (String) visitor.page.evaluate("""
                () => {
                  const canvas = document.querySelector('.plot canvas');
                  const {data} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
                  const seen = new Set();
                  for (let i = 0; i < data.length; i += 4) {
                    seen.add('#' + [data[i], data[i + 1], data[i + 2]].map(one => one.toString(16).padStart(2, '0')).join(''));
                  }
                  const style = getComputedStyle(document.documentElement);
                  return ['fail', 'degraded', 'missed', '1', '2'].filter(name => seen.has(style.getPropertyValue(`--plot-${name}`).trim())).join(' ');
                }
                """);
    }

    @Test
    void the_library_of_the_plot_is_loaded_by_this_page_only() {
        visitor.opens("/console/monitors", ConsoleTown.VIEWER);
        assertThat(visitor.page.locator("h1")).hasText("Monitors");
        assertThat(loadsPlot()).isFalse();
        visitor.opens("/console/monitors/room-co2");
        isDrawn();
        assertThat(loadsPlot()).isTrue();
    }

    private boolean loadsPlot() {
        return (Boolean) visitor.page.evaluate(
                "performance.getEntriesByType('resource').some(({name}) => name.includes('/console/vendor/'))");
    }

    @Test
    void dragging_over_the_plot_zooms_and_a_range_leads_back() {
        opens("");
        isDrawn();
        var box = visitor.page.locator(".plot .u-over").boundingBox();
        var mouse = visitor.page.mouse();
        mouse.move(box.x + box.width / 4, box.y + box.height / 2);
        mouse.down();
        mouse.move(box.x + box.width / 2, box.y + box.height / 2);
        mouse.up();

        assertThat(visitor.page).hasURL(Pattern.compile(".*\\?from=.*&to=.*"));
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(length(reads().getLast()))
                .isBetween(Duration.ofHours(5), Duration.ofHours(7)));
        visitor.presses("Zoom out");
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(length(reads().getLast()))
                .isBetween(Duration.ofHours(10), Duration.ofHours(14)));
        visitor.presses("1 h");
        assertThat(visitor.page).hasURL(Pattern.compile(".*\\?range=1h"));
        assertThat(button("1 h")).hasAttribute("aria-pressed", "true");
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(length(reads().getLast())).isEqualTo(Duration.ofHours(1)));
    }

    private static Duration length(Asked asked) {
        return Duration.between(
                Instant.parse(String.valueOf(asked.parameter("from"))),
                Instant.parse(String.valueOf(asked.parameter("to"))));
    }

    @Test
    void series_are_chosen_and_the_address_remembers_them() {
        opens("?series=s1&range=6h");
        isDrawn();
        assertThat(reads().getLast().query().get("series")).isEqualTo(List.of("s1"));
        visitor.page.locator(".series-table input[type=checkbox]").nth(1).check();
        assertThat(visitor.page).hasURL(Pattern.compile(".*series=s1&series=s2.*"));
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() ->
                        assertThat(reads().getLast().query().get("series")).isEqualTo(List.of("s1", "s2")));
    }

    @Test
    void of_many_series_the_worst_are_plotted() {
        var many = IntStream.range(0, 30)
                .mapToObj(i -> MonitorShapes.series("n" + i, Map.of("room", "r" + i), i == 29 ? "FAILED" : "PASSED"))
                .toList();
        services.shows(PATH, Shapes.with(MonitorShapes.roomCo2(), "seriesList", many, "seriesTotal", 700));
        opens("");
        isDrawn();
        assertThat(reads().getLast().query().get("series")).hasSize(8).first().isEqualTo("n29");
        assertThat(visitor.region("values")).containsText("30 of 700 series are listed.");
        visitor.page.locator(".series-table input:not(:checked)").first().click();
        assertThat(visitor.region("values")).containsText("At most 8 series are plotted.");
        visitor.page.getByLabel("Search series").fill("r17");
        assertThat(visitor.page.locator(".series-table tbody tr")).hasCount(1);
    }

    @Test
    void the_values_are_text_too_and_a_download() throws IOException {
        services.answers("GET", PATH + "/values", asked -> Reply.of(MonitorShapes.values(asked)));
        opens("?range=6h");
        isDrawn();
        visitor.page.getByText("Values as text").click();
        var text = visitor.page.locator(".plot-text tbody tr");
        assertThat(text).hasCount(100);
        assertThat(text.first()).containsText(Pattern.compile("Passed|Failed"));

        var download = visitor.page.waitForDownload(() -> visitor.presses("CSV"));
        assertThat(download.suggestedFilename()).isEqualTo("room-co2.csv");
        assertThat(Files.readString(download.path())).contains("series");
    }

    @Test
    void an_operator_runs_the_query_once() {
        services.answers("POST", "/api/monitors/room-co2/run", _ -> Reply.of(MonitorShapes.run()));
        opens("");
        visitor.presses("Run once");
        var result = visitor.page.locator(".run-result");
        assertThat(result).containsText("2 rows");
        assertThat(result).containsText("1,203.5 ppm");
        assertThat(result).containsText("above 1000 ppm");
        assertThat(result).containsText("no receiver was notified");
        visitor.looksAround("monitor-run");

        services.answers("POST", "/api/monitors/room-co2/run", _ -> Reply.problem(503, "backend_unavailable", "away"));
        visitor.presses("Run once");
        assertThat(result).containsText("The monitor was not run. The monitor-service is unavailable.");
    }

    @Test
    void an_operator_silences_the_monitor() {
        services.answers("POST", "/api/silences", _ -> Reply.of(Map.of("id", "sil-1")));
        opens("");
        isDrawn();
        visitor.page.keyboard().press("m");
        assertThat(visitor.page.getByLabel("Matchers")).hasValue("monitor=room-co2");
        visitor.page.getByLabel("Reason").fill("calibration");
        visitor.page.locator("dialog button[type=submit]").click();
        assertThat(visitor.page.locator("dialog")).hasCount(0);
        assertThat(services.requests("POST", "/api/silences")
                        .getLast()
                        .json()
                        .path("matchers")
                        .toString())
                .isEqualTo("[\"monitor=room-co2\"]");
    }

    @Test
    void receivers_by_routes_are_those_of_a_named_series() {
        services.answers(
                "GET",
                PATH,
                _ -> Reply.of(Shapes.with(
                        MonitorShapes.roomCo2(),
                        "routed",
                        true,
                        "labels",
                        Map.of("room", "of the monitor", "place", "a,site=outer"))));
        opens("");
        assertThat(visitor.page.locator(".routes-words")).hasText("for room=north-1, one of 2 series, now: pager");
        assertThat(services.requests("GET", "/api/routes/test")
                        .getLast()
                        .query()
                        .get("label"))
                .containsExactlyInAnyOrder("room=north-1", "place=a,site=outer", "monitor=room-co2", "status=FAILED");
    }

    @Test
    void a_monitor_without_series_is_shown_with_its_time() {
        services.answers(
                "GET",
                PATH,
                _ -> Reply.of(Shapes.with(MonitorShapes.roomCo2(), "seriesList", List.of(), "seriesTotal", 0)));
        opens("");

        assertThat(visitor.region("values")).containsText("as of");
        assertThat(visitor.region("values")).containsText("No series has a result yet.");
        assertThat(visitor.region("values")).not().containsText("Loading");
    }

    @Test
    void an_unknown_monitor_offers_nothing_to_change() {
        visitor.opens("/console/monitors/unknown", ConsoleTown.OPERATOR);

        assertThat(visitor.region("monitor")).containsText("Nothing is here in this test.");
        assertThat(button("Silence")).hasCount(0);
        assertThat(visitor.page.locator("ga-region[data-name=values]")).isHidden();
    }

    @Test
    void series_of_a_monitor_without_results_are_not_shown_as_passed() {
        services.answers(
                "GET",
                PATH,
                _ -> Reply.of(Shapes.with(
                        MonitorShapes.roomCo2(),
                        "status",
                        "MISSED",
                        "seriesList",
                        List.of(
                                MonitorShapes.series("s1", Map.of("room", "a"), "FAILED"),
                                MonitorShapes.series("s2", Map.of("room", "b"), "PASSED")))));
        opens("");
        assertThat(visitor.page.locator(".series-state")).containsText(new String[] {"Failed", "Not checked"});
    }

    @Test
    void a_viewer_cannot_run_it_and_a_pushed_monitor_is_never_run() {
        visitor.opens("/console/monitors/room-co2", ConsoleTown.VIEWER);
        isDrawn();
        assertThat(button("Run once")).hasCount(0);
        visitor.context.clearCookies();
        services.shows(
                PATH,
                Shapes.with(
                        MonitorShapes.roomCo2(),
                        "definition",
                        Shapes.with(MonitorShapes.definition(), "source", "push", "query", "")));
        opens("");
        isDrawn();
        assertThat(button("Run once")).hasCount(0);
    }

    @Test
    void an_unknown_monitor_is_reported() {
        services.answers(
                "GET",
                "/api/history/monitors/gone",
                _ -> Reply.problem(404, "unknown_monitor", "there is no monitor 'gone'"));
        visitor.opens("/console/monitors/gone", ConsoleTown.VIEWER);
        assertThat(visitor.region("monitor")).containsText("There is no monitor 'gone'.");
    }

    @Test
    void while_the_values_are_slow_or_away_the_monitor_is_shown() {
        var latch = new CountDownLatch(1);
        services.holds(PATH + "/values", latch);
        opens("");
        assertThat(visitor.region("monitor")).containsText("1,180.5 ppm");
        assertThat(visitor.page.locator(".definition")).isVisible();
        assertThat(visitor.region("values").locator(".as-of")).hasText("Loading");
        services.fails(PATH + "/values", 503);
        latch.countDown();
        assertThat(visitor.region("values")).containsText("The history-service is unavailable.");
        services.recovers(PATH + "/values");
        // does not wait for the next read
        visitor.page.evaluate("dispatchEvent(new Event('online'))");
        isDrawn();
    }

    @Test
    void a_gap_is_not_drawn_as_a_line_and_a_far_limit_does_not_flatten_the_curve() {
        opens("");
        isDrawn();
        assertThat(visitor.page.evaluate("""
                async () => {
                  const data = await import('/console/assets/pages/plot-data.js');
                  const series = {t: [0, 30, 120], min: [1, 2, 3], max: [1, 2, 3], mean: [1, 2, 3]};
                  const [low, high] = data.axisRange(1, 3, [{value: 1000}, {value: 4}]);
                  return JSON.stringify([
                    data.withGaps(series, 30)[3],
                    data.secondsOf('P1DT2H3M4.5S'),
                    low < 1 && high > 4 && high < 10,
                    data.limitsOf({outside: [18, 26]}).map(({side}) => side),
                    data.thresholdWords({inside: [1, 2]}, 'ppm'),
                  ]);
                }
                """))
                .isEqualTo("[[1,2,null,3],93784.5,true,[\"down\",\"up\"],\"inside 1 to 2 ppm\"]");
    }
}
