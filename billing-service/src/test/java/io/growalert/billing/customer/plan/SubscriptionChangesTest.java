package io.growalert.billing.customer.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.billing.customer.Running.Answer;
import io.growalert.sandbox.fault.Fault;
import io.growalert.sandbox.fault.When;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** A customer changes the plan, and pays what the preview showed. */
@ExtendWith(OutputCaptureExtension.class)
class SubscriptionChangesTest {
    private static final String UPDATE = "/v1/subscriptions/";

    @SuppressWarnings("NullAway.Init")
    private static PlanScene scene;

    @BeforeAll
    static void open() throws IOException {
        scene = PlanScene.open(Map.of());
    }

    @AfterAll
    static void close() {
        scene.close();
    }

    @AfterEach
    void clearFaults() {
        scene.billing.stripe.faults().clear();
    }

    @Test
    void a_declined_change_keeps_the_plan_and_leaves_nothing_to_be_paid() {
        var customer = scene.subscribed("basic");
        scene.payBy(customer, "pm_card_chargeCustomerFail");
        var preview = scene.preview(customer, "premium");

        var declined = scene.change(customer, preview);

        assertThat(declined.status()).isEqualTo(402);
        assertThat(declined.code()).isEqualTo("card_declined");
        assertThat(scene.plan(customer)).isEqualTo("basic");
        assertThat(scene.subscription(customer).path("pending_update").isNull()).isTrue();
        assertThat(scene.invoices(customer)).containsExactly("void", "paid");

        scene.payBy(customer, "pm_card_visa");
        assertThat(scene.change(customer, preview).json().path("status").asString())
                .isEqualTo("changed");
        assertThat(scene.plan(customer)).isEqualTo("premium");
        assertThat(scene.billing.charged(customer.cookie())).hasSize(2);
    }

    @Test
    void a_declined_change_is_declined_again_for_the_same_key() {
        var customer = scene.subscribed("basic");
        scene.payBy(customer, "pm_card_chargeCustomerFail");
        var preview = scene.preview(customer, "premium");
        var declined = scene.change(customer, preview, "Idempotency-Key", "k1");
        scene.payBy(customer, "pm_card_visa");

        var again = scene.change(customer, preview, "Idempotency-Key", "k1");

        assertThat(List.of(declined.status(), again.status())).containsOnly(402);
        assertThat(scene.plan(customer)).isEqualTo("basic");
        assertThat(scene.change(customer, preview, "Idempotency-Key", "k2").status())
                .isEqualTo(200);
    }

    @Test
    void a_change_that_the_bank_must_confirm_waits_for_the_cards_owner() {
        var customer = scene.subscribed("basic");
        scene.payBy(customer, "pm_card_authenticationRequired");
        var preview = scene.preview(customer, "premium");

        var waiting = scene.change(customer, preview);

        assertThat(waiting.json().path("status").asString()).isEqualTo("action_needed");
        assertThat(scene.plan(customer)).isEqualTo("basic");
        var account = scene.billing.get("/account", customer.cookie()).json();
        assertThat(account.path("subscription")
                        .path("pendingChange")
                        .path("priceId")
                        .asString())
                .isEqualTo(scene.price("premium"));
        assertThat(account.path("openInvoice").isNull()).isTrue();
        assertThat(scene.change(customer, preview).json()).isEqualTo(waiting.json());

        authenticate(waiting);
        assertThat(scene.change(customer, preview).json().path("status").asString())
                .isEqualTo("changed");
        assertThat(scene.plan(customer)).isEqualTo("premium");
        assertThat(scene.invoices(customer)).containsExactly("paid", "paid");
    }

    private static void authenticate(Answer waiting) {
        var secret = waiting.json().path("clientSecret").asString();
        scene.billing.stripe(
                "POST",
                "/sandbox/payment_intents/%s/authenticate".formatted(secret.substring(0, secret.indexOf("_secret_"))),
                "success=true");
    }

    @Test
    void another_change_replaces_one_that_waits() {
        var customer = scene.subscribed("basic");
        scene.payBy(customer, "pm_card_authenticationRequired");
        var waiting = scene.change(customer, scene.preview(customer, "premium"));
        scene.payBy(customer, "pm_card_visa");

        var changed = scene.change(customer, scene.preview(customer, "premium-year"));

        assertThat(changed.json().path("status").asString()).isEqualTo("changed");
        assertThat(scene.plan(customer)).isEqualTo("premium-year");
        assertThat(scene.invoices(customer)).containsExactly("paid", "void", "paid");
        authenticate(waiting);
        assertThat(scene.plan(customer)).isEqualTo("premium-year");
    }

    @Test
    void a_change_that_is_refused_leaves_the_one_that_waits() {
        var customer = scene.subscribed("basic");
        scene.payBy(customer, "pm_card_authenticationRequired");
        var waiting = scene.change(customer, scene.preview(customer, "premium"));
        var yearly = scene.preview(customer, "premium-year");

        var refused = scene.change(customer, yearly, -60);

        assertThat(refused.code()).isEqualTo("amount_changed");
        authenticate(waiting);
        assertThat(scene.plan(customer)).isEqualTo("premium");
    }

    @Test
    void a_cancellation_at_once_leaves_no_change_that_could_be_paid() {
        var customer = scene.subscribed("basic");
        scene.payBy(customer, "pm_card_authenticationRequired");
        var waiting = scene.change(customer, scene.preview(customer, "premium"));
        // before the cancellation
        scene.billing.stripe.faults().add(new Fault.ErrorBefore(), When.next(2).on("DELETE", UPDATE));
        assertThat(customer.cancel("now").status()).isEqualTo(503);
        assertThat(scene.invoices(customer)).containsExactly("void", "paid");

        assertThat(customer.cancel("now").json().path("status").asString()).isEqualTo("canceled");
        authenticate(waiting);
        assertThat(scene.billing.charged(customer.cookie())).hasSize(1);
    }

    @Test
    void what_cannot_be_changed_is_refused() {
        var customer = scene.subscribed("basic");
        assertThat(scene.preview(customer, "basic").code()).isEqualTo("same_price");
        assertThat(scene.preview(customer, "dollars").code()).isEqualTo("unknown_price");
        assertThat(scene.billing
                        .post("/subscription/preview", customer.cookie(), "{\"priceId\": \"price_1\"}")
                        .code())
                .isEqualTo("unknown_price");
        assertThat(scene.billing
                        .post(
                                "/subscription/change",
                                customer.cookie(),
                                "{\"priceId\": \"p\", \"prorationDate\": \"x\"}")
                        .json()
                        .path("field")
                        .asString())
                .isEqualTo("prorationDate");
        customer.cancel("now");
        assertThat(scene.preview(customer, "premium").code()).isEqualTo("no_subscription");
        assertThat(scene.billing
                        .post("/subscription/preview", null, "{\"priceId\": \"price_1\"}")
                        .code())
                .isEqualTo("session_missing");
    }

    @Test
    void declined_changes_are_limited_like_declined_orders() {
        var customer = scene.subscribed("basic");
        scene.payBy(customer, "pm_card_chargeCustomerFail");
        var preview = scene.preview(customer, "premium");
        for (int i = 0; i < 5; i++) {
            assertThat(scene.change(customer, preview).status()).isEqualTo(402);
        }

        var refused = scene.change(customer, preview);

        assertThat(refused.code()).isEqualTo("too_many_failed_payments");
        assertThat(scene.plan(customer)).isEqualTo("basic");
    }
}
