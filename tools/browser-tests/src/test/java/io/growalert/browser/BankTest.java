package io.growalert.browser;

import static io.growalert.browser.Visitor.ELSEWHERE_CARD;
import static io.growalert.browser.Visitor.GOOD_CARD;
import static io.growalert.browser.Visitor.SLOW_CARD;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.AriaRole;
import io.growalert.events.BillingRecord;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Slow banks, and banks that ask for a confirmation on their own page. */
class BankTest extends Visits {
    @Test
    void a_bank_with_its_own_page_redirects_back_and_the_devices_are_paid() {
        visitor.opens();
        visitor.orders(2);
        visitor.pays(ELSEWHERE_CARD);
        visitor.answersElsewhere(true);
        // for the devices it asks on our page
        visitor.consents(true);

        visitor.seesSuccess();
        assertBought(2);
        assertThat(visitor.requestsTo("/v1/payment_intents/.*/confirm")).hasSize(1);
    }

    @Test
    void the_parameters_of_the_bank_are_in_no_history_and_no_referer() {
        visitor.opens();
        visitor.orders(0);
        visitor.pays(ELSEWHERE_CARD);
        visitor.answersElsewhere(false);

        visitor.seesProblem("did not receive a confirmation");
        assertThat(visitor.page.url()).isEqualTo(shop.address("/register.html").toString());
        assertThat(visitor.allRequests())
                .filteredOn(
                        request -> request.headers().getOrDefault("referer", "").contains("client_secret"))
                .allSatisfy(request ->
                        assertThat(request.url()).startsWith(shop.address("/").toString()));
        assertNothingCharged();
        visitor.pays(GOOD_CARD);
        visitor.seesSuccess();
        assertBought(0);
    }

    @Test
    void a_customer_who_returns_in_another_browser_sees_the_status_of_the_payment() {
        visitor.opens();
        visitor.orders(1);
        visitor.pays(ELSEWHERE_CARD);
        var bank = visitor.bankPage();
        try (var other = new Visitor(browser, shop, "another_browser")) {
            other.page.navigate(bank);
            other.answersElsewhere(true);

            PlaywrightAssertions.assertThat(other.page.locator("#message")).containsText("Your plan is paid");
            PlaywrightAssertions.assertThat(other.page.locator("#message-title"))
                    .isFocused();
            PlaywrightAssertions.assertThat(
                            other.page.getByRole(AriaRole.BUTTON).locator("visible=true"))
                    .hasCount(0);
            other.picture("message");
        }
        visitor.page.navigate(shop.address("/register.html").toString());
        visitor.payButton().click();
        visitor.consents(true);
        visitor.seesSuccess();
        assertBought(1);
    }

    @Test
    void a_slow_payment_is_shown_as_processing_and_not_requested_again() {
        visitor.opens();
        visitor.orders(2);
        visitor.pays(SLOW_CARD);

        visitor.seesSuccess();
        PlaywrightAssertions.assertThat(visitor.page.locator("#bought")).containsText("your payment is on its way");
        PlaywrightAssertions.assertThat(visitor.page.locator("#bought")).containsText("do not pay again");
        PlaywrightAssertions.assertThat(visitor.page.locator("#bought"))
                .containsText("10115 Berlin, Germany when your bank has finished the payment.");
        assertNothingCharged();

        visitor.page.getByText("Start a new registration").click();
        visitor.fills(0);
        visitor.continues();
        visitor.seesSuccess();
        PlaywrightAssertions.assertThat(visitor.page.locator("#bought")).containsText("on its way");
        assertThat(visitor.requestsTo("/v1/payment_intents/.*/confirm")).hasSize(1);

        settle(2, true);
        assertBought(2);
    }

    @Test
    void a_slow_payment_that_fails_in_the_end_can_be_made_again() {
        visitor.opens();
        visitor.orders(0);
        visitor.pays(SLOW_CARD);
        visitor.seesSuccess();
        settle(1, false);
        await().untilAsserted(() -> assertThat(records(BillingRecord.Charge.class))
                .extracting(BillingRecord.Charge::status)
                .isEqualTo(List.of("failed")));

        visitor.page.getByText("Start a new registration").click();
        visitor.orders(0);
        visitor.pays(GOOD_CARD);
        visitor.seesSuccess();
        PlaywrightAssertions.assertThat(visitor.page.locator("#bought")).not().containsText("on its way");
        assertBought(0);
    }

    /** Settles the processing payments as soon as this many are recorded. */
    private void settle(int payments, boolean success) {
        await().untilAsserted(() -> assertThat(processing()).hasSize(payments));
        processing().forEach(payment -> shop.settle(payment, success));
    }

    private List<String> processing() {
        return shop.witness.rows(
                "select id from billing.payments where customer = ? and status = 'processing'", customer());
    }
}
