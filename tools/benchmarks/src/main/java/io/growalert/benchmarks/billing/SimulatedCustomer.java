package io.growalert.benchmarks.billing;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A customer and its requests to Stripe. */
final class SimulatedCustomer {
    private static final String DECLINED = "pm_card_chargeDeclined";
    private static final String GOOD = "pm_card_visa";
    /** How billing distinguishes its objects from those of other software; an object of a customer needs none. */
    private static final String OURS = "metadata[growalert_request]";

    private final SandboxClient stripe;
    private final Random random;
    private final List<String> prices;
    private final int number;
    private final String id;
    private final List<String> charges = new ArrayList<>();
    private @Nullable String subscription;
    private @Nullable String item;
    private @Nullable String invoice;
    private @Nullable String secret;
    private int orders;
    private boolean deleted;

    /**
     * Registers.
     *
     * @param testClock to live under, so that its subscriptions renew when that is moved on
     */
    SimulatedCustomer(
            SandboxClient stripe, Random random, List<String> prices, int number, @Nullable String testClock) {
        this.stripe = stripe;
        this.random = random;
        this.prices = prices;
        this.number = number;
        var email = "grower%d@example.com".formatted(number);
        id = (testClock == null
                        ? stripe.post("/v1/customers", "email", email, OURS, "bench")
                        : stripe.post("/v1/customers", "email", email, OURS, "bench", "test_clock", testClock))
                .path("id")
                .asString();
    }

    boolean isGone() {
        return deleted;
    }

    /** Subscribes and pays. */
    void start() {
        subscribe();
        confirm(GOOD);
    }

    /** Does one thing more, with up to a dozen events. */
    void step() {
        int chance = random.nextInt(100);
        if (subscription == null && chance < 35) {
            subscribe();
        } else if (secret != null && chance < 50) {
            confirm(random.nextInt(100) < 80 ? GOOD : DECLINED);
        } else if (chance < 25) {
            changeSubscription();
        } else if (chance < 40) {
            update();
        } else if (chance < 60) {
            order();
        } else if (chance < 70) {
            charge();
        } else if (chance < 85) {
            refundOrDispute();
        } else if (chance < 97) {
            settle();
        } else {
            leave();
        }
    }

    private void update() {
        switch (random.nextInt(3)) {
            case 0 -> stripe.post("/v1/customers/" + id, "name", "Grower %d".formatted(random.nextInt(1_000)));
            case 1 -> stripe.post("/v1/customers/" + id, "balance", String.valueOf(-random.nextInt(5_000)));
            default -> stripe.post("/v1/customers/" + id, "metadata[visits]", String.valueOf(random.nextInt(1_000)));
        }
    }

    private void subscribe() {
        var created = stripe.post(
                "/v1/subscriptions",
                "customer",
                id,
                "items[0][price]",
                price(),
                "payment_behavior",
                "default_incomplete",
                "payment_settings[save_default_payment_method]",
                "on_subscription",
                "expand[0]",
                "latest_invoice.confirmation_secret");
        subscription = text(created, "/id");
        item = text(created, "/items/data/0/id");
        invoice = text(created, "/latest_invoice/id");
        secret = text(created, "/latest_invoice/confirmation_secret/client_secret");
    }

    /** The first payment of the subscription. */
    private void confirm(String card) {
        var intent = secret == null ? "" : secret.replaceAll("_secret.*", "");
        var answer = stripe.post("/v1/payment_intents/" + intent + "/confirm", "payment_method", card);
        if (card.equals(GOOD)) {
            secret = null;
            remember(answer);
        }
    }

    private void changeSubscription() {
        if (subscription == null) {
            return;
        }
        var path = "/v1/subscriptions/" + subscription;
        int chance = random.nextInt(100);
        if (item != null && secret == null && chance < 30) {
            stripe.post(path, "items[0][id]", item, "items[0][price]", price(), "proration_behavior", "none");
        } else if (item != null && secret == null && chance < 50) {
            var quantity = String.valueOf(1 + random.nextInt(9));
            stripe.post(path, "items[0][id]", item, "items[0][quantity]", quantity, "proration_behavior", "none");
        } else if (chance < 80) {
            stripe.post(path, "cancel_at_period_end", String.valueOf(random.nextBoolean()));
        } else {
            stripe.delete(path);
            subscription = null;
            secret = null;
        }
    }

    /** Devices, as {@code POST /charge} orders them with a payment method. */
    private void order() {
        int quantity = 1 + random.nextInt(20);
        var card = List.of(GOOD, GOOD, GOOD, GOOD, DECLINED, "pm_card_threeDSecure2Required")
                .get(random.nextInt(6));
        var intent = stripe.post(
                "/v1/payment_intents",
                "amount",
                String.valueOf(quantity * 4_900),
                "currency",
                "eur",
                "customer",
                id,
                "payment_method_types[0]",
                "card",
                "metadata[growalert_order]",
                "order_%08d%04d".formatted(number, orders++),
                "metadata[growalert_quantity]",
                String.valueOf(quantity),
                "metadata[growalert_unit_amount]",
                "4900");
        var path = "/v1/payment_intents/" + text(intent, "/id");
        var confirmed = stripe.post(path + "/confirm", "payment_method", card);
        if (card.equals(GOOD)) {
            remember(confirmed);
        } else if (random.nextBoolean()) {
            stripe.post(path + "/cancel");
        } else if (card.equals(DECLINED)) {
            remember(stripe.post(path + "/confirm", "payment_method", GOOD));
        }
    }

    private void charge() {
        var token = List.of("tok_visa", "tok_visa", "tok_visa", "tok_chargeDeclined")
                .get(random.nextInt(4));
        var charge = stripe.post(
                "/v1/charges",
                "amount",
                String.valueOf(1_000 + random.nextInt(90_000)),
                "currency",
                "eur",
                "source",
                token,
                OURS,
                "bench",
                "description",
                "Grower %d".formatted(number));
        if (!charge.has("error")) {
            charges.add(charge.path("id").asString());
        }
    }

    private void refundOrDispute() {
        if (charges.isEmpty()) {
            return;
        }
        var charge = charges.get(random.nextInt(charges.size()));
        if (random.nextInt(100) < 60) {
            stripe.post("/v1/refunds", "charge", charge, "amount", String.valueOf(100 + random.nextInt(500)));
        } else {
            stripe.post("/v1/refunds", "charge", charge); // all of it, or what is left
            charges.remove(charge);
        }
        if (random.nextInt(100) < 20) {
            dispute();
        }
    }

    private void dispute() {
        var charge = stripe.post(
                "/v1/charges", "amount", "4900", "currency", "eur", "source", "tok_createDispute", OURS, "bench");
        var disputes = stripe.get("/v1/disputes", "charge", charge.path("id").asString(""));
        if (random.nextBoolean() && disputes.at("/data/0/id").isString()) {
            stripe.post("/v1/disputes/" + text(disputes, "/data/0/id") + "/close");
        }
    }

    /** The first invoice does not wait for the browser for ever. */
    private void settle() {
        if (invoice == null || secret == null) {
            return;
        }
        var path = "/v1/invoices/" + invoice;
        switch (random.nextInt(3)) {
            case 0 -> stripe.post(path + "/void");
            case 1 -> stripe.post(path + "/mark_uncollectible");
            default -> stripe.post(path + "/pay", "payment_method", GOOD);
        }
        secret = null;
    }

    private void leave() {
        stripe.delete("/v1/customers/" + id);
        deleted = true;
    }

    private void remember(JsonNode intent) {
        if (intent.path("latest_charge").isString()) {
            charges.add(intent.path("latest_charge").asString());
        }
    }

    private String price() {
        return prices.get(random.nextInt(prices.size()));
    }

    private static @Nullable String text(JsonNode node, String pointer) {
        return node.at(pointer).asStringOpt().orElse(null);
    }
}
