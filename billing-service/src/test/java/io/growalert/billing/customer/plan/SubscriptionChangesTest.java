package io.growalert.billing.customer.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.growalert.billing.customer.Running.Answer;
import io.growalert.billing.customer.Subscriber;
import io.growalert.sandbox.fault.Fault;
import io.growalert.sandbox.fault.When;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import tools.jackson.databind.JsonNode;

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
    void five_changes_charge_what_the_preview_showed() {
        var customer = scene.subscribed("basic", Duration.ofDays(12));

        for (var plan : List.of("premium", "basic", "premium-year", "premium", "basic")) {
            var preview = scene.preview(customer, plan);
            var changed = scene.change(customer, preview);

            assertThat(changed.status()).as("%s", changed.json()).isEqualTo(200);
            assertThat(changed.json().path("status").asString()).isEqualTo("changed");
            assertThat(scene.plan(customer)).isEqualTo(plan);
            var invoice = scene.invoice(customer);
            assertThat(invoice.path("amount_due")).isEqualTo(preview.json().path("amountDue"));
            assertThat(invoice.path("status").asString()).isEqualTo("paid");
            assertThat(amounts(invoice.path("lines").path("data")))
                    .isEqualTo(amounts(preview.json().path("lines")));
        }
        assertThat(scene.invoices(customer)).hasSize(6).containsOnly("paid");
    }

    private static List<Long> amounts(JsonNode lines) {
        return lines.valueStream().map(line -> line.path("amount").asLong()).toList();
    }

    @Test
    void a_preview_has_the_next_invoice_too_and_charges_nothing() {
        var customer = scene.subscribed("premium", Duration.ofDays(3));

        var preview = scene.preview(customer, "basic").json();

        assertThat(preview.path("amountDue").asLong()).isZero();
        assertThat(preview.path("currency").asString()).isEqualTo("eur");
        long credit =
                amounts(preview.path("lines")).stream().mapToLong(each -> each).sum();
        assertThat(credit).isNegative();
        assertThat(preview.path("credit").asLong()).isEqualTo(-credit);
        assertThat(preview.path("nextAmount").asLong()).isEqualTo(Math.max(0, 500 + credit));
        assertThat(preview.path("nextAt").asString())
                .isEqualTo(scene.billing
                        .get("/account", customer.cookie())
                        .json()
                        .path("subscription")
                        .path("currentPeriodEnd")
                        .asString());
        assertThat(scene.invoices(customer)).containsExactly("paid");
    }

    @Test
    void the_next_invoice_after_a_yearly_plan_is_at_the_end_of_the_new_plans_month() {
        var customer = scene.subscribed("premium-year");

        var preview = scene.preview(customer, "basic");
        scene.change(customer, preview);

        assertThat(Instant.parse(preview.json().path("nextAt").asString()))
                .isCloseTo(
                        Instant.parse(scene.billing
                                .get("/account", customer.cookie())
                                .json()
                                .path("subscription")
                                .path("currentPeriodEnd")
                                .asString()),
                        within(1, ChronoUnit.MINUTES));
    }

    @Test
    void a_change_in_a_trial_costs_nothing_before_its_end() {
        try (var trial = scene.billing.beside(Map.of("growalert.billing.customer.trial-days", 14))) {
            var customer = Subscriber.of(scene.billing);
            customer.at(trial).confirm(customer.at(trial).subscribe(scene.price("basic")), "pm_card_visa");

            var preview = scene.preview(customer, "premium");
            var changed = scene.change(customer, preview);

            assertThat(preview.json().path("amountDue").asLong()).isZero();
            assertThat(preview.json().path("nextAmount").asLong()).isEqualTo(1_500);
            assertThat(changed.json().path("status").asString()).isEqualTo("changed");
            assertThat(scene.plan(customer)).isEqualTo("premium");
            assertThat(customer.statuses()).containsExactly("trialing");
            assertThat(scene.billing.charged(customer.cookie())).isEmpty();
        }
    }

    @Test
    void a_change_in_a_trial_does_not_charge_what_waits_for_the_next_invoice() {
        try (var trial = scene.billing.beside(Map.of("growalert.billing.customer.trial-days", 14))) {
            var customer = Subscriber.of(scene.billing);
            customer.at(trial).confirm(customer.at(trial).subscribe(scene.price("basic")), "pm_card_visa");
            scene.billing.stripe(
                    "POST", "/v1/invoiceitems", "customer=%s&amount=700&currency=eur".formatted(customer.id()));

            var preview = scene.preview(customer, "premium");
            var changed = scene.change(customer, preview);

            assertThat(preview.json().path("amountDue").asLong()).isZero();
            assertThat(preview.json().path("nextAmount").asLong()).isEqualTo(2_200);
            assertThat(changed.json().path("status").asString()).isEqualTo("changed");
            assertThat(scene.plan(customer)).isEqualTo("premium");
            assertThat(scene.invoices(customer)).hasSize(1);
        }
    }

    @Test
    void a_preview_leaves_out_a_next_invoice_with_discounts() {
        var customer = scene.subscribed("basic", Duration.ofDays(3));
        var coupon = scene.billing
                .stripe("POST", "/v1/coupons", "percent_off=10&duration=forever")
                .path("id")
                .asString();
        customer.updateAtStripe("discounts[0][coupon]=" + coupon);

        var preview = scene.preview(customer, "premium");

        assertThat(preview.json().path("nextAmount").isNull())
                .as("%s", preview.json())
                .isTrue();
        assertThat(scene.change(customer, preview).json().path("status").asString())
                .isEqualTo("changed");
        assertThat(scene.billing
                        .get("/account", customer.cookie())
                        .json()
                        .path("nextInvoice")
                        .path("amount")
                        .asLong())
                .isEqualTo(1_350);
    }

    @Test
    void a_paid_change_that_cost_more_than_shown_is_refunded_to_what_was_shown() {
        var customer = scene.subscribed("basic");
        var preview = scene.preview(customer, "premium");

        var changed = changeWhileTheBalanceChanges(customer, preview);

        assertThat(changed.json().path("status").asString())
                .as("%s", changed.json())
                .isEqualTo("changed");
        assertThat(scene.plan(customer)).isEqualTo("premium");
        var charge = scene.billing.charged(customer.cookie()).getFirst();
        assertThat(charge.path("amount").asLong()
                        - charge.path("amount_refunded").asLong())
                .isEqualTo(preview.json().path("amountDue").asLong());
        assertThat(charge.path("amount_refunded").asLong()).isEqualTo(100);
    }

    @Test
    void a_refund_whose_answer_stripe_lost_is_made_once() {
        var customer = scene.subscribed("basic");
        var preview = scene.preview(customer, "premium");
        scene.billing.stripe.faults().add(new Fault.ErrorAfter(), When.next(1).on("POST", "/v1/refunds"));

        var changed = changeWhileTheBalanceChanges(customer, preview, 1);

        assertThat(changed.json().path("status").asString())
                .as("%s", changed.json())
                .isEqualTo("changed");
        assertThat(refunded(customer)).containsExactly(100L, 0L);
    }

    @Test
    void a_difference_that_cannot_be_refunded_is_logged_and_refunded_by_the_next_request(CapturedOutput output) {
        var customer = scene.subscribed("basic");
        var preview = scene.preview(customer, "premium");
        scene.billing
                .stripe
                .faults()
                .add(
                        new Fault.Refuse(403, "invalid_request_error", null, null, null, "No permission."),
                        When.ALWAYS.on("POST", "/v1/refunds"));

        var refused = changeWhileTheBalanceChanges(customer, preview, 1);
        var logged = output.getAll();
        scene.billing.stripe.faults().clear();
        var changed = scene.change(customer, preview);

        assertThat(refused.status()).isEqualTo(503);
        assertThat(logged.lines().filter(line -> line.contains("Plan change"))).anySatisfy(line -> assertThat(line)
                .contains(
                        "ERROR",
                        "Plan change charged more than previewed",
                        scene.invoice(customer).path("id").asString()));
        assertThat(changed.json().path("status").asString()).isEqualTo("changed");
        assertThat(refunded(customer)).containsExactly(100L, 0L);
    }

    /** What was refunded of each of the customer's charges, the latest first. */
    private static List<Long> refunded(Subscriber customer) {
        return scene.billing.charged(customer.cookie()).stream()
                .map(charge -> charge.path("amount_refunded").asLong())
                .toList();
    }

    @Test
    void what_an_operator_changed_after_an_interrupted_change_is_not_refunded() {
        var customer = scene.subscribed("basic", Duration.ofDays(1));
        var preview = scene.preview(customer, "premium");
        var killed = changeMeanwhile(customer, preview, 0, SubscriptionChangesTest::killHolders);
        var item = scene.subscription(customer).path("items").path("data").path(0);
        customer.updateAtStripe(
                "items[0][id]=%s&items[0][quantity]=2&proration_behavior=always_invoice&proration_date=%d"
                        .formatted(
                                item.path("id").asString(),
                                preview.json().path("prorationDate").asLong() + 60));

        var resumed = scene.change(customer, preview);

        assertThat(killed.code()).isEqualTo("request_in_flight");
        assertThat(resumed.json().path("status").asString()).isEqualTo("changed");
        assertThat(scene.invoice(customer).path("amount_due").asLong())
                .isGreaterThan(preview.json().path("amountDue").asLong());
        assertThat(refunded(customer)).containsExactly(0L, 0L, 0L);
    }

    @Test
    void a_change_that_costs_more_than_shown_is_discarded_while_it_is_not_paid() {
        var customer = scene.subscribed("basic");
        scene.payBy(customer, "pm_card_authenticationRequired");
        var preview = scene.preview(customer, "premium");

        var refused = changeWhileTheBalanceChanges(customer, preview);

        assertThat(refused.code()).isEqualTo("amount_changed");
        assertThat(refused.json().path("amount").asLong())
                .isEqualTo(preview.json().path("amountDue").asLong() + 100);
        assertThat(scene.plan(customer)).isEqualTo("basic");
        assertThat(scene.invoices(customer)).containsExactly("void", "paid");
    }

    /** Stripe gets the change while the customer owes 100 more than in the previews. */
    private static Answer changeWhileTheBalanceChanges(Subscriber customer, Answer preview) {
        return changeWhileTheBalanceChanges(customer, preview, 0);
    }

    private static Answer changeWhileTheBalanceChanges(Subscriber customer, Answer preview, int faults) {
        return changeMeanwhile(
                customer,
                preview,
                faults,
                () -> scene.billing.stripe("POST", "/v1/customers/" + customer.id(), "balance=100"));
    }

    /**
     * @param faults the number of faults of other calls
     * @param event happens before Stripe gets the change
     */
    private static Answer changeMeanwhile(Subscriber customer, Answer preview, int faults, Runnable event) {
        scene.billing
                .stripe
                .faults()
                .add(new Fault.Hang(Duration.ofSeconds(2)), When.next(1).on("POST", UPDATE));
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var changed = CompletableFuture.supplyAsync(() -> scene.change(customer, preview), threads);
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> scene.billing
                                    .stripe("GET", "/sandbox/faults", "")
                                    .path("faults")
                                    .size()
                            == faults);
            event.run();
            return changed.join();
        }
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

    static Stream<Fault> lostAnswers() {
        return Stream.of(new Fault.ErrorAfter(), new Fault.CutAfter(), new Fault.ErrorBefore());
    }

    @ParameterizedTest
    @MethodSource("lostAnswers")
    void a_change_whose_answer_was_lost_is_charged_once(Fault fault) {
        var customer = scene.subscribed("basic", Duration.ofDays(1));
        var preview = scene.preview(customer, "premium");
        scene.billing.stripe.faults().add(fault, When.next(2).on("POST", UPDATE));

        scene.change(customer, preview);
        scene.change(customer, preview);
        scene.billing.stripe.faults().clear();
        var answer = scene.change(customer, preview);

        assertThat(answer.json().path("status").asString()).isEqualTo("changed");
        assertThat(scene.plan(customer)).isEqualTo("premium");
        assertThat(scene.invoices(customer)).containsExactly("paid", "paid");
        assertThat(scene.billing.charged(customer.cookie())).hasSize(2);
    }

    @Test
    void a_change_is_finished_after_its_instance_was_killed_and_charged_once() {
        var customer = scene.subscribed("basic", Duration.ofDays(1));
        var preview = scene.preview(customer, "premium");
        scene.billing
                .stripe
                .faults()
                .add(new Fault.Hang(Duration.ofSeconds(2)), When.next(1).on("POST", UPDATE));
        try (var threads = Executors.newVirtualThreadPerTaskExecutor();
                var other = scene.billing.beside(Map.of())) {
            var killed = CompletableFuture.supplyAsync(() -> scene.change(customer, preview), threads);
            await().until(() -> open(customer) == 1);
            killHolders();

            var resumed = other.post(
                    "/subscription/change",
                    customer.cookie(),
                    "{\"priceId\": %s, \"prorationDate\": %s}"
                            .formatted(
                                    preview.json().path("priceId"),
                                    preview.json().path("prorationDate")));
            killed.join();

            assertThat(resumed.status()).isIn(200, 409, 503);
            assertThat(scene.change(customer, preview).json().path("status").asString())
                    .isEqualTo("changed");
            assertThat(scene.invoices(customer)).containsExactly("paid", "paid");
        }
    }

    /** As if the instances that work on requests were gone. */
    private static void killHolders() {
        scene.billing.database.jdbc().sql("""
                        update billing.requests set holder = gen_random_uuid(),
                            lease_until = clock_timestamp() - interval '1 second'
                        where state = 'open'
                        """).update();
    }

    private static int open(Subscriber customer) {
        return scene.billing
                .database
                .jdbc()
                .sql("""
                        select count(*) from billing.requests
                        where customer = :customer and endpoint = 'change-subscription' and state = 'open'
                        """)
                .param("customer", customer.id())
                .query(Integer.class)
                .single();
    }

    @Test
    void of_two_changes_at_once_one_is_refused() {
        var customer = scene.subscribed("basic");
        var premium = scene.preview(customer, "premium");
        var yearly = scene.preview(customer, "premium-year");
        scene.billing
                .stripe
                .faults()
                .add(new Fault.Hang(Duration.ofSeconds(2)), When.next(1).on("POST", UPDATE));
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var first = CompletableFuture.supplyAsync(() -> scene.change(customer, premium), threads);
            await().until(() -> open(customer) == 1);

            var second = scene.change(customer, yearly);
            var same = scene.change(customer, premium);

            assertThat(second.code()).isEqualTo("change_in_progress");
            assertThat(second.header("Retry-After")).isNotEmpty();
            assertThat(same.code()).isEqualTo("request_in_flight");
            assertThat(first.join().status()).isEqualTo(200);
            assertThat(scene.change(customer, yearly).code()).isEqualTo("amount_changed");
            assertThat(scene.plan(customer)).isEqualTo("premium");
        }
    }

    @Test
    void nothing_is_charged_when_the_amount_is_not_the_one_that_was_shown() {
        var customer = scene.subscribed("basic");
        var preview = scene.preview(customer, "premium");
        long shown = preview.json().path("amountDue").asLong();
        scene.billing.stripe("POST", "/v1/customers/" + customer.id(), "balance=-100");

        var refused = scene.change(customer, preview);

        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.code()).isEqualTo("amount_changed");
        assertThat(refused.json().path("amount").asLong()).isEqualTo(shown - 100);
        assertThat(refused.json().path("currency").asString()).isEqualTo("eur");
        assertThat(scene.plan(customer)).isEqualTo("basic");
        assertThat(scene.invoices(customer)).containsExactly("paid");
    }

    @Test
    void nothing_is_charged_without_a_recent_preview_of_the_same_customer() {
        var customer = scene.subscribed("basic");
        var preview = scene.preview(customer, "premium");
        var other = scene.subscribed("basic");
        scene.billing
                .database
                .jdbc()
                .sql(
                        "update billing.plan_previews set proration_at = proration_at - interval '16 minutes' where customer = :customer")
                .param("customer", customer.id())
                .update();

        assertThat(scene.change(customer, preview, -960).code()).isEqualTo("amount_changed");
        assertThat(scene.change(customer, preview).code()).isEqualTo("amount_changed");
        assertThat(scene.change(other, preview).code()).isEqualTo("amount_changed");
        assertThat(scene.plan(customer)).isEqualTo("basic");
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
