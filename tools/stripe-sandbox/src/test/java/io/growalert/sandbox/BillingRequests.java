package io.growalert.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Requests to every address of subscriptions, invoices and what belongs to them. */
record BillingRequests(AnswerRecorder stripe) {
    void subscriptions() {
        var first = subscribed(customer(), "payment_behavior", "default_incomplete");
        var invoice = first.path("latest_invoice");
        var secret = invoice.path("confirmation_secret").path("client_secret").asString();
        assertThat(secret).contains("_secret_");
        stripe.publicly(
                "POST",
                "/v1/payment_intents/" + secret.substring(0, secret.indexOf("_secret_")) + "/confirm",
                "client_secret",
                secret,
                "payment_method",
                "pm_card_visa");
        var path = "/v1/subscriptions/" + id(first);
        assertThat(stripe.get(path, "expand[]", "latest_invoice.payments", "expand[]", "customer")
                        .path("status")
                        .asString())
                .isEqualTo("active");
        var item = first.path("items").path("data").path(0);
        for (var behavior : List.of("always_invoice", "create_prorations")) {
            stripe.post(
                    "/v1/invoices/create_preview",
                    "subscription",
                    id(first),
                    "subscription_details[items][0][id]",
                    id(item),
                    "subscription_details[items][0][price]",
                    price("pro"),
                    "subscription_details[proration_behavior]",
                    behavior);
        }
        stripe.post(
                "/v1/invoices/create_preview",
                "customer",
                customer(),
                "subscription_details[items][0][price]",
                price("pro"));
        stripe.post(path, "items[0][id]", id(item), "items[0][price]", price("pro"));
        var declining = stripe.post(
                "/v1/payment_methods/pm_card_chargeCustomerFail/attach",
                "customer",
                first.path("customer").asString());
        stripe.post(path, "default_payment_method", id(declining));
        var pending = stripe.post(
                path,
                "items[0][id]",
                id(item),
                "items[0][quantity]",
                "9",
                "payment_behavior",
                "pending_if_incomplete",
                "proration_behavior",
                "always_invoice");
        assertThat(pending.path("pending_update").isObject()).isTrue();
        stripe.post(
                "/v1/invoices/%s/void".formatted(pending.path("latest_invoice").asString()));
        stripe.post(path, "cancel_at_period_end", "true");
        stripe.get("/v1/subscriptions", "status", "all");
        stripe.delete(path);
        subscribed(customer(), "trial_period_days", "7", "payment_behavior", "default_incomplete");
        var failing = customer();
        stripe.post("/v1/payment_methods/pm_card_chargeCustomerFail/attach", "customer", failing);
    }

    void invoices() {
        var open = id(
                subscribed(customer(), "payment_behavior", "default_incomplete").path("latest_invoice"));
        var path = "/v1/invoices/" + open;
        stripe.get("/v1/invoices");
        stripe.get(path + "/lines");
        stripe.post(path, "description", "Devices");
        stripe.post(path + "/pay", "payment_method", "pm_card_chargeDeclined");
        stripe.post(path + "/pay", "payment_method", "pm_card_visa");
        stripe.get(path, "expand[]", "payments", "expand[]", "customer", "expand[]", "confirmation_secret");
        var payments = stripe.get("/v1/invoice_payments", "invoice", open, "expand[]", "data.payment.payment_intent");
        stripe.get("/v1/invoice_payments/" + id(payments.path("data").path(0)));
        for (var end : List.of("void", "mark_uncollectible")) {
            var other = subscribed(customer(), "payment_behavior", "default_incomplete");
            stripe.post("/v1/invoices/" + id(other.path("latest_invoice")) + "/" + end);
        }
    }

    void coupons() {
        var coupon = id(stripe.post("/v1/coupons", "percent_off", "12.5", "duration", "forever", "name", "Spring"));
        var path = "/v1/coupons/" + coupon;
        stripe.get(path);
        stripe.post(path, "metadata[a]", "b");
        stripe.get("/v1/coupons");
        stripe.post(
                "/v1/invoices/create_preview",
                "customer",
                customer(),
                "subscription_details[items][0][price]",
                price("pro"),
                "discounts[0][coupon]",
                coupon);
        var subscription = subscribed(
                customer(),
                "payment_behavior",
                "default_incomplete",
                "discounts[0][coupon]",
                coupon,
                "expand[2]",
                "discounts");
        stripe.delete("/v1/subscriptions/" + id(subscription) + "/discount");
        stripe.delete(path);
        stripe.post("/v1/coupons", "amount_off", "100", "currency", "usd");
    }

    void invoiceItems() {
        var customer = customer();
        var item = id(stripe.post("/v1/invoiceitems", "customer", customer, "amount", "700", "currency", "usd"));
        stripe.get("/v1/invoiceitems", "pending", "true");
        stripe.get("/v1/invoiceitems/" + item, "expand[]", "customer");
        stripe.post("/v1/invoiceitems/" + item, "description", "A device");
        var once = id(stripe.post("/v1/prices", "currency", "usd", "unit_amount", "300", "product_data[name]", "Once"));
        stripe.post("/v1/invoiceitems", "customer", customer, "pricing[price]", once, "quantity", "2");
        var invoice = id(stripe.post(
                "/v1/invoices",
                "customer",
                customer,
                "currency",
                "usd",
                "pending_invoice_items_behavior",
                "include",
                "collection_method",
                "send_invoice"));
        stripe.post("/v1/invoices/" + invoice + "/finalize");
        stripe.post("/v1/invoices/" + invoice + "/send");
        stripe.post("/v1/invoices/" + invoice + "/pay", "paid_out_of_band", "true");
        stripe.delete("/v1/invoices/" + id(stripe.post("/v1/invoices", "customer", customer)));
        stripe.delete("/v1/invoiceitems/"
                + id(stripe.post("/v1/invoiceitems", "customer", customer, "amount", "1", "currency", "usd")));
    }

    void subscriptionItems() {
        var subscription = id(subscribed(customer(), "payment_behavior", "default_incomplete"));
        var path = "/v1/subscription_items";
        var item =
                id(stripe.get(path, "subscription", subscription).path("data").path(0));
        stripe.get(path + "/" + item);
        stripe.post(path + "/" + item, "quantity", "3");
        var other = id(stripe.post(path, "subscription", subscription, "price", price("pro")));
        stripe.delete(path + "/" + other);
    }

    void debits() {
        for (var iban : List.of("DE89370400440532013000", "DE62370400440532013001")) {
            var intent = stripe.post(
                    "/v1/payment_intents",
                    "amount",
                    "900",
                    "currency",
                    "eur",
                    "payment_method_types[]",
                    "sepa_debit",
                    "payment_method_data[type]",
                    "sepa_debit",
                    "payment_method_data[sepa_debit][iban]",
                    iban,
                    "payment_method_data[billing_details][name]",
                    "A",
                    "payment_method_data[billing_details][email]",
                    "a@example.com",
                    "confirm",
                    "true",
                    "expand[]",
                    "latest_charge",
                    "expand[]",
                    "payment_method");
            var details = intent.path("latest_charge").path("payment_method_details");
            stripe.get(
                    "/v1/mandates/" + details.path("sepa_debit").path("mandate").asString());
            stripe.post("/sandbox/payment_intents/" + id(intent) + "/settle", "success", "true");
            stripe.get("/v1/payment_intents/" + id(intent), "expand[]", "latest_charge");
        }
        stripe.post("/v1/setup_intents", "customer", customer(), "payment_method", "pm_success_de", "confirm", "true");
    }

    void portalAndSearches() {
        var customer = customer();
        stripe.post("/v1/billing_portal/sessions", "customer", customer, "return_url", "https://example.com/");
        var method = id(stripe.post("/v1/payment_methods/pm_card_visa/attach", "customer", customer));
        stripe.get("/v1/customers/" + customer + "/payment_methods/" + method);
        stripe.delete("/v1/products/" + id(stripe.post("/v1/products", "name", "Unused")));
        for (var kind :
                List.of("products", "prices", "customers", "subscriptions", "invoices", "charges", "payment_intents")) {
            stripe.get("/v1/" + kind + "/search", "query", "metadata['a']:'b'");
            stripe.get("/v1/" + kind + "/search", "query", "-metadata['a']:'c'", "limit", "1");
        }
    }

    void testClocks() {
        var clock = id(stripe.post("/v1/test_helpers/test_clocks", "frozen_time", "1800000000", "name", "A year"));
        var path = "/v1/test_helpers/test_clocks/" + clock;
        var customer = id(stripe.post("/v1/customers", "test_clock", clock));
        var method = id(stripe.post("/v1/payment_methods/pm_card_visa/attach", "customer", customer));
        var subscription = id(subscribed(customer, "default_payment_method", method));
        stripe.get("/v1/test_helpers/test_clocks");
        stripe.post(path + "/advance", "frozen_time", "1803000000");
        stripe.get(path);
        stripe.get(
                "/v1/subscriptions/" + subscription, "expand[]", "latest_invoice.payments", "expand[]", "test_clock");
        stripe.delete(path);
    }

    private JsonNode subscribed(String customer, String... how) {
        var params = new ArrayList<>(List.of(
                "customer",
                customer,
                "items[0][price]",
                price("basic"),
                "items[0][quantity]",
                "2",
                "expand[0]",
                "latest_invoice.confirmation_secret",
                "expand[1]",
                "pending_setup_intent"));
        params.addAll(List.of(how));
        return stripe.post("/v1/subscriptions", params.toArray(String[]::new));
    }

    private String price(String lookupKey) {
        return id(stripe.get("/v1/prices", "lookup_keys[]", lookupKey)
                .path("data")
                .path(0));
    }

    private String customer() {
        return id(stripe.post("/v1/customers", "email", "grower@example.com"));
    }

    private static String id(JsonNode answer) {
        return answer.path("id").asString();
    }
}
