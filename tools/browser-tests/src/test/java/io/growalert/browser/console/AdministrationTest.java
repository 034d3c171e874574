package io.growalert.browser.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Locator;
import io.growalert.browser.console.ConsoleServices.Reply;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The system, and customers and orders. */
class AdministrationTest extends ConsoleVisits {
    private static final String MONITORS = "/api/history/monitors";

    private static Map<String, @Nullable Object> own(
            String id, String status, @Nullable Double value, @Nullable String unit) {
        return Shapes.with(MonitorShapes.monitor(id, status), "lastValue", value, "unit", unit, "source", "push");
    }

    private Locator own(String name) {
        return visitor.page.locator(".own-row").filter(new Locator.FilterOptions().setHasText(name));
    }

    @Test
    void services_and_own_monitors_say_what_is_degraded_and_why() {
        services.answers(
                "GET",
                "/actuator/health|/health.*",
                _ -> Reply.of(Shapes.object(
                        "status",
                        "DEGRADED",
                        "components",
                        Shapes.object(
                                "notifier", Shapes.object("status", "DEGRADED", "details", Map.of("parked", 150))))));
        services.shows(
                MONITORS,
                MonitorShapes.monitors(
                        3,
                        List.of(
                                own("growalert-lag", "PASSED", 2.1, "s"),
                                own("growalert-monitor-disk", "PASSED", 63.0, "%"),
                                own("growalert-dead-letters", "FAILED", 3.0, null)),
                        null));
        services.shows(
                MONITORS + "/growalert-dead-letters",
                Shapes.with(
                        own("growalert-dead-letters", "FAILED", 3.0, null),
                        "seriesList",
                        List.of(MonitorShapes.series("d", Map.of("topic", "growalert.alerts-dlt"), "FAILED"))));
        visitor.opens("/console/system", ConsoleTown.VIEWER);

        var all = visitor.region("services");
        assertThat(all).containsText("services need an operator");
        assertThat(all).containsText("notifier DEGRADED (parked=150)");
        assertThat(all.locator(".service-row").filter(new Locator.FilterOptions().setHasText("gateway")))
                .containsText("Works");
        assertThat(own("Lag")).containsText("2.1 s");
        assertThat(own("Disk of the monitor-service")).containsText("63 %");
        assertThat(own("Dead letters")).containsText("growalert.alerts-dlt");
        assertThat(own("Result buffer")).containsText("Not watched");
        assertThat(own("Result buffer").locator("[kind=PASSED]")).hasCount(0);
        visitor.looksAround("system");
    }

    @Test
    void without_history_the_services_are_shown_and_nothing_is_green() {
        services.fails("/api/history", 503);
        visitor.opens("/console/system", ConsoleTown.VIEWER);
        assertThat(visitor.region("services").locator(".service-row").first()).isVisible();
        assertThat(visitor.region("own")).containsText("The history-service is unavailable.");
        assertThat(visitor.region("own").locator("[kind=PASSED]")).hasCount(0);
    }

    private static Map<String, @Nullable Object> customer(String id, @Nullable String email, String name) {
        return Shapes.object(
                "id",
                id,
                "email",
                email,
                "name",
                name,
                "deleted",
                email == null,
                "createdAt",
                Shapes.ago(Duration.ofDays(3)),
                "subscription",
                Shapes.object("status", "past_due", "price", "price_1", "cancelAt", null),
                "orders",
                2);
    }

    @Test
    void an_admin_searches_customers_and_reads_their_records() {
        services.answers(
                "GET",
                "/api/billing/customers",
                asked -> Reply.of(Shapes.object(
                        "customers",
                        asked.parameter("cursor") == null
                                ? List.of(
                                        customer("cus_1", "grower@example.com", "<b>Ann</b>"),
                                        customer("cus_2", null, ""))
                                : List.of(customer("cus_3", "other@example.com", "Ben")),
                        "next",
                        asked.parameter("cursor") == null ? "c2" : null)));
        services.shows(
                "/api/billing/customers/cus_1",
                Map.of(
                        "customer", Map.of("id", "cus_1"),
                        "invoices",
                                List.of(Map.of(
                                        "id", "in_1", "currency", "eur", "amount_due", 1_900, "status", "paid"))));
        visitor.opens("/console/customers", ConsoleTown.ADMIN);

        var rows = visitor.region("customers").locator("tbody tr");
        assertThat(rows).hasCount(2);
        assertThat(rows.first()).containsText("<b>Ann</b>");
        assertThat(rows.first()).containsText("Past due");
        assertThat(rows.nth(1)).containsText("erased");
        visitor.looksAround("customers");
        visitor.page.getByLabel("Records of grower@example.com").click();
        assertThat(visitor.page.locator("dialog")).containsText("EUR 19.00");
        visitor.presses("Close");
        visitor.presses("Next page");
        assertThat(rows).hasCount(1);
        visitor.presses("Previous page");
        assertThat(rows).hasCount(2);

        visitor.page.getByLabel("Search customers").fill("grower@");
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(services.requests("GET", "/api/billing/customers")
                                .getLast()
                                .parameter("search"))
                        .isEqualTo("grower@"));
        // an address is personal data, and no part of the browser's history
        assertThat(visitor.page.url()).doesNotContain("grower");
    }

    @Test
    void parked_events_are_replayed() {
        services.shows("/api/billing/events", List.of(event("evt_1"), event("evt_2")));
        services.answers("POST", "/api/billing/events/replay", _ -> Reply.problem(503, "database_unavailable", "away"));
        visitor.opens("/console/customers?view=events", ConsoleTown.ADMIN);
        visitor.page.getByLabel("Select evt_2").check();
        visitor.looksAround("events");
        visitor.presses("Replay 1");
        visitor.presses("Replay");
        assertThat(visitor.page.locator("dialog")).containsText("The service behind this part is unavailable.");
        services.answers("POST", "/api/billing/events/replay", _ -> Reply.of(Map.of("replayed", 1)));
        visitor.presses("Replay");
        assertThat(visitor.region("events")).containsText("1 event is due again.");
        assertThat(services.requests("POST", "/api/billing/events/replay")
                        .getLast()
                        .json()
                        .path("ids")
                        .toString())
                .isEqualTo("[\"evt_2\"]");

        visitor.presses("Replay all");
        visitor.presses("Replay");
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(services.requests("POST", "/api/billing/events/replay"))
                        .last()
                        .satisfies(asked -> assertThat(asked.json().has("ids")).isFalse()));
    }

    private static Map<String, @Nullable Object> event(String id) {
        return Shapes.object(
                "id",
                id,
                "type",
                "invoice.paid",
                "created",
                Shapes.ago(Duration.ofHours(1)),
                "object",
                "in_1",
                "customer",
                "cus_1",
                "state",
                "parked",
                "attempts",
                10,
                "error",
                "amount_due: expected a number",
                "receivedAt",
                Shapes.ago(Duration.ofHours(1)),
                "doneAt",
                null);
    }

    @Test
    void an_operator_does_not_see_customers() {
        visitor.opens("/console/customers", ConsoleTown.OPERATOR);
        assertThat(visitor.page.locator("main")).containsText("Only admins see customers and orders.");
        assertThat(visitor.page.locator(".shell a[href='/console/customers']")).hasCount(0);
        assertThat(services.requests("GET", "/api/billing/.*")).isEmpty();
    }
}
