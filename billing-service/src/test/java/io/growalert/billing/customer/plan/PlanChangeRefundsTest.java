package io.growalert.billing.customer.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.growalert.billing.customer.Running.Answer;
import io.growalert.billing.customer.Subscriber;
import io.growalert.sandbox.fault.Fault;
import io.growalert.sandbox.fault.When;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** A change of the plan that cost more than shown. */
@ExtendWith(OutputCaptureExtension.class)
class PlanChangeRefundsTest {
    private static final String UPDATE = "/v1/subscriptions/";

    @RegisterExtension
    private static final PlanScene SCENE = new PlanScene();

    @Test
    void a_paid_change_that_cost_more_than_shown_is_refunded_to_what_was_shown() {
        var customer = SCENE.subscribed("basic");
        var preview = SCENE.preview(customer, "premium");

        var changed = changeWhileTheBalanceChanges(customer, preview);

        assertThat(changed.json().path("status").asString())
                .as("%s", changed.json())
                .isEqualTo("changed");
        assertThat(SCENE.plan(customer)).isEqualTo("premium");
        var charge = SCENE.billing().charged(customer.cookie()).getFirst();
        assertThat(charge.path("amount").asLong()
                        - charge.path("amount_refunded").asLong())
                .isEqualTo(preview.json().path("amountDue").asLong());
        assertThat(charge.path("amount_refunded").asLong()).isEqualTo(100);
    }

    @Test
    void a_refund_whose_answer_stripe_lost_is_made_once() {
        var customer = SCENE.subscribed("basic");
        var preview = SCENE.preview(customer, "premium");
        SCENE.billing().stripe.faults().add(new Fault.ErrorAfter(), When.next(1).on("POST", "/v1/refunds"));

        var changed = changeWhileTheBalanceChanges(customer, preview, 1);

        assertThat(changed.json().path("status").asString())
                .as("%s", changed.json())
                .isEqualTo("changed");
        assertThat(refunded(customer)).containsExactly(100L, 0L);
    }

    @Test
    void a_difference_that_cannot_be_refunded_is_logged_and_refunded_by_the_next_request(CapturedOutput output) {
        var customer = SCENE.subscribed("basic");
        var preview = SCENE.preview(customer, "premium");
        SCENE.billing()
                .stripe
                .faults()
                .add(
                        new Fault.Refuse(403, "invalid_request_error", null, null, null, "No permission."),
                        When.ALWAYS.on("POST", "/v1/refunds"));

        var refused = changeWhileTheBalanceChanges(customer, preview, 1);
        var logged = output.getAll();
        SCENE.billing().stripe.faults().clear();
        var changed = SCENE.change(customer, preview);

        assertThat(refused.status()).isEqualTo(503);
        assertThat(logged.lines().filter(line -> line.contains("Plan change"))).anySatisfy(line -> assertThat(line)
                .contains(
                        "ERROR",
                        "Plan change charged more than previewed",
                        SCENE.invoice(customer).path("id").asString()));
        assertThat(changed.json().path("status").asString()).isEqualTo("changed");
        assertThat(refunded(customer)).containsExactly(100L, 0L);
    }

    /** What was refunded of each of the customer's charges, the latest first. */
    private static List<Long> refunded(Subscriber customer) {
        return SCENE.billing().charged(customer.cookie()).stream()
                .map(charge -> charge.path("amount_refunded").asLong())
                .toList();
    }

    @Test
    void what_an_operator_changed_after_an_interrupted_change_is_not_refunded() {
        var customer = SCENE.subscribed("basic", Duration.ofDays(1));
        var preview = SCENE.preview(customer, "premium");
        var killed = changeMeanwhile(customer, preview, 0, PlanChangeRefundsTest::killHolders);
        var item = SCENE.subscription(customer).path("items").path("data").path(0);
        customer.updateAtStripe(
                "items[0][id]=%s&items[0][quantity]=2&proration_behavior=always_invoice&proration_date=%d"
                        .formatted(
                                item.path("id").asString(),
                                preview.json().path("prorationDate").asLong() + 60));

        var resumed = SCENE.change(customer, preview);

        assertThat(killed.code()).isEqualTo("request_in_flight");
        assertThat(resumed.json().path("status").asString()).isEqualTo("changed");
        assertThat(SCENE.invoice(customer).path("amount_due").asLong())
                .isGreaterThan(preview.json().path("amountDue").asLong());
        assertThat(refunded(customer)).containsExactly(0L, 0L, 0L);
    }

    @Test
    void a_change_that_costs_more_than_shown_is_discarded_while_it_is_not_paid() {
        var customer = SCENE.subscribed("basic");
        SCENE.payBy(customer, "pm_card_authenticationRequired");
        var preview = SCENE.preview(customer, "premium");

        var refused = changeWhileTheBalanceChanges(customer, preview);

        assertThat(refused.code()).isEqualTo("amount_changed");
        assertThat(refused.json().path("amount").asLong())
                .isEqualTo(preview.json().path("amountDue").asLong() + 100);
        assertThat(SCENE.plan(customer)).isEqualTo("basic");
        assertThat(SCENE.invoices(customer)).containsExactly("void", "paid");
    }

    /** Stripe gets the change while the customer owes 100 more than in the previews. */
    private static Answer changeWhileTheBalanceChanges(Subscriber customer, Answer preview) {
        return changeWhileTheBalanceChanges(customer, preview, 0);
    }

    private static Answer changeWhileTheBalanceChanges(Subscriber customer, Answer preview, int faults) {
        return changeMeanwhile(customer, preview, faults, () -> SCENE.billing()
                .stripe("POST", "/v1/customers/" + customer.id(), "balance=100"));
    }

    /**
     * @param faults the number of faults of other calls
     * @param event happens before Stripe gets the change
     */
    private static Answer changeMeanwhile(Subscriber customer, Answer preview, int faults, Runnable event) {
        SCENE.billing()
                .stripe
                .faults()
                .add(new Fault.Hang(Duration.ofSeconds(2)), When.next(1).on("POST", UPDATE));
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var changed = CompletableFuture.supplyAsync(() -> SCENE.change(customer, preview), threads);
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> SCENE.billing()
                                    .stripe("GET", "/sandbox/faults", "")
                                    .path("faults")
                                    .size()
                            == faults);
            event.run();
            return changed.join();
        }
    }

    /** As if the instances that work on requests were gone. */
    private static void killHolders() {
        SCENE.billing().database.jdbc().sql("""
                        update billing.requests set holder = gen_random_uuid(),
                            lease_until = clock_timestamp() - interval '1 second'
                        where state = 'open'
                        """).update();
    }
}
