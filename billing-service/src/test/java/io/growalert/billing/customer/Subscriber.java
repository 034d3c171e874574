package io.growalert.billing.customer;

import io.growalert.billing.customer.Running.Answer;
import java.util.List;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/** A new customer, and requests about its subscription. */
public record Subscriber(Running billing, String cookie) {
    public static Subscriber of(Running billing) {
        return with(billing, "grower-%s@example.com".formatted(UUID.randomUUID()));
    }

    public static Subscriber with(Running billing, String email) {
        return new Subscriber(billing, billing.register(email));
    }

    /** The id of the price offered at this index. */
    public static String price(Running billing, int place) {
        return billing.get("/config", null)
                .json()
                .path("prices")
                .path(place)
                .path("id")
                .asString();
    }

    /** The same customer, at another instance. */
    public Subscriber at(Running other) {
        return new Subscriber(other, cookie);
    }

    public Answer subscribe(String price, String... headers) {
        return billing.post("/create-subscription", cookie, "{\"priceId\": \"%s\"}".formatted(price), headers);
    }

    /** A second subscription that runs, as earlier versions let a customer have. */
    public void subscribePastUs(String price) {
        billing.stripe(
                "POST",
                "/v1/subscriptions",
                "customer=%s&items[0][price]=%s&trial_period_days=9".formatted(id(), price));
    }

    public Answer cancel(String when) {
        return billing.post("/cancel-subscription", cookie, "{\"when\": \"%s\"}".formatted(when));
    }

    public String id() {
        return Running.customerIn(cookie);
    }

    /** The statuses of the subscriptions at Stripe. */
    public List<String> statuses() {
        return atStripe().stream()
                .map(subscription -> subscription.path("status").asString())
                .toList();
    }

    /** Those of them that run. */
    public List<String> running() {
        return statuses().stream()
                .filter(status ->
                        !List.of("incomplete", "incomplete_expired", "canceled").contains(status))
                .toList();
    }

    /** As an operator does it in Stripe's dashboard. */
    public void updateAtStripe(String form) {
        atStripe()
                .forEach(subscription -> billing.stripe(
                        "POST", "/v1/subscriptions/" + subscription.path("id").asString(), form));
    }

    public List<JsonNode> atStripe() {
        return billing.stripe(
                        "GET", "/v1/subscriptions?status=all&limit=100&customer=" + Running.customerIn(cookie), "")
                .path("data")
                .valueStream()
                .toList();
    }

    /** Confirms like Stripe's script in the browser, and returns Stripe's response. */
    public JsonNode confirm(Answer subscribed, String card) {
        var secret = subscribed.json().path("clientSecret").asString();
        var intent = secret.substring(0, secret.indexOf("_secret_"));
        var kind = intent.startsWith("seti_") ? "setup_intents" : "payment_intents";
        return billing.stripe("POST", "/v1/%s/%s/confirm".formatted(kind, intent), "payment_method=" + card);
    }
}
