package io.growalert.browser;

import static io.growalert.browser.Visitor.ASKING_CARD;
import static io.growalert.browser.Visitor.GOOD_CARD;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.assertions.PlaywrightAssertions;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tabs of one browser share a registration. */
class TabsTest extends Visits {
    @Test
    void two_tabs_that_pay_at_once_pay_once() {
        bothPay();

        assertThat(visitor.requestsTo("/v1/payment_intents/.*/confirm")).hasSize(1);
    }

    @Test
    void without_locks_two_tabs_use_the_same_keys() {
        visitor.everyTabRuns("delete Navigator.prototype.locks");
        bothPay();

        assertThat(visitor.page.evaluate("'locks' in navigator")).isEqualTo(false);
    }

    private void bothPay() {
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
        assertThat(visitor.keysTo("/charge").stream().distinct()).hasSize(1);
    }

    @Test
    void while_one_tab_waits_for_the_bank_another_refers_to_it() {
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
    void a_tab_shows_the_changes_of_another() {
        visitor.opens();
        visitor.orders(0);
        var first = visitor.page;
        var second = visitor.newTab();
        second.navigate(shop.address("/register.html").toString());
        PlaywrightAssertions.assertThat(second.locator("#payment button.main")).hasText("Pay €19.00");
        first.locator("#payment .back").click();
        first.getByLabel("Yearly").check();
        visitor.continues();
        PlaywrightAssertions.assertThat(first.locator("#payment button.main")).hasText("Pay €190.00");
        PlaywrightAssertions.assertThat(second.locator("#payment button.main")).hasText("Pay €190.00");
        visitor.page = second;
        visitor.pays(GOOD_CARD);

        visitor.seesSuccess();
        PlaywrightAssertions.assertThat(first)
                .hasURL(shop.address("/success.html").toString());
        assertBought("active", List.of("19000"), 0, 4_900);
    }
}
