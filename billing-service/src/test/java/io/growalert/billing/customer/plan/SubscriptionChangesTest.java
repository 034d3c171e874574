package io.growalert.billing.customer.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.billing.customer.Running.Answer;
import io.growalert.sandbox.fault.Fault;
import io.growalert.sandbox.fault.When;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** A customer changes the plan, and pays what the preview showed. */
@ExtendWith(OutputCaptureExtension.class)
class SubscriptionChangesTest {
    private static final String UPDATE = "/v1/subscriptions/";

    @RegisterExtension
    private static final PlanScene SCENE = new PlanScene();

    @Test
    void a_declined_change_keeps_the_plan_and_leaves_nothing_to_be_paid() {
        var customer = SCENE.subscribed("basic");
        SCENE.payBy(customer, "pm_card_chargeCustomerFail");
        var preview = SCENE.preview(customer, "premium");

        var declined = SCENE.change(customer, preview);

        assertThat(declined.status()).isEqualTo(402);
        assertThat(declined.code()).isEqualTo("card_declined");
        assertThat(SCENE.plan(customer)).isEqualTo("basic");
        assertThat(SCENE.subscription(customer).path("pending_update").isNull()).isTrue();
        assertThat(SCENE.invoices(customer)).containsExactly("void", "paid");

        SCENE.payBy(customer, "pm_card_visa");
        assertThat(SCENE.change(customer, preview).json().path("status").asString())
                .isEqualTo("changed");
        assertThat(SCENE.plan(customer)).isEqualTo("premium");
        assertThat(SCENE.billing().charged(customer.cookie())).hasSize(2);
    }

    @Test
    void a_declined_change_is_declined_again_for_the_same_key() {
        var customer = SCENE.subscribed("basic");
        SCENE.payBy(customer, "pm_card_chargeCustomerFail");
        var preview = SCENE.preview(customer, "premium");
        var declined = SCENE.change(customer, preview, "Idempotency-Key", "k1");
        SCENE.payBy(customer, "pm_card_visa");

        var again = SCENE.change(customer, preview, "Idempotency-Key", "k1");

        assertThat(List.of(declined.status(), again.status())).containsOnly(402);
        assertThat(SCENE.plan(customer)).isEqualTo("basic");
        assertThat(SCENE.change(customer, preview, "Idempotency-Key", "k2").status())
                .isEqualTo(200);
    }

    @Test
    void a_change_that_the_bank_must_confirm_waits_for_the_cards_owner() {
        var customer = SCENE.subscribed("basic");
        SCENE.payBy(customer, "pm_card_authenticationRequired");
        var preview = SCENE.preview(customer, "premium");

        var waiting = SCENE.change(customer, preview);

        assertThat(waiting.json().path("status").asString()).isEqualTo("action_needed");
        assertThat(SCENE.plan(customer)).isEqualTo("basic");
        var account = SCENE.billing().get("/account", customer.cookie()).json();
        assertThat(account.path("subscription")
                        .path("pendingChange")
                        .path("priceId")
                        .asString())
                .isEqualTo(SCENE.price("premium"));
        assertThat(account.path("openInvoice").isNull()).isTrue();
        assertThat(SCENE.change(customer, preview).json()).isEqualTo(waiting.json());

        authenticate(waiting);
        assertThat(SCENE.change(customer, preview).json().path("status").asString())
                .isEqualTo("changed");
        assertThat(SCENE.plan(customer)).isEqualTo("premium");
        assertThat(SCENE.invoices(customer)).containsExactly("paid", "paid");
    }

    private static void authenticate(Answer waiting) {
        var secret = waiting.json().path("clientSecret").asString();
        SCENE.billing()
                .stripe(
                        "POST",
                        "/sandbox/payment_intents/%s/authenticate"
                                .formatted(secret.substring(0, secret.indexOf("_secret_"))),
                        "success=true");
    }

    @Test
    void another_change_replaces_one_that_waits() {
        var customer = SCENE.subscribed("basic");
        SCENE.payBy(customer, "pm_card_authenticationRequired");
        var waiting = SCENE.change(customer, SCENE.preview(customer, "premium"));
        SCENE.payBy(customer, "pm_card_visa");

        var changed = SCENE.change(customer, SCENE.preview(customer, "premium-year"));

        assertThat(changed.json().path("status").asString()).isEqualTo("changed");
        assertThat(SCENE.plan(customer)).isEqualTo("premium-year");
        assertThat(SCENE.invoices(customer)).containsExactly("paid", "void", "paid");
        authenticate(waiting);
        assertThat(SCENE.plan(customer)).isEqualTo("premium-year");
    }

    @Test
    void a_change_that_is_refused_leaves_the_one_that_waits() {
        var customer = SCENE.subscribed("basic");
        SCENE.payBy(customer, "pm_card_authenticationRequired");
        var waiting = SCENE.change(customer, SCENE.preview(customer, "premium"));
        var yearly = SCENE.preview(customer, "premium-year");

        var refused = SCENE.change(customer, yearly, -60);

        assertThat(refused.code()).isEqualTo("amount_changed");
        authenticate(waiting);
        assertThat(SCENE.plan(customer)).isEqualTo("premium");
    }

    @Test
    void a_cancellation_at_once_leaves_no_change_that_could_be_paid() {
        var customer = SCENE.subscribed("basic");
        SCENE.payBy(customer, "pm_card_authenticationRequired");
        var waiting = SCENE.change(customer, SCENE.preview(customer, "premium"));
        // before the cancellation
        SCENE.billing()
                .stripe
                .faults()
                .add(new Fault.ErrorBefore(), When.next(2).on("DELETE", UPDATE));
        assertThat(customer.cancel("now").status()).isEqualTo(503);
        assertThat(SCENE.invoices(customer)).containsExactly("void", "paid");

        assertThat(customer.cancel("now").json().path("status").asString()).isEqualTo("canceled");
        authenticate(waiting);
        assertThat(SCENE.billing().charged(customer.cookie())).hasSize(1);
    }

    @Test
    void what_cannot_be_changed_is_refused() {
        var customer = SCENE.subscribed("basic");
        assertThat(SCENE.preview(customer, "basic").code()).isEqualTo("same_price");
        assertThat(SCENE.preview(customer, "dollars").code()).isEqualTo("unknown_price");
        assertThat(SCENE.billing()
                        .post("/subscription/preview", customer.cookie(), "{\"priceId\": \"price_1\"}")
                        .code())
                .isEqualTo("unknown_price");
        assertThat(SCENE.billing()
                        .post(
                                "/subscription/change",
                                customer.cookie(),
                                "{\"priceId\": \"p\", \"prorationDate\": \"x\"}")
                        .json()
                        .path("field")
                        .asString())
                .isEqualTo("prorationDate");
        customer.cancel("now");
        assertThat(SCENE.preview(customer, "premium").code()).isEqualTo("no_subscription");
        assertThat(SCENE.billing()
                        .post("/subscription/preview", null, "{\"priceId\": \"price_1\"}")
                        .code())
                .isEqualTo("session_missing");
    }

    @Test
    void declined_changes_are_limited_like_declined_orders() {
        var customer = SCENE.subscribed("basic");
        SCENE.payBy(customer, "pm_card_chargeCustomerFail");
        var preview = SCENE.preview(customer, "premium");
        for (int i = 0; i < 5; i++) {
            assertThat(SCENE.change(customer, preview).status()).isEqualTo(402);
        }

        var refused = SCENE.change(customer, preview);

        assertThat(refused.code()).isEqualTo("too_many_failed_payments");
        assertThat(SCENE.plan(customer)).isEqualTo("basic");
    }
}
