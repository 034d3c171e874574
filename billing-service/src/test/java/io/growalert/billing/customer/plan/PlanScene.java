package io.growalert.billing.customer.plan;

import io.growalert.billing.customer.BillingScene;
import io.growalert.billing.customer.Running;
import io.growalert.billing.customer.Running.Answer;
import io.growalert.billing.customer.Subscriber;
import io.growalert.sandbox.PlanPrice;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** A service with four plans, whose Stripe has an adjustable clock, and what a customer does there. */
public final class PlanScene extends BillingScene {
    private final Offset clock = new Offset();

    /** A clock that runs as the computer's, ahead of it or behind. */
    private static final class Offset implements InstantSource {
        private volatile Duration offset = Duration.ZERO;

        @Override
        public Instant instant() {
            return Instant.now().plus(offset);
        }
    }

    @Override
    protected Running start() throws IOException {
        var prices = List.of(
                new PlanPrice("basic", "Basic", 500, "eur", "month"),
                new PlanPrice("premium", "Premium", 1_500, "eur", "month"),
                new PlanPrice("premium-year", "Premium", 15_000, "eur", "year"),
                new PlanPrice("dollars", "Basic", 600, "usd", "month"));
        return Running.selling(
                prices,
                clock,
                Map.of(
                        "growalert.billing.customer.limits.customers-per-address", 1_000,
                        "growalert.billing.customer.limits.failures-per-address", 1_000,
                        "growalert.billing.customer.limits.stripe-calls-per-customer", 1_000,
                        "growalert.billing.stripe.requests-per-second", 80));
    }

    @Override
    protected void reset() {
        super.reset();
        offset(Duration.ZERO);
    }

    /** Stripe's clock, compared with the computer's. */
    public void offset(Duration offset) {
        clock.offset = offset;
    }

    public String price(String lookupKey) {
        return billing()
                .get("/config", null)
                .json()
                .path("prices")
                .valueStream()
                .filter(price -> price.path("lookup_key").asString().equals(lookupKey))
                .map(price -> price.path("id").asString())
                .findFirst()
                .orElseThrow();
    }

    public Subscriber subscribed(String lookupKey) {
        var customer = Subscriber.of(billing());
        customer.confirm(customer.subscribe(price(lookupKey)), "pm_card_visa");
        return customer;
    }

    /** Subscribed for this long. */
    public Subscriber subscribed(String lookupKey, Duration since) {
        offset(since.negated());
        try {
            return subscribed(lookupKey);
        } finally {
            offset(Duration.ZERO);
        }
    }

    /** From now on the customer pays by this card. */
    public void payBy(Subscriber customer, String card) {
        var method = billing()
                .stripe("POST", "/v1/payment_methods/%s/attach".formatted(card), "customer=" + customer.id())
                .path("id")
                .asString();
        customer.updateAtStripe("default_payment_method=" + method);
    }

    public Answer preview(Subscriber customer, String lookupKey) {
        return billing()
                .post("/subscription/preview", customer.cookie(), "{\"priceId\": \"%s\"}".formatted(price(lookupKey)));
    }

    public Answer change(Subscriber customer, Answer preview, String... headers) {
        return change(customer, preview, 0, headers);
    }

    /** @param later seconds added to the preview's */
    public Answer change(Subscriber customer, Answer preview, long later, String... headers) {
        return billing()
                .post(
                        "/subscription/change",
                        customer.cookie(),
                        "{\"priceId\": %s, \"prorationDate\": %d}"
                                .formatted(
                                        preview.json().path("priceId"),
                                        preview.json().path("prorationDate").asLong() + later),
                        headers);
    }

    /** The customer's subscription at Stripe. */
    public JsonNode subscription(Subscriber customer) {
        return customer.atStripe().getFirst();
    }

    /** The lookup key of the customer's plan at Stripe. */
    public String plan(Subscriber customer) {
        return subscription(customer)
                .path("items")
                .path("data")
                .path(0)
                .path("price")
                .path("lookup_key")
                .asString();
    }

    /** The subscription's latest invoice at Stripe. */
    public JsonNode invoice(Subscriber customer) {
        return billing()
                .stripe(
                        "GET",
                        "/v1/invoices/"
                                + subscription(customer).path("latest_invoice").asString(),
                        "");
    }

    /** The customer's invoices at Stripe, by status, the latest first. */
    public List<String> invoices(Subscriber customer) {
        return billing()
                .stripe("GET", "/v1/invoices?limit=100&customer=" + customer.id(), "")
                .path("data")
                .valueStream()
                .map(invoice -> invoice.path("status").asString())
                .toList();
    }
}
