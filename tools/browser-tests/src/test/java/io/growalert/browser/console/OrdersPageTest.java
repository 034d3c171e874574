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
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Orders of devices: admins ship and refund them. */
class OrdersPageTest extends ConsoleVisits {
    private static final String ORDERS = "/api/billing/orders";

    private static Map<String, @Nullable Object> order(String id, String status, String shippingState) {
        return Shapes.object(
                "id",
                id,
                "customer",
                "cus_1",
                "email",
                "grower@example.com",
                "status",
                status,
                "quantity",
                2,
                "currency",
                "eur",
                "unitAmount",
                4_900,
                "amount",
                9_800,
                "refundedAmount",
                0,
                "disputed",
                false,
                "createdAt",
                Shapes.ago(Duration.ofDays(3)),
                "shippingState",
                shippingState,
                "tracking",
                null,
                "shippedAt",
                null,
                "shipping",
                null);
    }

    private static Map<String, @Nullable Object> open(String id) {
        return Shapes.with(
                order(id, "paid", "open"),
                "shipping",
                Shapes.object(
                        "name",
                        "<b>Ann</b> Grower",
                        "line1",
                        "Main Street 1",
                        "line2",
                        null,
                        "city",
                        "Bonn",
                        "postalCode",
                        "53111",
                        "state",
                        null,
                        "country",
                        "DE",
                        "phone",
                        null));
    }

    private void shows(Map<String, @Nullable Object> order) {
        services.shows(ORDERS, Shapes.object("orders", List.of(order), "next", null));
    }

    private Locator rows() {
        return visitor.region("orders").locator("tbody tr");
    }

    private void awaitParameter(String name, String value) {
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(
                        services.requests("GET", ORDERS).getLast().parameter(name))
                .isEqualTo(value));
    }

    @Test
    void orders_are_filtered_by_status_and_shipping() {
        shows(Shapes.with(
                order("ord_1", "awaiting_confirmation", "none"),
                "currency",
                "jpy",
                "refundedAmount",
                4_900,
                "disputed",
                true));
        visitor.opens("/console/customers?view=orders", ConsoleTown.ADMIN);
        for (var words : List.of("JPY 9,800", "JPY 4,900", "Awaiting confirmation", "Disputed")) {
            assertThat(rows()).containsText(words);
        }
        assertThat(rows().locator("button")).hasCount(0);
        visitor.page.getByLabel("Status").selectOption("paid");
        awaitParameter("status", "paid");
        visitor.page.getByLabel("Shipping", ConsoleVisitor.exactly()).selectOption("address_missing");
        awaitParameter("state", "address_missing");
    }

    @Test
    void an_open_order_is_marked_as_shipped_with_its_tracking() {
        shows(open("ord_1"));
        services.answers("POST", ORDERS + "/ord_1/shipped", asked -> {
            shows(Shapes.with(
                    open("ord_1"),
                    "shippingState",
                    "shipped",
                    "shippedAt",
                    Shapes.ago(Duration.ofSeconds(1)),
                    "tracking",
                    asked.json().path("tracking").asString()));
            return Reply.of(Map.of("id", "ord_1"));
        });
        visitor.opens("/console/customers?view=orders", ConsoleTown.ADMIN);
        assertThat(rows()).containsText("<b>Ann</b> Grower, Main Street 1, 53111 Bonn, DE");
        visitor.looksAround("orders");

        visitor.presses("Ship ord_1");
        assertThat(visitor.page.locator("dialog")).containsText("Main Street 1");
        visitor.page.getByLabel("Tracking").fill("DHL 00340");
        visitor.looksAround("order-shipped");
        visitor.presses("Mark as shipped");

        assertThat(visitor.region("orders")).containsText("Order ord_1 is shipped.");
        assertThat(rows()).containsText("DHL 00340");
        assertThat(visitor.page.getByLabel("Tracking of ord_1")).isVisible();
        assertThat(services.requests("POST", ORDERS + ".*").getFirst().json().toString())
                .isEqualTo("{\"tracking\":\"DHL 00340\",\"notify\":true}");
    }

    @Test
    void an_order_without_an_address_is_marked_with_a_warning_and_without_a_mail() {
        shows(order("ord_1", "paid", "address_missing"));
        services.answers("POST", ORDERS + "/ord_1/shipped", _ -> Reply.of(Map.of("id", "ord_1")));
        visitor.opens("/console/customers?view=orders", ConsoleTown.ADMIN);

        visitor.presses("Ship ord_1");
        assertThat(visitor.page.locator("dialog")).containsText("No address is known");
        visitor.page.getByLabel("Notify the customer by mail").uncheck();
        visitor.presses("Mark as shipped");

        assertThat(visitor.region("orders")).containsText("Order ord_1 is shipped.");
        assertThat(services.requests("POST", ORDERS + ".*").getFirst().json().toString())
                .isEqualTo("{\"tracking\":null,\"notify\":false}");
    }

    @Test
    void a_refund_whose_answer_was_lost_is_repeated_under_the_same_key() {
        shows(Shapes.with(order("ord_1", "paid", "address_missing"), "refundedAmount", 4_800));
        services.answers("POST", ORDERS + "/ord_1/refund", _ -> Reply.problem(503, "stripe_unavailable", "away"));
        visitor.opens("/console/customers?view=orders", ConsoleTown.ADMIN);

        visitor.presses("Refund ord_1");
        var amount = visitor.page.getByLabel("Amount in EUR");
        assertThat(amount).hasValue("50.00");
        amount.fill("50.01");
        visitor.presses("Refund");
        assertThat(visitor.page.locator("dialog")).containsText("Enter an amount of at most EUR 50.00.");
        assertThat(services.requests("POST", ORDERS + ".*")).isEmpty();
        visitor.looksAround("order-refund");
        amount.fill("19,5");
        visitor.presses("Refund");
        assertThat(visitor.page.locator("dialog")).containsText("The service behind this part is unavailable.");
        services.answers(
                "POST",
                ORDERS + "/ord_1/refund",
                asked -> Reply.of(Map.of(
                        "refund", "re_1", "amount", asked.json().path("amount").asInt(), "currency", "eur")));
        visitor.presses("Refund");

        assertThat(visitor.region("orders")).containsText("EUR 19.50 of order ord_1 is refunded.");
        var requests = services.requests("POST", ORDERS + "/ord_1/refund");
        assertThat(requests).hasSize(2).allSatisfy(asked -> assertThat(asked.body())
                .isEqualTo("{\"amount\":1950}"));
        assertThat(requests)
                .extracting(Asked::key)
                .doesNotContainNull()
                .containsOnly(requests.getFirst().key());
    }
}
