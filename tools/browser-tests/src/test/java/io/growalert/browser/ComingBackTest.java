package io.growalert.browser;

import static io.growalert.browser.Visitor.GOOD_CARD;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.assertions.PlaywrightAssertions;
import org.junit.jupiter.api.Test;

/** A customer who leaves and returns continues at the same step. */
class ComingBackTest extends Visits {
    @Test
    void back_and_forward_lead_to_the_same_subscription() {
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
    void after_a_closed_tab_the_payment_resumes() {
        visitor.opens();
        visitor.orders(2);
        visitor.closesTheTabAndComesBack();
        // the address was stored for the closed tab alone
        visitor.delivers();
        PlaywrightAssertions.assertThat(visitor.payButton()).hasText("Pay €117.00");
        visitor.pays(GOOD_CARD);

        visitor.seesSuccess();
        assertBought(2);
        assertThat(visitor.keysTo("/create-subscription").stream().distinct()).hasSize(1);
    }

    @Test
    void a_tab_closed_before_the_response_for_the_devices_charged_them_once() {
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
    void the_email_address_is_not_stored_after_the_registration() {
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

    @Test
    void a_browser_without_storage_can_pay() {
        visitor.page.addInitScript("Storage.prototype.setItem = () => { throw new DOMException('full'); }");
        visitor.opens();
        visitor.orders(1);
        visitor.pays(GOOD_CARD);

        PlaywrightAssertions.assertThat(visitor.page.locator("#message")).containsText("Your registration is complete");
        assertBought(1);
    }
}
