package io.growalert.browser.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Locator;
import io.growalert.browser.console.ConsoleServices.Asked;
import io.growalert.browser.console.ConsoleServices.Reply;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A rule is tried out on a monitor's page. */
class WhatIfPanelTest extends ConsoleVisits {
    private static final String PATH = "/api/history/monitors/room-co2";

    @BeforeEach
    void tryOut() {
        services.answers("GET", PATH, _ -> Reply.of(MonitorShapes.roomCo2()));
        services.answers("GET", PATH + "/values", asked -> Reply.of(MonitorShapes.values(asked)));
        services.answers("GET", PATH + "/what-if", asked -> Reply.of(MonitorShapes.whatIf(asked)));
        services.shows("/api/routes/test", Map.of("receivers", List.of("pager")));
        visitor.opens("/console/monitors/room-co2", ConsoleTown.VIEWER);
        visitor.presses("What if");
        assertThat(result()).containsText("As many incidents as there were.");
    }

    private Locator result() {
        return visitor.page.locator(".what-if-result");
    }

    private List<Asked> reads() {
        return services.requests("GET", PATH + "/what-if");
    }

    private void reads(String parameter, String value) {
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(
                        () -> assertThat(reads().getLast().parameter(parameter)).isEqualTo(value));
    }

    @Test
    void a_higher_limit_would_have_had_fewer_incidents() {
        assertThat(reads().getFirst().query())
                .containsAllEntriesOf(
                        Map.of("above", List.of("1000"), "after", List.of("3"), "resolveAfter", List.of("2")));
        visitor.page
                .getByLabel("Limit", new com.microsoft.playwright.Page.GetByLabelOptions().setExact(true))
                .fill("1060");
        assertThat(result()).containsText("2 fewer incidents than there were.");
        assertThat(result().locator(".lane.actual rect")).hasCount(3);
        assertThat(result().locator(".lane.tried rect")).hasCount(1);
        assertThat(result().locator("tbody tr")).hasCount(3);
        assertThat(result().locator("tbody tr").nth(1)).containsText("none");
        assertThat(visitor.page.getByLabel("Limit to try out")).hasAttribute("aria-valuetext", "1060 ppm");
        visitor.looksAround("what-if");

        visitor.presses("As defined");
        assertThat(result()).containsText("As many incidents as there were.");
        visitor.presses("What if");
        assertThat(result()).hasCount(0);
        assertThat(visitor.page.locator(".limit-handle")).hasCount(0);
        assertThat(services.requests("POST", ".*")).isEmpty();
    }

    @Test
    void the_line_is_dragged_by_the_pointer_and_by_keys() {
        var handle = visitor.page.getByLabel("Limit to try out");
        var box = handle.boundingBox();
        var mouse = visitor.page.mouse();
        mouse.move(box.x + box.width / 2, box.y + box.height / 2);
        mouse.down();
        mouse.move(box.x + box.width / 2, box.y + box.height / 2 + 40);
        mouse.up();
        double dragged = limit();
        assertThat(dragged).isLessThan(990);
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(above()).isEqualTo(dragged));

        handle.press("ArrowUp");
        double stepped = limit();
        assertThat(stepped).isGreaterThan(dragged);
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(above()).isEqualTo(stepped));
    }

    private double limit() {
        return Double.parseDouble(visitor.page.locator("#what-if-limit-0").inputValue());
    }

    private double above() {
        return Double.parseDouble(Objects.requireNonNull(reads().getLast().parameter("above")));
    }

    @Test
    void results_durations_and_kinds_of_limits_are_tried_out() {
        visitor.page.getByLabel("Fires after", exactly()).fill("10");
        visitor.page.getByLabel("Fires after: unit").selectOption("minutes");
        reads("for", "PT600S");
        assertThat(reads().getLast().parameter("after")).isNull();
        visitor.page.getByLabel("Resolves after").fill("5");
        reads("resolveAfter", "5");
        visitor.page.getByLabel("Fails").selectOption("outside");
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(
                        () -> assertThat(reads().getLast().parameter("outside")).matches("[\\d.]+,1000"));
        assertThat(visitor.page.locator(".limit-handle")).hasCount(2);
    }

    @Test
    void a_rule_that_cannot_be_is_not_sent() {
        visitor.page.getByLabel("Fires after", exactly()).fill("0");
        // it would be busy until the response
        assertThat(result().getAttribute("aria-busy")).isEqualTo("false");
        assertThat(visitor.page.locator("#what-if-problem")).hasText("Enter a whole number from 1.");
        assertThat(visitor.page.getByLabel("Fires after", exactly())).hasAttribute("aria-invalid", "true");
        visitor.page.getByLabel("Fires after", exactly()).fill("4");
        reads("after", "4");
        assertThat(reads()).extracting(asked -> asked.parameter("after")).doesNotContain("0");
    }

    private static com.microsoft.playwright.Page.GetByLabelOptions exactly() {
        return new com.microsoft.playwright.Page.GetByLabelOptions().setExact(true);
    }

    @Test
    void what_is_not_stored_is_said_and_a_failure_keeps_the_page() {
        services.answers(
                "GET",
                PATH + "/what-if",
                asked -> Reply.of(Shapes.with(MonitorShapes.whatIf(asked), "complete", false)));
        visitor.page.getByLabel("Fires after", exactly()).fill("2");
        assertThat(result()).containsText("Values of a part of these days are not stored");
        services.fails(PATH + "/what-if", 503);
        visitor.page.getByLabel("Fires after", exactly()).fill("1");
        assertThat(result()).containsText("The history-service is unavailable.");
        assertThat(visitor.page.locator(".plot canvas")).isVisible();
        services.recovers(PATH + "/what-if");
        visitor.presses("Try again");
        assertThat(result()).containsText("As many incidents as there were.");
    }
}
