package io.growalert.billing.customer.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.growalert.billing.customer.Subscriber;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.boot.test.system.OutputCaptureExtension;
import tools.jackson.databind.JsonNode;

/** A change of the plan costs what its preview showed. */
@ExtendWith(OutputCaptureExtension.class)
class PlanPreviewsTest {
    @RegisterExtension
    private static final PlanScene SCENE = new PlanScene();

    @Test
    void five_changes_charge_what_the_preview_showed() {
        var customer = SCENE.subscribed("basic", Duration.ofDays(12));

        for (var plan : List.of("premium", "basic", "premium-year", "premium", "basic")) {
            var preview = SCENE.preview(customer, plan);
            var changed = SCENE.change(customer, preview);

            assertThat(changed.status()).as("%s", changed.json()).isEqualTo(200);
            assertThat(changed.json().path("status").asString()).isEqualTo("changed");
            assertThat(SCENE.plan(customer)).isEqualTo(plan);
            var invoice = SCENE.invoice(customer);
            assertThat(invoice.path("amount_due")).isEqualTo(preview.json().path("amountDue"));
            assertThat(invoice.path("status").asString()).isEqualTo("paid");
            assertThat(amounts(invoice.path("lines").path("data")))
                    .isEqualTo(amounts(preview.json().path("lines")));
        }
        assertThat(SCENE.invoices(customer)).hasSize(6).containsOnly("paid");
    }

    private static List<Long> amounts(JsonNode lines) {
        return lines.valueStream().map(line -> line.path("amount").asLong()).toList();
    }

    @Test
    void a_preview_has_the_next_invoice_too_and_charges_nothing() {
        var customer = SCENE.subscribed("premium", Duration.ofDays(3));

        var preview = SCENE.preview(customer, "basic").json();

        assertThat(preview.path("amountDue").asLong()).isZero();
        assertThat(preview.path("currency").asString()).isEqualTo("eur");
        long credit =
                amounts(preview.path("lines")).stream().mapToLong(each -> each).sum();
        assertThat(credit).isNegative();
        assertThat(preview.path("credit").asLong()).isEqualTo(-credit);
        assertThat(preview.path("nextAmount").asLong()).isEqualTo(Math.max(0, 500 + credit));
        assertThat(preview.path("nextAt").asString())
                .isEqualTo(SCENE.billing()
                        .get("/account", customer.cookie())
                        .json()
                        .path("subscription")
                        .path("currentPeriodEnd")
                        .asString());
        assertThat(SCENE.invoices(customer)).containsExactly("paid");
    }

    @Test
    void the_next_invoice_after_a_yearly_plan_is_at_the_end_of_the_new_plans_month() {
        var customer = SCENE.subscribed("premium-year");

        var preview = SCENE.preview(customer, "basic");
        SCENE.change(customer, preview);

        assertThat(Instant.parse(preview.json().path("nextAt").asString()))
                .isCloseTo(
                        Instant.parse(SCENE.billing()
                                .get("/account", customer.cookie())
                                .json()
                                .path("subscription")
                                .path("currentPeriodEnd")
                                .asString()),
                        within(1, ChronoUnit.MINUTES));
    }

    @Test
    void a_change_in_a_trial_costs_nothing_before_its_end() {
        try (var trial = SCENE.billing().beside(Map.of("growalert.billing.customer.trial-days", 14))) {
            var customer = Subscriber.of(SCENE.billing());
            customer.at(trial).confirm(customer.at(trial).subscribe(SCENE.price("basic")), "pm_card_visa");

            var preview = SCENE.preview(customer, "premium");
            var changed = SCENE.change(customer, preview);

            assertThat(preview.json().path("amountDue").asLong()).isZero();
            assertThat(preview.json().path("nextAmount").asLong()).isEqualTo(1_500);
            assertThat(changed.json().path("status").asString()).isEqualTo("changed");
            assertThat(SCENE.plan(customer)).isEqualTo("premium");
            assertThat(customer.statuses()).containsExactly("trialing");
            assertThat(SCENE.billing().charged(customer.cookie())).isEmpty();
        }
    }

    @Test
    void a_change_in_a_trial_does_not_charge_what_waits_for_the_next_invoice() {
        try (var trial = SCENE.billing().beside(Map.of("growalert.billing.customer.trial-days", 14))) {
            var customer = Subscriber.of(SCENE.billing());
            customer.at(trial).confirm(customer.at(trial).subscribe(SCENE.price("basic")), "pm_card_visa");
            SCENE.billing()
                    .stripe("POST", "/v1/invoiceitems", "customer=%s&amount=700&currency=eur".formatted(customer.id()));

            var preview = SCENE.preview(customer, "premium");
            var changed = SCENE.change(customer, preview);

            assertThat(preview.json().path("amountDue").asLong()).isZero();
            assertThat(preview.json().path("nextAmount").asLong()).isEqualTo(2_200);
            assertThat(changed.json().path("status").asString()).isEqualTo("changed");
            assertThat(SCENE.plan(customer)).isEqualTo("premium");
            assertThat(SCENE.invoices(customer)).hasSize(1);
        }
    }

    @Test
    void a_preview_leaves_out_a_next_invoice_with_discounts() {
        var customer = SCENE.subscribed("basic", Duration.ofDays(3));
        var coupon = SCENE.billing()
                .stripe("POST", "/v1/coupons", "percent_off=10&duration=forever")
                .path("id")
                .asString();
        customer.updateAtStripe("discounts[0][coupon]=" + coupon);

        var preview = SCENE.preview(customer, "premium");

        assertThat(preview.json().path("nextAmount").isNull())
                .as("%s", preview.json())
                .isTrue();
        assertThat(SCENE.change(customer, preview).json().path("status").asString())
                .isEqualTo("changed");
        assertThat(SCENE.billing()
                        .get("/account", customer.cookie())
                        .json()
                        .path("nextInvoice")
                        .path("amount")
                        .asLong())
                .isEqualTo(1_350);
    }

    @Test
    void nothing_is_charged_when_the_amount_is_not_the_one_that_was_shown() {
        var customer = SCENE.subscribed("basic");
        var preview = SCENE.preview(customer, "premium");
        long shown = preview.json().path("amountDue").asLong();
        SCENE.billing().stripe("POST", "/v1/customers/" + customer.id(), "balance=-100");

        var refused = SCENE.change(customer, preview);

        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.code()).isEqualTo("amount_changed");
        assertThat(refused.json().path("amount").asLong()).isEqualTo(shown - 100);
        assertThat(refused.json().path("currency").asString()).isEqualTo("eur");
        assertThat(SCENE.plan(customer)).isEqualTo("basic");
        assertThat(SCENE.invoices(customer)).containsExactly("paid");
    }

    @Test
    void nothing_is_charged_without_a_recent_preview_of_the_same_customer() {
        var customer = SCENE.subscribed("basic");
        var preview = SCENE.preview(customer, "premium");
        var other = SCENE.subscribed("basic");
        SCENE.billing()
                .database
                .jdbc()
                .sql(
                        "update billing.plan_previews set proration_at = proration_at - interval '16 minutes' where customer = :customer")
                .param("customer", customer.id())
                .update();

        assertThat(SCENE.change(customer, preview, -960).code()).isEqualTo("amount_changed");
        assertThat(SCENE.change(customer, preview).code()).isEqualTo("amount_changed");
        assertThat(SCENE.change(other, preview).code()).isEqualTo("amount_changed");
        assertThat(SCENE.plan(customer)).isEqualTo("basic");
    }
}
