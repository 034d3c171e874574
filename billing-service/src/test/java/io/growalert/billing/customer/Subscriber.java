package io.growalert.billing.customer;

import io.growalert.billing.customer.Running.Answer;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** A new customer, and what he does about his subscription. */
record Subscriber(Running billing, String cookie) {
    static Subscriber of(Running billing) {
        return new Subscriber(billing, billing.register("grower@example.com"));
    }

    /** The id of the price that is offered in this place. */
    static String price(Running billing, int place) {
        return billing.get("/config", null)
                .json()
                .path("prices")
                .path(place)
                .path("id")
                .asString();
    }

    /** The same customer, at another instance. */
    Subscriber at(Running other) {
        return new Subscriber(other, cookie);
    }

    Answer subscribe(String price, String... headers) {
        return billing.post("/create-subscription", cookie, "{\"priceId\": \"%s\"}".formatted(price), headers);
    }

    Answer cancel(String when) {
        return billing.post("/cancel-subscription", cookie, "{\"when\": \"%s\"}".formatted(when));
    }

    /** What Stripe has of his subscriptions. */
    List<String> statuses() {
        return atStripe().stream()
                .map(subscription -> subscription.path("status").asString())
                .toList();
    }

    List<JsonNode> atStripe() {
        return billing.stripe(
                        "GET", "/v1/subscriptions?status=all&limit=100&customer=" + Running.customerIn(cookie), "")
                .path("data")
                .valueStream()
                .toList();
    }

    /** As Stripe's script does it in the browser. */
    void confirm(Answer subscribed, String card) {
        var secret = subscribed.json().path("clientSecret").asString();
        var intent = secret.substring(0, secret.indexOf("_secret_"));
        var kind = intent.startsWith("seti_") ? "setup_intents" : "payment_intents";
        billing.stripe("POST", "/v1/%s/%s/confirm".formatted(kind, intent), "payment_method=" + card);
    }
}
