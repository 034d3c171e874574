package io.growalert.gateway.browser;

import static io.growalert.gateway.browser.Visitor.ASKING_CARD;
import static io.growalert.gateway.browser.Visitor.GOOD_CARD;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.assertions.PlaywrightAssertions;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whoever leaves and comes back goes on where he was, in whichever tab. */
class ComingBackTest extends Visits {
    @Test
    void back_and_forth_leads_to_the_same_subscription() {
        visitor.opens();
        visitor.orders(1);
        visitor.page.goBack();
        PlaywrightAssertions.assertThat(visitor.page.locator("#details")).isVisible();
        PlaywrightAssertions.assertThat(visitor.page.getByLabel("E-mail address"))
                .hasValue(visitor.email);
        visitor.picture("back");
        visitor.orders(2);
        visitor.pays(GOOD_CARD);
        visitor.seesSuccess();
        visitor.page.goBack();

        visitor.seesSuccess();
        assertBought(2);
        assertThat(visitor.keysTo("/create-subscription").stream().distinct()).hasSize(1);
    }

    @Test
    void after_a_closed_tab_the_payment_is_gone_on_with() {
        visitor.opens();
        visitor.orders(2);
        visitor.closesTheTabAndComesBack();
        PlaywrightAssertions.assertThat(visitor.payButton()).hasText("Pay €117.00");
        visitor.pays(GOOD_CARD);

        visitor.seesSuccess();
        assertBought(2);
        assertThat(visitor.keysTo("/create-subscription").stream().distinct()).hasSize(1);
    }

    @Test
    void a_tab_that_was_closed_before_the_devices_answer_came_charged_them_once() {
        visitor.loses("**/charge");
        visitor.opens();
        visitor.orders(2);
        visitor.pays(GOOD_CARD);
        visitor.seesProblem("does not charge you twice");
        visitor.closesTheTabAndComesBack();
        PlaywrightAssertions.assertThat(visitor.payButton()).hasText("Try again");
        visitor.payButton().click();

        visitor.seesSuccess();
        assertBought(2);
        assertThat(visitor.keysTo("/charge").stream().distinct()).hasSize(1);
    }

    @Test
    void two_tabs_that_pay_at_once_pay_once() {
        visitor.opens();
        visitor.orders(2);
        var first = visitor.page;
        var second = visitor.newTab();
        second.navigate(shop.address("/register.html").toString());
        visitor.page = second;
        visitor.types(GOOD_CARD);
        visitor.page = first;
        visitor.types(GOOD_CARD);
        first.locator("#payment button.main").dispatchEvent("click");
        second.locator("#payment button.main").dispatchEvent("click");

        for (var tab : List.of(first, second)) {
            PlaywrightAssertions.assertThat(tab)
                    .hasURL(shop.address("/success.html").toString());
            PlaywrightAssertions.assertThat(tab.locator("#bought-sum")).containsText("€117.00");
        }
        assertBought(2);
        assertThat(visitor.requestsTo("/v1/payment_intents/.*/confirm")).hasSize(1);
        assertThat(visitor.keysTo("/charge").stream().distinct()).hasSize(1);
    }

    @Test
    void while_one_tab_waits_for_the_bank_another_leads_back_to_it() {
        visitor.opens();
        visitor.orders(0);
        visitor.pays(ASKING_CARD);
        PlaywrightAssertions.assertThat(visitor.page.getByText("Complete authentication"))
                .isVisible();
        var first = visitor.page;
        visitor.page = visitor.newTab();
        visitor.page.navigate(shop.address("/register.html").toString());
        visitor.seesProblem("another tab");
        visitor.page.close();
        visitor.page = first;
        visitor.consents(true);

        visitor.seesSuccess();
        assertBought(0);
    }

    @Test
    void a_tab_follows_what_another_one_changes() {
        visitor.opens();
        visitor.orders(0);
        var first = visitor.page;
        var second = visitor.newTab();
        second.navigate(shop.address("/register.html").toString());
        PlaywrightAssertions.assertThat(second.locator("#payment button.main")).hasText("Pay €19.00");
        first.getByText("Change my order").click();
        first.getByLabel("Yearly").check();
        visitor.continues();
        PlaywrightAssertions.assertThat(first.locator("#payment button.main")).hasText("Pay €190.00");
        PlaywrightAssertions.assertThat(second.locator("#payment button.main")).hasText("Pay €190.00");
        visitor.page = second;
        visitor.pays(GOOD_CARD);

        visitor.seesSuccess();
        PlaywrightAssertions.assertThat(first)
                .hasURL(shop.address("/success.html").toString());
        await().untilAsserted(() -> assertThat(charged()).containsExactly("19000"));
    }

    @Test
    void the_email_address_is_not_kept_once_it_is_over() {
        visitor.opens();
        visitor.orders(0);
        assertThat(kept()).contains(visitor.email);
        visitor.pays(GOOD_CARD);
        visitor.seesSuccess();

        assertThat(kept()).doesNotContain(visitor.email, "pm_", "secret");
        visitor.closesTheTabAndComesBack();
        PlaywrightAssertions.assertThat(visitor.page.getByLabel("E-mail address"))
                .hasValue("");
        assertBought(0);
    }

    private String kept() {
        return (String) visitor.page.evaluate("JSON.stringify(localStorage)");
    }
}
