package io.growalert.browser;

import static io.growalert.browser.Visitor.GOOD_CARD;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.assertions.PlaywrightAssertions;
import org.junit.jupiter.api.Test;

/** A returning customer with an expired session stays the same customer. */
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

    /** Opens the link's page and presses its button, which starts a session. */
    private void signsInByTheLink() {
        var token = shop.mailbox.tokenSentTo(visitor.email);
        visitor.page.navigate(shop.address("/sign-in.html") + "#token=" + token);
        visitor.presses("Sign in");
    }

    @Test
    void the_link_in_the_mail_continues_as_the_same_customer() {
        registeredLongAgo();
        visitor.presses("Send me a link");
        PlaywrightAssertions.assertThat(visitor.page.locator("#message")).containsText("Check your mail");
        visitor.picture("link-sent");

        signsInByTheLink();
        PlaywrightAssertions.assertThat(visitor.page.getByLabel("E-mail address"))
                .hasValue(visitor.email);
        visitor.continues();
        visitor.pays(GOOD_CARD);

        visitor.seesSuccess();
        // two ids would be joined
        assertThat(customer()).matches("cus_[A-Za-z0-9]+").doesNotContainPattern("cus_.*cus_");
        assertBought(1);
    }

    @Test
    void without_mail_an_expired_customer_can_register_anew_until_something_is_paid() {
        registeredLongAgo();
        visitor.page.route("**/renew-session", route -> Problems.answer(route, 503, "mail_not_configured", null));
        visitor.presses("Send me a link");
        visitor.seesProblem("cannot send links");
        visitor.presses("Continue as a new customer");
        visitor.pays(GOOD_CARD);

        visitor.seesSuccess();
        await().untilAsserted(() -> assertThat(shop.witness.rows(
                        "select s.status from billing.subscriptions s join billing.customers c on c.id = s.customer where c.email = ?",
                        visitor.email))
                .containsExactly("active"));
    }

    @Test
    void a_session_that_another_tab_renewed_is_used() {
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
