package io.growalert.billing.fulfilment;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Operators mark orders as shipped. */
class ShipmentTest {
    @SuppressWarnings("NullAway.Init")
    private static OrderDesk desk;

    private final String cookie = desk.billing.register("grower-%s@example.com".formatted(UUID.randomUUID()));
    private String order = "";

    @BeforeAll
    static void start() throws IOException {
        desk = new OrderDesk(Map.of());
    }

    @AfterAll
    static void stop() {
        desk.close();
    }

    @BeforeEach
    void order() {
        order = desk.order(cookie, "4242424242424242");
    }

    private List<String> shippedMails() {
        return desk.column(
                "select content::text from billing.mails where kind = 'shipped' and subject = :order", order);
    }

    @Test
    void open_orders_are_listed_with_their_addresses() {
        var open = desk.get("/api/billing/orders?state=open&search=" + order);

        assertThat(open.header("Cache-Control")).isEqualTo("no-store");
        assertThat(open.json()
                        .path("orders")
                        .path(0)
                        .path("shipping")
                        .path("line1")
                        .asString())
                .isEqualTo("Secret Street 1");
        assertThat(desk.get("/api/billing/orders?state=shipped&search=" + order)
                        .json()
                        .path("orders")
                        .size())
                .isZero();
    }

    @Test
    void a_shipped_order_is_shown_to_its_customer_who_gets_one_mail() {
        var shipped = desk.post(order, "shipped", "{\"tracking\": \"DHL 00340\"}");
        var again = desk.post(order, "shipped", "{\"tracking\": \"DHL 00340\"}");

        assertThat(shipped.status()).isEqualTo(200);
        assertThat(shipped.json().path("shippingState").asString()).isEqualTo("shipped");
        assertThat(again.json()).isEqualTo(shipped.json());
        var shown = desk.billing.get("/orders", cookie).json().path("orders").path(0);
        assertThat(shown.path("shippingState").asString()).isEqualTo("shipped");
        assertThat(shown.path("tracking").asString()).isEqualTo("DHL 00340");
        assertThat(shown.path("shippedAt").asString())
                .isEqualTo(shipped.json().path("shippedAt").asString());
        assertThat(shippedMails()).hasSize(1).first().asString().contains("DHL 00340");
        assertThat(desk.billing.dump("shipping_addresses", "orders")).doesNotContain("Secret Street");
    }

    @Test
    void the_tracking_can_be_corrected_without_a_second_mail_and_each_change_is_audited() {
        desk.post(order, "shipped", null);
        desk.post(order, "shipped", "{\"tracking\": \"DHL 1\"}");

        assertThat(desk.listed(order).path("tracking").asString()).isEqualTo("DHL 1");
        assertThat(shippedMails()).hasSize(1);
        assertThat(desk.column(
                        "select coalesce(before ->> 'shippingState', '-') || ' ' || coalesce(after ->> 'tracking', '-')"
                                + " from billing.audit where target = :order and action = 'ship' order by id",
                        order))
                .containsExactly("- -", "shipped DHL 1");
    }

    @Test
    void an_order_that_was_shipped_long_ago_is_marked_without_a_mail() {
        assertThat(desk.post(order, "shipped", "{\"notify\": false}").status()).isEqualTo(200);

        assertThat(shippedMails()).isEmpty();
    }

    @Test
    void the_address_of_a_shipped_order_cannot_be_changed() {
        desk.post(order, "shipped", "{}");

        var answer = desk.billing.post(
                "/orders/%s/shipping".formatted(order),
                cookie,
                "{\"shipping\": %s}".formatted(OrderDesk.SHIPPING.replace("Street 1", "Street 2")));

        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.code()).isEqualTo("order_closed");
        assertThat(desk.listed(order).path("shipping").path("line1").asString()).isEqualTo("Secret Street 1");
    }
}
