package io.growalert.browser.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A public status page: it fits a screen of 320 px and is accessible, in light and dark, as far as axe-core detects. */
class StatusPageTest extends ConsoleVisits {
    private static final List<String> STATUSES = List.of("FAILED", "ERROR", "NO_DATA", "MISSED", "DEGRADED", "PASSED");

    @Test
    void it_is_accessible_and_fits_the_narrowest_screen() {
        var monitors = IntStream.range(0, STATUSES.size())
                .mapToObj(i -> Shapes.object(
                        "id", "room-" + i,
                        "title", i == 0 ? "Room ".repeat(20) + "x".repeat(120) : null,
                        "status", STATUSES.get(i),
                        "since", Shapes.ago(Duration.ofHours(2)),
                        "bar",
                                Shapes.bar(IntStream.range(0, 48)
                                        .mapToObj(cell ->
                                                cell % 7 == 0 ? null : STATUSES.get((cell + i) % STATUSES.size()))
                                        .toArray(String[]::new))))
                .toList();
        var incident = Shapes.object("monitor", "room-0", "from", Shapes.ago(Duration.ofHours(2)), "to", null);
        services.shows(
                "/api/history/status",
                Shapes.object(
                        "asOf",
                        Shapes.ago(Duration.ofSeconds(3)),
                        "status",
                        "FAILED",
                        "total",
                        60,
                        "monitors",
                        monitors,
                        "incidents",
                        List.of(incident)));
        visitor.opens("/status/farm");

        assertThat(visitor.page.locator("h1")).hasText("North farm");
        assertThat(visitor.page.locator("h3")).hasCount(STATUSES.size());
        visitor.looksAround("status");
        // without a script, only a refresh keeps an open page from showing an old state as the present one
        visitor.complaints.removeIf(complaint -> complaint.contains("meta-refresh: "));
    }
}
