package io.growalert.browser;

import static io.growalert.browser.Visitor.GOOD_CARD;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.assertions.PlaywrightAssertions;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A retry is not charged again. */
class LostAnswersTest extends Visits {
    @Test
    void a_lost_request_for_devices_is_retried_with_its_key() {
        loseCharge(false);
        visitor.opens();
        visitor.orders(2);
        visitor.pays(GOOD_CARD);
        visitor.seesProblem("does not charge you twice");
        visitor.payButton().click();

        visitor.seesSuccess();
        assertBought(2);
        assertThat(visitor.keysTo("/charge")).hasSize(2);
        assertThat(visitor.keysTo("/charge").stream().distinct()).hasSize(1);
    }

    @Test
    void devices_whose_response_was_lost_are_charged_once_even_after_a_reload() {
        loseCharge(true);
        visitor.opens();
        visitor.orders(2);
        visitor.pays(GOOD_CARD);
        visitor.seesProblem("does not charge you twice");
        visitor.page.reload();
        PlaywrightAssertions.assertThat(visitor.payButton()).hasText("Try again");
        visitor.picture("reloaded");
        visitor.payButton().click();

        visitor.seesSuccess();
        assertBought(2);
        assertThat(visitor.keysTo("/charge").stream().distinct()).hasSize(1);
    }

    @Test
    void a_rejection_after_a_lost_response_does_not_claim_that_nothing_was_charged() {
        var seen = new AtomicInteger();
        visitor.page.route("**/charge", route -> {
            switch (seen.getAndIncrement()) {
                case 0 -> {
                    assertThat(route.fetch().status()).isEqualTo(200);
                    route.abort("connectionreset");
                }
                case 1 -> Problems.answer(route, 503, "payments_unavailable", null);
                default -> route.resume();
            }
        });
        visitor.opens();
        visitor.orders(2);
        visitor.pays(GOOD_CARD);
        visitor.seesProblem("does not charge you twice");
        visitor.payButton().click();
        visitor.seesProblem("not confirmed the payment yet");
        PlaywrightAssertions.assertThat(visitor.page.locator("#devices .skip")).isHidden();
        visitor.payButton().click();

        visitor.seesSuccess();
        assertBought(2);
        assertThat(visitor.keysTo("/charge").stream().distinct()).hasSize(1);
    }

    /** The first request for devices gets no response. */
    private void loseCharge(boolean afterItWasDone) {
        var seen = new AtomicInteger();
        visitor.page.route("**/charge", route -> {
            if (seen.getAndIncrement() > 0) {
                route.resume();
                return;
            }
            if (afterItWasDone) {
                assertThat(route.fetch().status()).isEqualTo(200);
            }
            route.abort("connectionreset");
        });
    }

    @Test
    void a_subscription_payment_whose_response_was_lost_is_not_repeated() {
        visitor.loses("**/v1/payment_intents/*/confirm");
        visitor.opens();
        visitor.orders(1);
        visitor.pays(GOOD_CARD);
        visitor.seesProblem("does not charge you twice");
        visitor.payButton().click();

        visitor.seesSuccess();
        assertBought(1);
        assertThat(visitor.requestsTo("/v1/payment_intents/.*/confirm")).hasSize(1);
    }

    @Test
    void a_double_click_pays_once() {
        visitor.opens();
        visitor.orders(2);
        visitor.types(GOOD_CARD);
        visitor.payButton().dblclick();

        visitor.seesSuccess();
        assertBought(2);
        assertThat(visitor.requestsTo("/charge")).hasSize(1);
        assertThat(visitor.requestsTo("/v1/payment_intents/.*/confirm")).hasSize(1);
    }

    @Test
    void without_a_network_nothing_is_lost() {
        visitor.opens();
        visitor.fills(1);
        visitor.losesTheNetwork(true);
        visitor.continues();
        visitor.seesProblem("Check your connection");
        visitor.losesTheNetwork(false);
        visitor.continues();
        visitor.pays(GOOD_CARD);

        visitor.seesSuccess();
        assertBought(1);
    }

    @Test
    void a_payment_form_that_failed_to_load_is_retried() {
        var asked = new AtomicInteger();
        visitor.page.route("**/stripe.js", route -> {
            if (route.request().url().contains("/register/") || asked.getAndIncrement() > 0) {
                route.resume();
            } else {
                route.abort();
            }
        });
        visitor.page.navigate(shop.address("/register.html").toString());
        visitor.seesProblem("payment form could not be loaded");
        visitor.presses("Try again");

        PlaywrightAssertions.assertThat(visitor.page.locator("#details")).isVisible();
    }
}
