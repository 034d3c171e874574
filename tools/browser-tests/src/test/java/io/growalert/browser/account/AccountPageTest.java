package io.growalert.browser.account;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static io.growalert.browser.account.AccountShapes.ADDRESS;
import static io.growalert.browser.account.AccountShapes.invoice;
import static io.growalert.browser.account.AccountShapes.invoices;
import static io.growalert.browser.account.AccountShapes.order;
import static io.growalert.browser.account.AccountShapes.orders;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the account page shows in each state, narrow and wide, light and dark. */
class AccountPageTest extends AccountVisits {
    private static Stream<Arguments> states() {
        return Stream.of(
                Arguments.of(
                        "active",
                        AccountShapes.active(),
                        "Active",
                        "Next invoice: €19.00 on December 27, 2026",
                        "Cancel plan"),
                Arguments.of(
                        "trial", AccountShapes.trial(), "Free trial", "free until December 11, 2026", "Change plan"),
                Arguments.of(
                        "trial-without-card",
                        AccountShapes.trialWithoutCard(),
                        "Free trial",
                        "free until December 11, 2026. Add a card, or it ends then.",
                        "Add card"),
                Arguments.of(
                        "paused",
                        AccountShapes.paused(),
                        "Paused",
                        "Your plan is paused. Contact us to resume it.",
                        "Cancel plan"),
                Arguments.of("past-due", AccountShapes.pastDue(), "Not paid", "Pay the open invoice", "Pay €19.00"),
                Arguments.of(
                        "canceled",
                        AccountShapes.canceled(),
                        "Canceled",
                        "active until December 27, 2026",
                        "Keep my plan"),
                Arguments.of("ended", AccountShapes.ended(), "Ended", "ended on November 20, 2026", "Choose a plan"),
                Arguments.of("none", AccountShapes.none(), "Plan", "You have no plan.", "Choose a plan"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("states")
    void each_state_of_a_plan_is_shown(String name, String account, String badge, String words, String way) {
        billing.answers("GET", "/orders", 200, orders(order("cg_1", "open", ADDRESS, "")));
        billing.answers("GET", "/invoices", 200, invoices("null", invoice(10, "paid"), invoice(11, "open")));
        opens(account);

        assertThat(part("plan")).containsText(badge);
        assertThat(part("plan")).containsText(words);
        assertThat(part("overview").getByText(way, new Locator.GetByTextOptions().setExact(true)))
                .isVisible();
        assertThat(part("address")).hasText("greta@example.com");
        assertThat(page.locator("#no-money")).isVisible();
        assertThat(page.getByText("no money moves")).hasCount(1);
        looksAround(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"session_missing", "session_invalid"})
    void without_a_session_a_sign_in_link_is_sent(String code) {
        billing.refuses("GET", "/account", 401, code);
        billing.answers("POST", "/sign-in", 202, "");
        page.navigate(town.address("/account.html"));

        assertThat(part("ask-title")).isFocused();
        assertThat(part("renew")).isHidden();
        page.getByLabel("E-mail address").fill("greta");
        presses("Send me a link");
        assertThat(page.getByLabel("E-mail address")).isFocused();
        assertThat(part("email-problem")).containsText("name@example.com");
        page.getByLabel("E-mail address").fill("greta@example.com");
        assertThat(part("email-problem")).isEmpty();
        looksAround("ask");
        presses("Send me a link");

        assertThat(part("message-title")).hasText("Check your mail");
        Assertions.assertThat(billing.calls("POST", "/sign-in"))
                .singleElement()
                .satisfies(
                        call -> Assertions.assertThat(call.json().path("email").asString())
                                .isEqualTo("greta@example.com"));
    }

    @Test
    void an_expired_session_gets_a_link_to_its_own_address() {
        billing.refuses("GET", "/account", 401, "session_expired");
        billing.answers("POST", "/renew-session", 202, "");
        page.navigate(town.address("/account.html"));
        assertThat(part("expired")).isVisible();
        presses("Send a link to my address");

        assertThat(part("message-title")).isFocused();
        assertThat(part("message")).containsText("your e-mail address");
        Assertions.assertThat(billing.calls("POST", "/renew-session")).hasSize(1);
    }

    @Test
    void an_account_that_cannot_be_loaded_is_loaded_again_by_a_button() {
        billing.refuses("GET", "/account", 503, "stripe_unavailable");
        page.navigate(town.address("/account.html"));
        seesProblem("loading", "cannot do this at present");
        billing.answers("GET", "/account", 200, AccountShapes.active());
        presses("Try again");

        assertThat(part("plan")).containsText("Monthly");
    }

    @Test
    void invoices_and_receipts_are_listed_with_their_pages_a_page_at_a_time() {
        billing.answers("GET", "/invoices", 200, invoices("\"more/1\"", invoice(11, "paid")));
        billing.answers("GET", "/invoices?cursor=more%2F1", 200, invoices("null", invoice(9, "void")));
        opens(AccountShapes.active());

        var entries = part("invoices").locator("li");
        assertThat(entries).hasCount(2);
        assertThat(entries.first()).containsText(Pattern.compile("Invoice GROW-0011.*€19.00.*Paid", Pattern.DOTALL));
        assertThat(page.getByRole(AriaRole.LINK, link("View invoice GROW-0011")))
                .hasAttribute("href", "https://invoice.example.com/11");
        assertThat(page.getByRole(AriaRole.LINK, link("PDF of invoice GROW-0011")))
                .hasAttribute("href", "https://invoice.example.com/11/pdf");
        assertThat(entries.last()).containsText("€98.00");
        assertThat(page.getByRole(AriaRole.LINK, link("Receipt of November 26, 2026")))
                .hasAttribute("href", "https://receipt.example.com/1");
        presses("Show more");

        assertThat(entries).hasCount(4);
        assertThat(page.getByRole(AriaRole.LINK, link("View invoice GROW-0009")))
                .isVisible();
        assertThat(page.getByText("Show more")).isHidden();
    }

    @Test
    void a_link_that_is_no_web_address_is_left_out() {
        billing.answers(
                "GET",
                "/invoices",
                200,
                invoices(
                        "null",
                        invoice(11, "paid").replace("https://invoice.example.com/11\"", "javascript:alert(1)\"")));
        opens(AccountShapes.active());

        assertThat(part("invoices").getByText("PDF")).isVisible();
        assertThat(part("invoices").getByText("View")).hasCount(0);
    }

    @Test
    void orders_are_shown_with_their_shipping_state() {
        billing.answers(
                "GET",
                "/orders",
                200,
                orders(
                        order("cg_1", "open", ADDRESS, ""),
                        order(
                                "cg_2",
                                "shipped",
                                ADDRESS,
                                ", \"tracking\": \"00340434161094021501\", \"shippedAt\": \"2026-11-28T10:00:00Z\""),
                        order("cg_3", "refunded", "null", ", \"refundedAmount\": 9800"),
                        order("cg_4", "shipped", ADDRESS, ", \"tracking\": \"https://carrier.example.com/1\"")));
        opens(AccountShapes.active());

        var list = part("orders").locator("li");
        assertThat(list.nth(0)).containsText("In preparation");
        assertThat(list.nth(0)).containsText("Goes to Greta Grower, Gartenweg 7, 10115 Berlin, Germany");
        assertThat(list.nth(1)).containsText("Shipped on November 28, 2026. Tracking number: 00340434161094021501");
        assertThat(list.nth(1).getByRole(AriaRole.BUTTON)).hasCount(0);
        assertThat(list.nth(2)).containsText("Refunded: €98.00");
        assertThat(list.nth(3).getByText("Track it")).hasAttribute("href", "https://carrier.example.com/1");
        looksAround("orders");
    }

    @Test
    void with_the_customer_portal_plan_and_card_are_managed_at_stripe() {
        billing.answers("POST", "/portal-session", 200, "{\"url\": \"%s\"}".formatted(town.address("/sign-in.html")));
        opens(AccountShapes.active().replace("\"portal\": false", "\"portal\": true"));
        assertThat(part("card")).isHidden();
        assertThat(page.getByText("Cancel plan")).hasCount(0);
        presses("Manage plan and card at Stripe");

        page.waitForURL("**/sign-in.html");
    }

    @Test
    void the_link_of_a_change_of_address_is_confirmed_by_a_button() {
        billing.answers("POST", "/email/confirm", 204, "");
        page.navigate(town.address("/email-confirm.html#token=abc-DEF_123"));
        Assertions.assertThat(page.url()).endsWith("/email-confirm.html");
        Assertions.assertThat(billing.calls("POST", "/email/confirm")).isEmpty();
        looksAround("email-confirm");
        presses("Use this address");

        assertThat(part("message-title")).hasText("Your address is changed");
        assertThat(page.getByRole(AriaRole.LINK, link("Go to my account"))).hasAttribute("href", "account.html");
        Assertions.assertThat(billing.calls("POST", "/email/confirm"))
                .singleElement()
                .satisfies(call -> Assertions.assertThat(call.body()).isEqualTo("{\"token\":\"abc-DEF_123\"}"));
    }

    @Test
    void an_expired_link_of_a_change_of_address_leads_to_the_account() {
        billing.refuses("POST", "/email/confirm", 400, "link_invalid");
        page.navigate(town.address("/email-confirm.html#token=abc"));
        presses("Use this address");

        assertThat(part("message-title")).hasText("This link does not work");
        assertThat(part("message-title")).isFocused();
    }

    private static Page.GetByRoleOptions link(String name) {
        return new Page.GetByRoleOptions().setName(name).setExact(true);
    }
}
