package io.growalert.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.testkit.StubServer;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The command line of orders and of shared addresses, against a service with prepared responses. */
class OrderCommandsTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final StubServer server = new StubServer();
    private int status = 200;
    private List<String> answers = List.of();
    private int answered;

    @BeforeEach
    void start() {
        server.answer(exchange -> StubServer.answer(exchange, status, answers.get(answered++)));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private int run(String... arguments) {
        var all = new ArrayList<>(List.of("billing"));
        all.addAll(List.of(arguments));
        all.addAll(List.of("--url", server.url()));
        return GrowAlert.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(all.toArray(String[]::new));
    }

    private JsonNode body(int request) {
        return JsonMapper.shared().readTree(server.requests().get(request).text());
    }

    @Test
    void orders_are_listed_page_by_page_with_their_addresses() {
        answers = List.of("""
                {"orders": [{"id": "ord_1", "createdAt": "2026-11-25T09:00:00Z", "shippingState": "open", "quantity": 2,
                             "customer": "cus_1", "tracking": null, "shipping": {"name": "Ann", "line1": "Main Street 1",
                             "line2": null, "postalCode": "53111", "city": "Bonn", "country": "DE"}}], "next": "c2"}
                """, """
                {"orders": [{"id": "ord_2", "createdAt": "2026-11-24T09:00:00Z", "shippingState": "open", "quantity": 1,
                             "customer": "cus_2", "shipping": null}], "next": null}
                """);

        assertThat(run("orders", "--state", "open")).isZero();

        assertThat(out.toString().lines())
                .containsExactly(
                        "ord_1  2026-11-25T09:00:00Z  open  2  cus_1  Ann, Main Street 1, 53111, Bonn, DE",
                        "ord_2  2026-11-24T09:00:00Z  open  1  cus_2",
                        "2 orders");
        assertThat(server.requests())
                .extracting(StubServer.Seen::uri)
                .containsExactly(
                        "/api/billing/orders?limit=1000&state=open",
                        "/api/billing/orders?limit=1000&state=open&cursor=c2");
    }

    @Test
    void a_state_that_is_none_is_never_sent() {
        assertThat(run("orders", "--state", "lost")).isEqualTo(1);

        assertThat(err.toString()).hasLineCount(1).contains("address_missing");
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void an_order_is_marked_as_shipped() {
        answers = List.of("{}", "{}");

        assertThat(run("shipped", "ord_1", "--tracking", "DHL 1")).isZero();
        assertThat(run("shipped", "ord_2", "--no-mail")).isZero();

        assertThat(server.requests())
                .extracting(StubServer.Seen::uri)
                .containsExactly("/api/billing/orders/ord_1/shipped", "/api/billing/orders/ord_2/shipped");
        assertThat(body(0).path("tracking").asString()).isEqualTo("DHL 1");
        assertThat(body(0).path("notify").asBoolean()).isTrue();
        assertThat(body(1).has("tracking")).isFalse();
        assertThat(body(1).path("notify").asBoolean()).isFalse();
        assertThat(out.toString().lines()).containsExactly("order ord_1 is shipped", "order ord_2 is shipped");
    }

    @Test
    void a_refund_prints_its_key_first_and_is_repeated_with_it() {
        var refunded = "{\"refund\": \"re_1\", \"status\": \"succeeded\", \"amount\": 4900, \"currency\": \"eur\"}";
        answers = List.of("{\"detail\": \"Stripe did not confirm the refund\"}", refunded);
        status = 503;

        assertThat(run("refund", "ord_1", "--amount", "4900")).isEqualTo(1);
        var key = out.toString().strip().replace("key ", "");
        status = 200;
        assertThat(run("refund", "ord_1", "--amount", "4900", "--key", key)).isZero();

        assertThat(err.toString()).hasLineCount(1).contains("Stripe did not confirm the refund");
        assertThat(server.requests())
                .extracting(seen -> seen.header("Idempotency-key"))
                .containsExactly(key, key);
        assertThat(body(1).toString()).isEqualTo("{\"amount\":4900}");
        assertThat(out.toString()).contains("order ord_1: 4900 eur refunded (re_1, succeeded)");
    }

    @ParameterizedTest
    @CsvSource({"shipped", "refund"})
    void what_is_no_id_of_an_order_is_never_sent(String command) {
        assertThat(run(command, "../events")).isEqualTo(1);

        assertThat(err.toString()).hasLineCount(1).contains("is not an order's id");
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void an_unknown_order_is_one_line() {
        status = 404;
        answers = List.of("{\"detail\": \"no order with the id 'ord_9'\"}");

        assertThat(run("shipped", "ord_9")).isEqualTo(1);
        assertThat(err.toString()).hasLineCount(1).endsWith("responded with 404: no order with the id 'ord_9'\n");
    }

    @Test
    void shared_addresses_are_listed_with_their_customers() {
        answers = List.of("""
                {"addresses": [{"email": "ann@example.com", "customers": [
                    {"id": "cus_1", "createdAt": "2026-11-24T09:00:00Z", "verified": false, "subscription": null, "orders": 1},
                    {"id": "cus_2", "createdAt": null, "verified": true, "subscription": "active", "orders": 0}]}], "next": null}
                """);

        assertThat(run("duplicates")).isZero();

        assertThat(out.toString().lines())
                .containsExactly(
                        "ann@example.com",
                        "  cus_1  created 2026-11-24T09:00:00Z  no subscription  1 order",
                        "  cus_2  created unknown  active  0 orders  signed in by mail",
                        "1 address is shared");
    }

    @Test
    void no_shared_address_is_said_so() {
        answers = List.of("{\"addresses\": [], \"next\": null}");

        assertThat(run("duplicates")).isZero();
        assertThat(out.toString()).isEqualTo("no customers share an address\n");
    }
}
