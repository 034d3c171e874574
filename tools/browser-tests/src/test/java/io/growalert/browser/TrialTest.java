package io.growalert.browser;

import static io.growalert.browser.Visitor.ASKING_CARD;
import static io.growalert.browser.Visitor.DECLINED_CARD;
import static io.growalert.browser.Visitor.ELSEWHERE_CARD;
import static io.growalert.browser.Visitor.GOOD_CARD;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.assertions.PlaywrightAssertions;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A plan with a free trial: the card is set up and not charged. Devices cost yen, which have no cents. */
class TrialTest extends Visits {
    private static final int YEN_EACH = 5_000;

    @Override
    Shop.Kind kind() {
        return new Shop.Kind(14, YEN_EACH, "jpy");
    }

    @Test
    void a_card_is_set_up_and_only_the_devices_are_paid() {
        visitor.opens();
        visitor.orders(2);
        PlaywrightAssertions.assertThat(visitor.page.locator("#payment-sum")).containsText("Free for 14 days");
        PlaywrightAssertions.assertThat(visitor.page.locator("#payment-sum")).containsText("¥10,000");
        visitor.pays(GOOD_CARD);

        visitor.seesSuccess();
        assertThat(visitor.requestsTo("/v1/setup_intents/.*/confirm")).hasSize(1);
        assertThat(visitor.requestsTo("/v1/payment_intents/.*/confirm")).isEmpty();
        assertBought("trialing", List.of(), 2, YEN_EACH);
    }

    @Test
    void without_devices_nothing_is_paid_at_all() {
        visitor.opens();
        visitor.orders(0);
        PlaywrightAssertions.assertThat(visitor.payButton()).hasText("Start my free trial");
        visitor.pays(DECLINED_CARD);
        visitor.seesProblem("declined");
        visitor.pays(ASKING_CARD);
        visitor.consents(true);

        visitor.seesSuccess();
        PlaywrightAssertions.assertThat(visitor.page.locator("#bought-sum")).containsText("€0.00");
        assertBought("trialing", List.of(), 0, YEN_EACH);
    }

    @Test
    void a_card_setup_whose_response_was_lost_is_not_repeated() {
        visitor.loses("**/v1/setup_intents/*/confirm");
        visitor.opens();
        visitor.orders(0);
        visitor.pays(GOOD_CARD);
        visitor.seesProblem("does not charge you twice");
        visitor.page.reload();

        visitor.seesSuccess();
        PlaywrightAssertions.assertThat(visitor.page.locator("#bought-sum")).containsText("€0.00");
        assertThat(visitor.requestsTo("/v1/setup_intents/.*/confirm")).hasSize(1);
        assertBought("trialing", List.of(), 0, YEN_EACH);
    }

    @Test
    void a_bank_with_its_own_page_redirects_back_from_the_setup() {
        visitor.opens();
        visitor.orders(1);
        visitor.pays(ELSEWHERE_CARD);
        visitor.answersElsewhere(true);
        visitor.consents(true);

        visitor.seesSuccess();
        assertBought("trialing", List.of(), 1, YEN_EACH);
    }
}
