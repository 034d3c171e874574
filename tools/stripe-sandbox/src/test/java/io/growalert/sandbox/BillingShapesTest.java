package io.growalert.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What subscriptions, invoices, refunds, disputes and test clocks look like, held against {@code shapes.json}. */
class BillingShapesTest {
    private Peer peer;
    private AnswerRecorder stripe;

    @BeforeEach
    void start() throws IOException {
        peer = Peer.start();
        stripe = new AnswerRecorder(peer.sandbox().apiBase());
    }

    @AfterEach
    void stop() {
        stripe.close();
        peer.close();
    }

    @Test
    void a_subscription_and_all_that_belongs_to_it_have_the_shape_of_stripes() {
        var customer = id(stripe.post("/v1/customers", "email", "grower@example.com", "source", "tok_visa"));
        var incomplete = subscribe(customer, "basic", "payment_behavior", "default_incomplete");
        var invoice = incomplete.path("latest_invoice");
        stripe.get("/v1/invoices/" + id(invoice), "expand[]", "payments", "expand[]", "customer");
        stripe.get("/v1/invoices/" + id(invoice) + "/lines");
        stripe.post("/v1/invoices/" + id(invoice), "metadata[a]", "b");
        stripe.post("/v1/invoices/" + id(invoice) + "/pay");
        stripe.get("/v1/invoices", "customer", customer);
        stripe.get("/v1/invoice_payments/"
                + id(stripe.get("/v1/invoice_payments", "invoice", id(invoice))
                        .path("data")
                        .path(0)));
        stripe.post(
                "/v1/subscriptions/" + id(incomplete),
                "items[0][id]",
                id(incomplete.path("items").path("data").path(0)),
                "items[0][price]",
                price("premium"),
                "proration_behavior",
                "always_invoice");
        stripe.post("/v1/subscriptions/" + id(incomplete), "cancel_at_period_end", "true");
        stripe.get("/v1/subscriptions/" + id(incomplete), "expand[]", "customer", "expand[]", "latest_invoice");
        stripe.get("/v1/subscriptions", "customer", customer);
        stripe.delete("/v1/subscriptions/" + id(incomplete));
        var trial = subscribe(id(stripe.post("/v1/customers")), "basic", "trial_period_days", "7");
        assertThat(id(trial.path("pending_setup_intent"))).startsWith("seti_");
        var unpaid = subscribe(id(stripe.post("/v1/customers")), "basic", "payment_behavior", "default_incomplete");
        stripe.post("/v1/invoices/" + id(unpaid.path("latest_invoice")) + "/void");
        events();

        assertThat(stripe.problems()).isEmpty();
    }

    @Test
    void what_a_clock_does_has_the_shape_of_stripes() {
        var start = Instant.parse("2026-03-01T00:00:00Z").getEpochSecond();
        var clock = id(stripe.post("/v1/test_helpers/test_clocks", "frozen_time", "" + start));
        var customer = id(stripe.post("/v1/customers", "test_clock", clock, "source", "tok_chargeCustomerFail"));
        subscribe(customer, "basic", "trial_period_days", "7");
        stripe.post("/v1/test_helpers/test_clocks/" + clock + "/advance", "frozen_time", "" + (start + 86_400 * 60));
        stripe.get("/v1/test_helpers/test_clocks/" + clock);
        stripe.get("/v1/test_helpers/test_clocks");
        events();
        stripe.delete("/v1/test_helpers/test_clocks/" + clock);

        assertThat(stripe.problems()).isEmpty();
    }

    @Test
    void refunds_and_disputes_have_the_shape_of_stripes() {
        var charge = id(stripe.post("/v1/charges", "amount", "500", "currency", "usd", "source", "tok_visa"));
        var refund = id(stripe.post("/v1/refunds", "charge", charge, "reason", "duplicate"));
        stripe.get("/v1/refunds/" + refund, "expand[]", "charge");
        stripe.get("/v1/refunds", "charge", charge);
        stripe.post("/v1/refunds/" + refund, "metadata[a]", "b");
        stripe.get("/v1/charges/" + charge, "expand[]", "refunds");
        stripe.post("/v1/charges", "amount", "500", "currency", "usd", "source", "tok_createDispute");
        var dispute = id(stripe.get("/v1/disputes").path("data").path(0));
        stripe.get("/v1/disputes/" + dispute);
        stripe.post("/v1/disputes/" + dispute, "evidence[uncategorized_text]", "winning_evidence", "submit", "true");
        stripe.post("/v1/charges", "amount", "500", "currency", "usd", "source", "tok_createDispute");
        stripe.post("/v1/disputes/" + id(stripe.get("/v1/disputes").path("data").path(0)) + "/close");
        events();

        assertThat(stripe.problems()).isEmpty();
    }

    @Test
    void setup_intents_have_the_shape_of_stripes() {
        var customer = id(stripe.post("/v1/customers"));
        var setup = id(stripe.post("/v1/setup_intents", "customer", customer, "payment_method_types[]", "card"));
        stripe.post("/v1/setup_intents/" + setup + "/confirm", "payment_method", "pm_card_chargeDeclined");
        stripe.post("/v1/setup_intents/" + setup + "/confirm", "payment_method", "pm_card_threeDSecure2Required");
        stripe.post("/sandbox/setup_intents/" + setup + "/authenticate", "success", "true");
        stripe.get("/v1/setup_intents/" + setup, "expand[]", "payment_method");
        stripe.get("/v1/setup_intents");
        stripe.post("/v1/setup_intents/" + id(stripe.post("/v1/setup_intents")) + "/cancel");
        events();

        assertThat(stripe.problems()).isEmpty();
    }

    private void events() {
        stripe.get("/v1/events", "limit", "100");
    }

    private JsonNode subscribe(String customer, String plan, String param, String value) {
        return stripe.post(
                "/v1/subscriptions",
                "customer",
                customer,
                "items[0][price]",
                price(plan),
                param,
                value,
                "expand[]",
                "latest_invoice.confirmation_secret",
                "expand[]",
                "pending_setup_intent");
    }

    private String price(String plan) {
        return id(stripe.get("/v1/prices", "lookup_keys[]", plan).path("data").path(0));
    }

    private static String id(JsonNode object) {
        return object.path("id").asString("");
    }
}
