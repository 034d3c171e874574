package io.growalert.browser.account;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static io.growalert.browser.account.AccountShapes.PREVIEW;

import io.growalert.browser.account.AccountBackend.CannedResponse;
import io.growalert.browser.account.AccountBackend.ReceivedCall;
import io.growalert.sandbox.StripeSandbox;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** What a customer changes about the plan, and pays. */
class AccountPlanTest extends AccountVisits {
    private void seesThePreview() {
        billing.answers("POST", "/subscription/preview", 200, PREVIEW);
        opens(AccountShapes.active());
        presses("Change plan");
        presses("See what changes");
        assertThat(part("plan").locator(".total")).containsText("€171.00");
    }

    private void nowIs(String account) {
        billing.answers("GET", "/account", 200, account);
    }

    @Test
    void a_plan_is_changed_for_the_amount_of_its_preview() {
        billing.answers("POST", "/subscription/change", _ -> {
            nowIs(AccountShapes.yearly());
            return new CannedResponse(200, "{\"status\": \"changed\"}");
        });
        seesThePreview();
        assertThat(part("plan")).containsText("-€19.00");
        assertThat(part("plan")).containsText("Then €190.00 a year from November 27, 2027");
        looksAround("preview");
        presses("Pay €171.00 and change");

        sees("plan", "Your plan is changed: Yearly, €190.00 a year.");
        assertThat(part("plan")).containsText("€190.00 a year");
        Assertions.assertThat(billing.calls("POST", "/subscription/change"))
                .singleElement()
                .satisfies(call -> Assertions.assertThat(call.body())
                        .isEqualTo("{\"priceId\":\"price_year\",\"prorationDate\":1795600800}"))
                .extracting(ReceivedCall::idempotencyKey)
                .asString()
                .hasSizeGreaterThan(20);
    }

    @Test
    void a_cheaper_plan_leaves_a_credit_that_pays_the_next_invoices() {
        billing.answers("POST", "/subscription/preview", 200, AccountShapes.DOWNGRADE);
        opens(AccountShapes.yearly());
        presses("Change plan");
        presses("See what changes");

        assertThat(part("plan").locator(".total")).containsText("€0.00");
        assertThat(part("plan")).containsText("Credit for your next invoices€171.00");
        assertThat(part("plan"))
                .containsText(
                        "The credit pays your invoices from December 27, 2026 until it is used up. After that your"
                                + " plan costs €19.00 a month, until you cancel.");
        looksAround("downgrade");
        billing.answers(
                "POST",
                "/subscription/preview",
                200,
                AccountShapes.DOWNGRADE
                        .replace("\"credit\": 17100", "\"credit\": 1400")
                        .replace("\"nextAmount\": 0", "\"nextAmount\": 500"));
        presses("Keep my plan");
        presses("Change plan");
        presses("See what changes");
        assertThat(part("plan")).containsText("Credit for your next invoices€14.00");
        assertThat(part("plan"))
                .containsText("Then €5.00 on December 27, 2026, and after that €19.00 a month, until you cancel.");
    }

    @Test
    void a_next_invoice_with_discounts_is_announced_without_an_amount() {
        billing.answers(
                "POST", "/subscription/preview", 200, PREVIEW.replace("\"nextAmount\": 19000", "\"nextAmount\": null"));
        opens(AccountShapes.active());
        presses("Change plan");
        presses("See what changes");

        assertThat(part("plan")).containsText("Your next invoice on November 27, 2027 has discounts or taxes");
        assertThat(part("plan")).not().containsText("Then");
    }

    @Test
    void a_declined_change_keeps_the_plan_and_another_attempt_has_another_key() {
        billing.refuses("POST", "/subscription/change", 402, "insufficient_funds");
        seesThePreview();
        presses("Pay €171.00 and change");

        seesProblem(
                "plan",
                "There is not enough money on this card. You were not charged for this. Use another card. Your plan has not changed.");
        looksAround("declined");
        presses("Pay €171.00 and change");
        seesProblem("plan", "not enough money");
        Assertions.assertThat(billing.calls("POST", "/subscription/change"))
                .hasSize(2)
                .extracting(ReceivedCall::idempotencyKey)
                .doesNotHaveDuplicates();
        presses("Keep my plan");
        assertThat(part("plan")).containsText("Monthly");
    }

    @Test
    void a_change_whose_response_was_lost_is_sent_again_with_its_key() {
        billing.refuses("POST", "/subscription/change", 504, "backend_timeout");
        seesThePreview();
        presses("Pay €171.00 and change");
        seesProblem("plan", "does not charge you twice");
        presses("Pay €171.00 and change");
        seesProblem("plan", "does not charge you twice");

        Assertions.assertThat(billing.calls("POST", "/subscription/change").stream()
                        .map(ReceivedCall::idempotencyKey)
                        .distinct())
                .hasSize(1);
    }

    @Test
    void an_amount_that_changed_since_the_preview_is_shown_and_not_paid() {
        billing.answers("POST", "/subscription/change", _ -> {
            billing.answers("POST", "/subscription/preview", 200, PREVIEW.replace("17100", "17500"));
            return CannedResponse.problem(409, "amount_changed", "");
        });
        seesThePreview();
        presses("Pay €171.00 and change");

        seesProblem("plan", "The amount has changed since it was shown. You were not charged.");
        assertThat(page.getByText("Pay €175.00 and change")).isVisible();
    }

    @Test
    void a_change_that_waits_for_its_payment_is_shown() {
        opens(AccountShapes.account(
                AccountShapes.subscription(
                        "active",
                        "Monthly",
                        ", \"pendingChange\": {\"priceId\": \"price_year\", \"expiresAt\": \"2026-11-28T09:00:00Z\"}"),
                AccountShapes.NEXT_INVOICE,
                AccountShapes.VISA,
                "null"));

        assertThat(part("plan")).containsText("Your change to Yearly waits for its payment.");
        looksAround("pending");
    }

    @Test
    void a_plan_is_canceled_and_resumed_in_two_clicks_each_by_the_keyboard() {
        billing.answers("POST", "/cancel-subscription", _ -> {
            nowIs(AccountShapes.canceled());
            return new CannedResponse(200, "{}");
        });
        billing.answers("POST", "/subscription/resume", _ -> {
            nowIs(AccountShapes.active());
            return new CannedResponse(200, "{}");
        });
        opens(AccountShapes.active());
        page.getByText("Cancel plan").focus();
        page.keyboard().press("Enter");
        assertThat(part("plan")).containsText("It stays active until December 27, 2026");
        assertThat(part("plan")).not().containsText("monitors");
        assertThat(part("plan-title")).isFocused();
        looksAround("cancel");
        page.keyboard().press("Tab");
        page.keyboard().press("Enter");

        sees("plan", "Your plan is canceled. It is active until December 27, 2026.");
        Assertions.assertThat(billing.calls("POST", "/cancel-subscription"))
                .singleElement()
                .satisfies(call -> Assertions.assertThat(call.body())
                        .isEqualTo("{\"subscriptionId\":\"sub_1\",\"when\":\"period_end\"}"));
        page.keyboard().press("Tab");
        page.keyboard().press("Enter");
        sees("plan", "You keep your plan.");
        Assertions.assertThat(billing.calls("POST", "/subscription/resume"))
                .singleElement()
                .satisfies(call -> Assertions.assertThat(call.body()).isEqualTo("{\"subscriptionId\":\"sub_1\"}"));
    }

    @Test
    void a_plan_that_ended_meanwhile_is_not_shown_as_kept() {
        billing.answers("POST", "/subscription/resume", _ -> {
            nowIs(AccountShapes.ended());
            return CannedResponse.problem(409, "subscription_ended", "");
        });
        opens(AccountShapes.canceled());
        presses("Keep my plan");

        sees("plan", "Your plan was not kept");
        assertThat(part("plan")).containsText("Your plan ended on November 20, 2026.");
    }

    @Test
    void a_pause_of_monitors_is_announced_only_where_it_is_enforced() {
        opens(AccountShapes.active().replace("\"pauseGraceSeconds\": null", "\"pauseGraceSeconds\": 604800"));
        presses("Cancel plan");
        assertThat(part("plan")).containsText("The monitors of your plan are paused 7 days later.");
        presses("Delete my account");
        assertThat(part("personal")).containsText("The monitors of your plan are paused 7 days later.");
    }

    @Test
    void an_open_invoice_is_paid() {
        billing.answers("POST", "/invoices/in_open/pay", _ -> CannedResponse.problem(402, "card_declined", ""));
        opens(AccountShapes.pastDue());
        assertThat(part("due").getByText("Pay on Stripe's page")).hasAttribute("href", "https://invoice.example.com/2");
        presses("Pay €19.00");
        seesProblem(
                "due",
                "Your card was declined. You were not charged for this. Use another card. The invoice is still open.");
        billing.answers("POST", "/invoices/in_open/pay", _ -> {
            nowIs(AccountShapes.active());
            return new CannedResponse(200, "{\"status\": \"paid\"}");
        });
        presses("Pay €19.00");

        sees("plan", "The invoice is paid.");
        assertThat(part("due")).isHidden();
        Assertions.assertThat(billing.calls("POST", "/invoices/in_open/pay"))
                .extracting(ReceivedCall::idempotencyKey)
                .doesNotHaveDuplicates();
    }

    @Test
    void an_invoice_whose_payment_is_on_its_way_is_not_paid_again() {
        billing.answers("POST", "/invoices/in_open/pay", 200, "{\"status\": \"paid\"}");
        opens(AccountShapes.pastDue());
        assertThat(part("due-title")).hasText("An invoice is not paid");
        presses("Pay €19.00");

        sees("due", "Your payment is on its way. Do not pay again.");
        assertThat(part("due")).containsText("The payment of €19.00 for invoice GROW-0002 is not finished yet.");
        assertThat(part("due").getByText("Pay €19.00")).hasCount(0);
        assertThat(part("due").getByText("Pay on Stripe's page")).hasCount(0);
        page.reload();
        assertThat(part("due").getByText("Pay €19.00")).isVisible();
    }

    @Test
    void another_card_replaces_the_card() throws Exception {
        var secret = setupIntent();
        billing.answers("POST", "/payment-method", call -> {
            if (call.json().has("setupIntent")) {
                nowIs(AccountShapes.active().replace(AccountShapes.VISA, AccountShapes.MASTERCARD));
                return new CannedResponse(200, "{}");
            }
            return new CannedResponse(200, "{\"clientSecret\": \"%s\"}".formatted(secret));
        });
        opens(AccountShapes.active());
        assertThat(part("card")).containsText("Visa ending in 4242");
        assertThat(part("card")).containsText("Expires 04/2030");
        presses("Replace card");
        var form = part("card").locator("form");
        form.getByLabel("Card number").fill("5555555555554444");
        presses("Use this card");

        // the field has the focus, and its error appears once
        assertThat(form.getByLabel("Expiration date")).isFocused();
        assertThat(page.getByText("Your card's expiration date is incomplete.")).hasCount(1);
        assertThat(part("card").locator(".problem")).isHidden();
        looksAround("card");
        form.getByLabel("Expiration date").fill("12 / 34");
        form.getByLabel("Security code").fill("123");
        form.getByLabel("Postal code").fill("12345");
        presses("Use this card");

        sees("card", "This card is used from now on.");
        assertThat(part("card")).containsText("Mastercard ending in 4444");
        Assertions.assertThat(billing.calls("POST", "/payment-method")
                        .getLast()
                        .json()
                        .path("setupIntent")
                        .asString())
                .isEqualTo(secret.split("_secret_", -1)[0]);
    }

    private String setupIntent() throws IOException, InterruptedException {
        try (var client = HttpClient.newHttpClient()) {
            var created = client.send(
                    HttpRequest.newBuilder(town.stripe.apiBase().resolve("/v1/setup_intents"))
                            .header("Authorization", "Bearer " + StripeSandbox.SECRET_KEY)
                            .header("Content-Type", "application/x-www-form-urlencoded")
                            .POST(BodyPublishers.ofString("usage=off_session"))
                            .build(),
                    BodyHandlers.ofString());
            return JsonMapper.shared()
                    .readTree(created.body())
                    .path("client_secret")
                    .asString();
        }
    }
}
