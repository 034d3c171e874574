package io.growalert.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static io.growalert.browser.Visitor.ASKING_CARD;
import static io.growalert.browser.Visitor.GOOD_CARD;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.assertions.LocatorAssertions;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

/** A customer registers and then uses the account, with the real billing-service and the sandbox. */
class AccountJourneyTest extends Visits {
    /** It can be stored, and every payment is declined. */
    private static final String DECLINED_LATER_CARD = "4000000000000341";

    private static final Pattern DUE = Pattern.compile("Pay €([0-9.]+) and change");

    private void registers(int devices) {
        visitor.opens();
        visitor.orders(devices);
        visitor.pays(GOOD_CARD);
        visitor.seesSuccess();
        visitor.page
                .locator("section:not([hidden])")
                .getByText("Go to my account")
                .click();
        assertThat(part("overview")).isVisible();
    }

    private Locator part(String id) {
        return visitor.page.locator("#" + id);
    }

    private void sees(String part, String confirmation) {
        assertThat(part(part).locator(".done")).containsText(confirmation);
        visitor.picture("account");
    }

    private void replacesTheCardBy(String card) {
        visitor.presses("Replace card");
        part("card").getByLabel("Card number").fill(card);
        part("card").getByLabel("Expiration date").fill("12 / 34");
        part("card").getByLabel("Security code").fill("123");
        part("card").getByLabel("Postal code").fill("12345");
        visitor.presses("Use this card");
    }

    /** Returns what the button says, in cents. */
    private int seesThePriceOfYearly() {
        visitor.presses("Change plan");
        visitor.presses("See what changes");
        var button = part("plan").locator("button.main");
        assertThat(button).hasText(DUE);
        var due = DUE.matcher(button.innerText());
        Assertions.assertThat(due.find()).isTrue();
        return Integer.parseInt(due.group(1).replace(".", ""));
    }

    @Test
    void the_account_shows_what_was_bought_and_a_changed_plan_costs_what_was_shown() {
        registers(2);
        assertThat(part("plan")).containsText("€19.00 a month");
        assertThat(part("plan")).containsText("Next invoice: €19.00 on");
        assertThat(part("card")).containsText("Visa ending in 4242");
        assertThat(part("orders")).containsText("2 monitor devices, €98.00");
        assertThat(part("orders")).containsText("Goes to Greta Grower, Gartenweg 7, 10115 Berlin, Germany");
        int due = seesThePriceOfYearly();
        AccessTest.isAccessible(visitor, "account-preview");
        part("plan").locator("button.main").click();

        sees("plan", "Your plan is changed: Yearly, €190.00 a year.");
        assertThat(part("plan")).containsText("€190.00 a year");
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> Assertions.assertThat(charged())
                .containsExactlyInAnyOrder("1900", "9800", Integer.toString(due)));
        // recorded from events, and read when the page is opened
        await().atMost(Duration.ofSeconds(90)).untilAsserted(() -> {
            visitor.page.reload();
            assertListed("Invoice", 2);
            assertListed("€98.00", 1);
        });
    }

    private void assertListed(String text, int times) {
        assertThat(part("invoices").locator("li").filter(new Locator.FilterOptions().setHasText(text)))
                .hasCount(times, new LocatorAssertions.HasCountOptions().setTimeout(5_000));
    }

    @Test
    void a_declined_change_keeps_the_plan_until_a_better_card_pays_it_with_the_banks_consent() {
        registers(0);
        replacesTheCardBy(DECLINED_LATER_CARD);
        sees("card", "This card is used from now on.");
        seesThePriceOfYearly();
        part("plan").locator("button.main").click();
        assertThat(part("plan").locator(".problem")).containsText("Your plan has not changed.");
        visitor.presses("Keep my plan");
        assertThat(part("plan")).containsText("€19.00 a month");

        replacesTheCardBy(ASKING_CARD);
        visitor.consents(true);
        sees("card", "This card is used from now on.");
        int due = seesThePriceOfYearly();
        part("plan").locator("button.main").click();
        visitor.consents(true);
        sees("plan", "Your plan is changed: Yearly, €190.00 a year.");
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> Assertions.assertThat(charged())
                .containsExactlyInAnyOrder("1900", Integer.toString(due)));
    }

    @Test
    void a_plan_is_canceled_and_kept_after_all() {
        registers(0);
        visitor.presses("Cancel plan");
        visitor.presses("Yes, cancel my plan");
        sees("plan", "Your plan is canceled.");
        visitor.presses("Keep my plan");
        sees("plan", "You keep your plan.");

        assertThat(part("plan")).containsText("Next invoice: €19.00 on");
        assertBought(0);
    }

    @Test
    void an_order_without_an_address_gets_one_in_the_account() {
        visitor.page.route(
                "**/charge",
                route -> route.resume(new Route.ResumeOptions()
                        .setPostData(route.request().postData().replaceFirst(",\"shipping\":\\{[^}]*}", ""))));
        registers(1);
        assertThat(part("orders")).containsText("Address needed");
        visitor.presses("Add the address");
        part("orders").getByLabel("Full name").fill("Greta Grower");
        part("orders").getByLabel("Street and number").fill("Gartenweg 7");
        part("orders").getByLabel("Postal code").fill("10115");
        part("orders").getByLabel("City").fill("Berlin");
        part("orders").getByLabel("Country").selectOption("DE");
        visitor.presses("Send it there");

        sees("orders", "Your order goes to this address.");
        Assertions.assertThat(
                        shop.witness.rows("select shipping_state from billing.orders where customer = ?", customer()))
                .isEqualTo(List.of("open"));
    }

    @Test
    void an_address_is_changed_by_a_mailed_link_and_the_account_deleted() {
        registers(0);
        var customer = customer();
        visitor.presses("Change e-mail address");
        visitor.page.getByLabel("New e-mail address").fill("new-" + visitor.email);
        visitor.presses("Send me a link");
        sees("personal", "a link is on its way to it");
        visitor.page.navigate(shop.address("/email-confirm.html") + "#token="
                + shop.mailbox.tokenSentTo("new-" + visitor.email, "/email-confirm.html"));
        visitor.presses("Use this address");
        assertThat(part("message-title")).hasText("Your address is changed");
        visitor.page
                .locator("section:not([hidden])")
                .getByText("Go to my account")
                .click();
        assertThat(part("address")).hasText("new-" + visitor.email);

        visitor.presses("Delete my account");
        visitor.page.getByLabel("Type \"delete\" to confirm").fill("delete");
        visitor.presses("Delete my account");
        assertThat(part("message-title")).hasText("Your account is deleted");
        Assertions.assertThat(shop.witness.rows(
                        "select coalesce(email, 'none') from billing.customers where id = ?", customer))
                .doesNotContain(visitor.email, "new-" + visitor.email);
        visitor.page.reload();
        assertThat(part("ask")).isVisible();
    }
}
