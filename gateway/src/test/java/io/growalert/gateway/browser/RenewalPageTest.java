package io.growalert.gateway.browser;

import static io.growalert.gateway.browser.Visitor.GOOD_CARD;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.assertions.PlaywrightAssertions;
import org.junit.jupiter.api.Test;

/** Whoever was here long ago has a cookie that is over, and is to stay the customer that he was. */
class RenewalPageTest extends Visits {
    private void registeredLongAgo() {
        visitor.hasCookie(shop.oldCookie(visitor.email));
        await().until(() -> visitor.page
                        .request()
                        .get(shop.address("/subscription").toString())
                        .status()
                == 401);
        visitor.opens();
        visitor.fills(1);
        visitor.continues();
        visitor.seesProblem("send a link");
    }

    /** The link's page, and the session that its button begins. */
    private void signsInByTheLink() {
        var token = shop.mailbox.tokenSentTo(visitor.email);
        visitor.page.navigate(shop.address("/sign-in.html") + "#token=" + token);
        visitor.presses("Sign in");
    }

    @Test
    void by_the_link_in_his_mail_he_goes_on_as_the_same_customer() {
        registeredLongAgo();
        visitor.presses("Send me a link");
        PlaywrightAssertions.assertThat(visitor.page.locator("#message")).containsText("Look in your mail");
        visitor.picture("link-sent");

        signsInByTheLink();
        PlaywrightAssertions.assertThat(visitor.page.getByLabel("E-mail address"))
                .hasValue(visitor.email);
        visitor.continues();
        visitor.pays(GOOD_CARD);

        visitor.seesSuccess();
        // two would be joined
        assertThat(customer()).matches("cus_[A-Za-z0-9]+").doesNotContainPattern("cus_.*cus_");
        assertBought(1);
    }

    @Test
    void where_no_mail_is_sent_he_can_become_a_new_customer_as_long_as_nothing_was_paid() {
        registeredLongAgo();
        visitor.page.route("**/renew-session", route -> Problems.answer(route, 503, "mail_not_configured", null));
        visitor.presses("Send me a link");
        visitor.seesProblem("cannot send links");
        visitor.presses("Go on as a new customer");
        visitor.pays(GOOD_CARD);

        visitor.seesSuccess();
        await().untilAsserted(() -> assertThat(shop.witness.rows(
                        "select s.status from billing.subscriptions s join billing.customers c on c.id = s.customer where c.email = ?",
                        visitor.email))
                .containsExactly("active"));
    }

    @Test
    void a_session_that_was_renewed_in_another_tab_meanwhile_is_gone_on_with() {
        visitor.failsOnce("charge", 401, "session_expired", null);
        visitor.opens();
        visitor.orders(1);
        visitor.pays(GOOD_CARD);
        visitor.seesProblem("send a link");
        visitor.presses("Send me a link");
        PlaywrightAssertions.assertThat(visitor.page.locator(".problem:visible"))
                .hasCount(0);
        visitor.presses("Try again");

        visitor.seesSuccess();
        assertBought(1);
        assertThat(visitor.keysTo("/charge").stream().distinct()).hasSize(1);
    }
}
