package io.growalert.gateway.browser;

import static io.growalert.gateway.browser.Visitor.GOOD_CARD;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.assertions.PlaywrightAssertions;
import org.junit.jupiter.api.Test;

/** Whoever leaves and comes back goes on where he was. */
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
}
