package io.growalert.billing.fulfilment;

import static org.awaitility.Awaitility.await;

import io.growalert.billing.customer.Running;
import io.growalert.billing.customer.Running.Answer;
import io.growalert.testkit.TestIdentity;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The service with its webhooks, and an admin who ships and refunds orders. */
final class OrderDesk implements AutoCloseable {
    static final String SHIPPING = """
            {"name": "Ann Grower", "line1": "Secret Street 1", "city": "Bonn", "postalCode": "53111", "country": "DE"}""";

    private final TestIdentity identity = new TestIdentity();
    final Running billing;

    OrderDesk(Map<String, Object> settings) throws IOException {
        var all = new HashMap<>(settings);
        all.put("growalert.identity.public-key", identity.publicKey());
        all.put("growalert.billing.customer.limits.customers-per-address", 1_000);
        billing = Running.withWebhooks(all);
    }

    /** The id of an order that is paid with this card, once Stripe's event recorded it. */
    String order(String cookie, String card) {
        var paid = billing.post(
                "/charge",
                cookie,
                "{\"token\": \"%s\", \"quantity\": 2, \"shipping\": %s}".formatted(billing.token(card), SHIPPING));
        var order = paid.json().path("metadata").path("growalert_order").asString();
        awaitState(order, "open");
        return order;
    }

    void awaitState(String order, String state) {
        await().atMost(Duration.ofSeconds(60))
                .until(() -> listed(order).path("shippingState").asString("").equals(state));
    }

    JsonNode listed(String order) {
        return get("/api/billing/orders?search=" + order).json().path("orders").path(0);
    }

    Answer get(String path) {
        return billing.send(billing.request(path, null).header("Authorization", identity.bearer("billing-service")));
    }

    Answer post(String order, String change, @Nullable String json, String... headers) {
        return billing.send(change(order, change, json, "admin", headers));
    }

    HttpRequest.Builder change(String order, String change, @Nullable String json, String role, String... headers) {
        var request = billing.request("/api/billing/orders/%s/%s".formatted(order, change), null)
                .header("Authorization", identity.bearer("billing-service", "ann", role))
                .POST(json == null ? BodyPublishers.noBody() : BodyPublishers.ofString(json));
        if (json != null) {
            request.header("Content-Type", "application/json");
        }
        return headers.length == 0 ? request : request.headers(headers);
    }

    Answer refund(String order, @Nullable String json, String key) {
        return post(order, "refund", json, "Idempotency-Key", key);
    }

    /** The refunds of an order at Stripe. */
    List<JsonNode> refunds(String order) {
        var payment = column("select payment from billing.device_orders where id = :order", order)
                .getFirst();
        return billing.stripe("GET", "/v1/refunds?limit=100&payment_intent=" + payment, "")
                .path("data")
                .valueStream()
                .toList();
    }

    List<String> auditedRefunds(String order) {
        return column(
                "select action || ' ' || (after ->> 'amount') from billing.audit where target = :order and action = 'refund'",
                order);
    }

    /** The first column of the rows that a statement selects by {@code :order}. */
    List<String> column(String sql, String order) {
        return billing.database
                .jdbc()
                .sql(sql)
                .param("order", order)
                .query(String.class)
                .list();
    }

    @Override
    public void close() {
        billing.close();
    }
}
