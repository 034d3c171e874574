package io.growalert.billing.customer.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.growalert.billing.customer.Running.Answer;
import io.growalert.billing.customer.Subscriber;
import io.growalert.billing.customer.plan.PlanScene;
import io.growalert.sandbox.fault.Fault;
import io.growalert.sandbox.fault.When;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/** What a customer sees and does in the account. */
class AccountTest {
    @RegisterExtension
    private static final PlanScene SCENE = new PlanScene();

    private static JsonNode account(Subscriber customer) {
        var answer = SCENE.billing().get("/account", customer.cookie());
        assertThat(answer.status()).as("%s", answer.json()).isEqualTo(200);
        return answer.json();
    }

    @Test
    void a_customer_without_a_subscription_has_an_account() {
        var customer = Subscriber.of(SCENE.billing());

        var account = account(customer);

        assertThat(account.path("customer").path("id").asString()).isEqualTo(customer.id());
        assertThat(account.path("customer").path("email").asString()).startsWith("grower-");
        assertThat(account.path("subscription").isNull()).isTrue();
        assertThat(account.path("nextInvoice").isNull()).isTrue();
        assertThat(account.path("paymentMethod").isNull()).isTrue();
        assertThat(account.path("openInvoice").isNull()).isTrue();
        assertThat(account.path("portal").asBoolean()).isFalse();
        assertThat(account.path("prices"))
                .isEqualTo(SCENE.billing().get("/config", null).json().path("prices"));
    }

    @Test
    void the_account_has_the_grace_of_monitors_only_where_they_are_paused() {
        var customer = Subscriber.of(SCENE.billing());
        try (var enforcing = SCENE.billing().beside(Map.of("growalert.entitlements.enforce", true))) {
            assertThat(enforcing
                            .get("/account", customer.cookie())
                            .json()
                            .path("pauseGraceSeconds")
                            .asLong())
                    .isEqualTo(Duration.ofDays(7).toSeconds());
        }
        assertThat(account(customer).path("pauseGraceSeconds").isNull()).isTrue();
    }

    @Test
    void the_account_has_the_plan_the_next_invoice_and_the_card() {
        var customer = SCENE.subscribed("premium");

        var account = account(customer);

        var plan = account.path("subscription");
        assertThat(plan.path("status").asString()).isEqualTo("active");
        assertThat(plan.path("price").path("lookupKey").asString()).isEqualTo("premium");
        assertThat(plan.path("price").path("name").asString()).isEqualTo("Premium");
        assertThat(plan.path("price").path("amount").asLong()).isEqualTo(1_500);
        assertThat(plan.path("price").path("interval").asString()).isEqualTo("month");
        assertThat(plan.path("pendingChange").isNull()).isTrue();
        assertThat(account.path("nextInvoice").path("amount").asLong()).isEqualTo(1_500);
        assertThat(account.path("nextInvoice").path("at")).isEqualTo(plan.path("currentPeriodEnd"));
        assertThat(account.path("paymentMethod").path("brand").asString()).isEqualTo("visa");
        assertThat(account.path("paymentMethod").path("last4").asString()).isEqualTo("4242");
    }

    @Test
    void a_trial_that_ends_without_a_card_has_no_next_invoice() {
        var customer = Subscriber.of(SCENE.billing());
        try (var trial = SCENE.billing().beside(Map.of("growalert.billing.customer.trial-days", 14))) {
            var begun = customer.at(trial).subscribe(SCENE.price("basic"));
            var without = account(customer);
            customer.at(trial).confirm(begun, "pm_card_visa");

            assertThat(without.path("subscription").path("status").asString()).isEqualTo("trialing");
            assertThat(without.path("nextInvoice").isNull()).isTrue();
        }
        assertThat(account(customer).path("nextInvoice").path("amount").asLong())
                .isEqualTo(500);
    }

    @Test
    void a_scheduled_cancellation_has_no_next_invoice_and_is_revoked_by_the_same_price() {
        var customer = SCENE.subscribed("basic");
        customer.cancel("period_end");

        var ending = account(customer);
        customer.subscribe(SCENE.price("basic"));

        assertThat(ending.path("subscription").path("cancelAt"))
                .isEqualTo(ending.path("subscription").path("currentPeriodEnd"));
        assertThat(ending.path("nextInvoice").isNull()).isTrue();
        assertThat(account(customer).path("subscription").path("cancelAt").isNull())
                .isTrue();
    }

    /** The renewal was declined. */
    private static Subscriber pastDue() {
        var customer = SCENE.subscribed("basic");
        SCENE.payBy(customer, "pm_card_chargeCustomerFail");
        SCENE.offset(Duration.ofDays(32));
        await().atMost(Duration.ofSeconds(60))
                .until(() -> customer.statuses().getFirst().equals("past_due"));
        return customer;
    }

    private static Answer pay(Subscriber customer, JsonNode invoice, String... headers) {
        return SCENE.billing()
                .post("/invoices/%s/pay".formatted(invoice.path("id").asString()), customer.cookie(), "{}", headers);
    }

    @Test
    void an_open_invoice_is_paid_once_by_another_card() {
        var customer = pastDue();
        var open = account(customer).path("openInvoice");
        assertThat(open.path("amount").asLong()).isEqualTo(500);
        assertThat(SCENE.preview(customer, "premium").code()).isEqualTo("open_invoice");
        assertThat(pay(customer, open).code()).isEqualTo("card_declined");
        assertThat(pay(SCENE.subscribed("basic"), open).status()).isEqualTo(404);

        SCENE.payBy(customer, "pm_card_visa");
        SCENE.billing().stripe.faults().add(new Fault.CutAfter(), When.next(1).on("POST", "/v1/invoices"));
        pay(customer, open);
        var paid = pay(customer, open);

        assertThat(paid.json().path("status").asString()).as("%s", paid.json()).isEqualTo("paid");
        assertThat(pay(customer, open, "Idempotency-Key", "k")
                        .json()
                        .path("status")
                        .asString())
                .isEqualTo("paid");
        assertThat(SCENE.billing().charged(customer.cookie())).hasSize(2);
        assertThat(account(customer).path("openInvoice").isNull()).isTrue();
        assertThat(customer.statuses()).containsExactly("active");
    }

    @Test
    void an_open_invoice_without_a_subscription_is_paid_by_the_card_of_the_plan() {
        var customer = SCENE.subscribed("basic");
        SCENE.billing()
                .stripe("POST", "/v1/invoiceitems", "customer=%s&amount=700&currency=eur".formatted(customer.id()));
        var invoice = SCENE.billing()
                .stripe("POST", "/v1/invoices", "pending_invoice_items_behavior=include&customer=" + customer.id())
                .path("id")
                .asString();
        SCENE.billing().stripe("POST", "/v1/invoices/%s/finalize".formatted(invoice), "");
        var open = account(customer).path("openInvoice");
        assertThat(open.path("amount").asLong()).isEqualTo(700);

        var paid = pay(customer, open);

        assertThat(paid.json().path("status").asString()).as("%s", paid.json()).isEqualTo("paid");
    }

    @Test
    void an_open_invoice_that_the_bank_must_confirm_is_confirmed_by_the_cards_owner() {
        var customer = pastDue();
        var open = account(customer).path("openInvoice");
        SCENE.payBy(customer, "pm_card_authenticationRequired");

        var waiting = pay(customer, open);

        assertThat(waiting.json().path("status").asString())
                .as("%s", waiting.json())
                .isEqualTo("action_needed");
        assertThat(waiting.json().path("clientSecret").asString()).startsWith("pi_");
        assertThat(SCENE.billing()
                        .post("/invoices/in_unknown/pay", customer.cookie(), "{}")
                        .status())
                .isEqualTo(404);
    }

    private static Answer method(Subscriber customer, String json) {
        return SCENE.billing().post("/payment-method", customer.cookie(), json);
    }

    @Test
    void a_card_is_replaced_after_its_setup_was_confirmed() {
        var customer = SCENE.subscribed("basic");
        var secret = method(customer, "{}").json().path("clientSecret").asString();
        var setup = secret.substring(0, secret.indexOf("_secret_"));
        var use = "{\"setupIntent\": \"%s\"}".formatted(setup);
        assertThat(method(customer, use).code()).isEqualTo("setup_incomplete");

        SCENE.billing()
                .stripe("POST", "/v1/setup_intents/%s/confirm".formatted(setup), "payment_method=pm_card_mastercard");
        var replaced = method(customer, use);

        assertThat(replaced.json().path("paymentMethod").path("brand").asString())
                .isEqualTo("mastercard");
        assertThat(method(customer, use).json()).isEqualTo(replaced.json());
        assertThat(account(customer).path("paymentMethod").path("brand").asString())
                .isEqualTo("mastercard");
        assertThat(method(Subscriber.of(SCENE.billing()), use).status()).isEqualTo(404);
        assertThat(method(customer, "{\"setupIntent\": \"pi_1\"}").code()).isEqualTo("invalid_field");
    }

    @Test
    void the_portal_is_reachable_only_where_it_is_enabled() {
        var customer = Subscriber.of(SCENE.billing());

        assertThat(SCENE.billing()
                        .post("/portal-session", customer.cookie(), "{}")
                        .status())
                .isEqualTo(404);
        assertThat(SCENE.billing().post("/portal-session", null, "{}").code()).isEqualTo("session_missing");
    }
}
