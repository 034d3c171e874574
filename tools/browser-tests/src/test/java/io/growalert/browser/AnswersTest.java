package io.growalert.browser;

import static io.growalert.browser.Visitor.GOOD_CARD;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Route;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A permanent rejection has a next step, and the amount that is shown is the amount that is paid. */
class AnswersTest extends Visits {
    private static void refuse(Route route, int status, String code, String members) {
        route.fulfill(new Route.FulfillOptions()
                .setStatus(status)
                .setContentType("application/problem+json")
                .setBody("{\"status\": %d, \"code\": \"%s\"%s}".formatted(status, code, members)));
    }

    /** Changes the response of a path, a regular expression. */
    private void changes(String path, UnaryOperator<String> change) {
        visitor.page.route(Pattern.compile("http://[^/]+/" + path + "(\\?.*)?"), route -> {
            var own = route.fetch();
            route.fulfill(new Route.FulfillOptions().setResponse(own).setBody(change.apply(own.text())));
        });
    }

    @Test
    void an_address_with_an_account_is_offered_a_sign_in_link() {
        visitor.page.route("**/create-customer", route -> refuse(route, 409, "sign_in_needed", ""));
        visitor.page.route(
                Pattern.compile(".*/sign-in$"), route -> route.fulfill(new Route.FulfillOptions().setStatus(202)));
        visitor.opens();
        visitor.fills(1);
        visitor.continues();
        visitor.seesProblem("There is an account with this e-mail address");
        visitor.continues();
        visitor.seesProblem("There is an account with this e-mail address");
        // the second request does not get the stored response of the first
        assertThat(visitor.keysTo("/create-customer")).hasSize(2).doesNotHaveDuplicates();
        visitor.presses("Send me a sign-in link");

        PlaywrightAssertions.assertThat(visitor.page.locator("#message-title")).hasText("Check your mail");
        assertThat(visitor.requestsTo("/sign-in")).singleElement().satisfies(request -> assertThat(request.postData())
                .isEqualTo("{\"email\":\"%s\"}".formatted(visitor.email)));
        visitor.picture("sent");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"429 | too_many_sign_ins | 3600 | in 60 minutes", "503 | mail_unavailable | | could not be sent"})
    void an_unsent_sign_in_link_has_an_error_message(int status, String code, Integer retryAfter, String words) {
        visitor.page.route("**/create-subscription", route -> refuse(route, 409, "sign_in_needed", ""));
        visitor.page.route(Pattern.compile(".*/sign-in$"), route -> Problems.answer(route, status, code, retryAfter));
        visitor.opens();
        visitor.fills(1);
        visitor.continues();
        visitor.presses("Send me a sign-in link");

        visitor.seesProblem(words);
    }

    @Test
    void a_customer_with_an_account_finds_the_sign_in_page() {
        visitor.opens();
        visitor.page.getByText("I have an account").click();

        visitor.page.waitForURL("**/sign-in.html");
        PlaywrightAssertions.assertThat(visitor.page.locator("#ask")).isVisible();
    }

    @Test
    void a_customer_with_another_plan_sees_it_and_can_order_devices_for_it() {
        visitor.opens();
        visitor.orders(0);
        visitor.pays(GOOD_CARD);
        visitor.seesSuccess();
        visitor.page.getByText("Start a new registration").click();
        visitor.fills(2);
        visitor.page.getByLabel("Yearly").check();
        visitor.continues();

        PlaywrightAssertions.assertThat(visitor.page.locator("#message-title")).hasText("You have a plan already");
        PlaywrightAssertions.assertThat(visitor.page.locator("#message")).containsText("Monthly, €19.00 a month");
        visitor.picture("other-plan");
        visitor.presses("Order devices for this plan");
        visitor.pays(GOOD_CARD);
        visitor.seesSuccess();
        assertBought(2);
    }

    @Test
    void a_subscription_that_the_server_reports_is_shown_and_the_order_can_be_changed() {
        var price = new String[1];
        changes("config", body -> {
            var yearly = Pattern.compile("\"id\":\\s*\"(price_\\w+)\"").matcher(body);
            assertThat(yearly.find()).isTrue();
            price[0] = yearly.group(1);
            return body;
        });
        visitor.page.route(
                "**/create-subscription", route -> refuse(route, 409, "has_subscription", """
                , "subscription": {"id": "sub_1", "status": "active", "currency": "eur",
                  "items": [{"price": "%s", "quantity": 1, "unitAmount": 1900}]}
                """.formatted(price[0])));
        visitor.opens();
        visitor.fills(0);
        visitor.continues();

        PlaywrightAssertions.assertThat(visitor.page.locator("#message")).containsText("You have a plan: ");
        visitor.presses("Change my order");
        PlaywrightAssertions.assertThat(visitor.page.locator("#details")).isVisible();
        assertNothingCharged();
    }

    @Test
    void without_an_offered_plan_registration_is_closed() {
        changes("config", body -> body.replaceFirst("\"prices\":\\[.*?}]", "\"prices\":[]"));
        visitor.page.navigate(shop.address("/register.html").toString());

        PlaywrightAssertions.assertThat(visitor.page.locator("#message-title")).hasText("Registration is closed");
        PlaywrightAssertions.assertThat(visitor.page.locator("#message")).containsText("growalert billing setup");
        PlaywrightAssertions.assertThat(visitor.page.locator("#details")).isHidden();
        AccessTest.isAccessible(visitor, "closed");
        assertThat(visitor.allRequests())
                .noneMatch(request ->
                        request.url().endsWith("/stripe.js") && !request.url().contains("/register/"));
    }

    @Test
    void the_amount_that_is_shown_is_the_one_that_is_paid() {
        changes("config", body -> body.replace("\"unit_amount\":1900", "\"unit_amount\":1500"));
        visitor.opens();
        PlaywrightAssertions.assertThat(visitor.page.locator("#plans")).containsText("€15.00");
        visitor.orders(0);

        PlaywrightAssertions.assertThat(visitor.payButton()).hasText("Pay €19.00");
        PlaywrightAssertions.assertThat(visitor.page.locator("#payment-sum"))
                .containsText("Your first payment for the plan is €19.00, not €15.00.");
        visitor.pays(GOOD_CARD);
        visitor.seesSuccess();
        PlaywrightAssertions.assertThat(visitor.page.locator("#bought-sum dl")).containsText("€19.00");
        assertBought(0);
    }

    @Test
    void an_amount_that_changed_since_it_was_shown_is_not_paid() {
        visitor.opens();
        visitor.orders(0);
        PlaywrightAssertions.assertThat(visitor.payButton()).hasText("Pay €19.00");
        changes("v1/payment_intents/pi_\\w+", body -> body.replaceAll("\"amount\"\\s*:\\s*1900", "\"amount\":2900"));
        visitor.pays(GOOD_CARD);

        visitor.seesProblem("This order was changed");
        visitor.presses("Reload the page");
        PlaywrightAssertions.assertThat(visitor.payButton()).hasText("Pay €29.00");
        assertThat(visitor.requestsTo("/v1/payment_intents/.*/confirm")).isEmpty();
        assertNothingCharged();
    }

    @Test
    void a_changed_price_of_devices_is_shown_and_confirmed_again() {
        var asked = new AtomicInteger();
        visitor.page.route("**/charge", route -> {
            if (asked.getAndIncrement() == 0) {
                refuse(route, 409, "amount_changed", ", \"amount\": 9800, \"currency\": \"eur\"");
            } else {
                route.resume();
            }
        });
        changes("config", body -> body.replace("\"unitAmount\":4900", "\"unitAmount\":4000"));
        visitor.opens();
        visitor.orders(2);
        visitor.pays(GOOD_CARD);

        visitor.seesProblem("they cost €98.00 now");
        PlaywrightAssertions.assertThat(visitor.payButton()).hasText("Pay €98.00");
        PlaywrightAssertions.assertThat(visitor.page.locator("#devices .skip")).isVisible();
        assertThat(visitor.requestsTo("/charge")).hasSize(1);
        visitor.payButton().click();
        visitor.seesSuccess();
        assertBought(2);
        assertThat(visitor.requestsTo("/charge").stream()
                        .map(request -> request.postData().replaceAll(".*\"expectedAmount\":(\\d+).*", "$1")))
                .containsExactly("8000", "9800");
        assertThat(visitor.keysTo("/charge").stream().distinct()).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource({
        "502, stripe_refused",
        "503, stripe_denied",
        "503, payments_unavailable",
        "400, token_refused",
        "402, card_error"
    })
    void devices_that_cannot_be_paid_can_be_left_out(int status, String code) {
        visitor.page.route("**/charge", route -> refuse(route, status, code, ""));
        visitor.opens();
        visitor.orders(2);
        visitor.pays(GOOD_CARD);
        visitor.seesProblem("not charged for this");
        visitor.presses("Continue without devices");

        visitor.seesSuccess();
        PlaywrightAssertions.assertThat(visitor.page.locator("#note")).containsText("did not buy devices");
        assertBought(0);
    }

    @Test
    void signing_out_at_the_end_deletes_the_order() {
        visitor.page.route("**/sign-out", route -> route.fulfill(new Route.FulfillOptions().setStatus(204)));
        visitor.opens();
        visitor.orders(0);
        visitor.pays(GOOD_CARD);
        visitor.seesSuccess();
        visitor.presses("Sign out");

        PlaywrightAssertions.assertThat(visitor.page.locator("#message-title")).hasText("You are signed out");
        PlaywrightAssertions.assertThat(visitor.page.locator("#message-title")).isFocused();
        PlaywrightAssertions.assertThat(visitor.page.locator("#bought")).isHidden();
        AccessTest.isAccessible(visitor, "signed-out");
        visitor.page.reload();
        PlaywrightAssertions.assertThat(visitor.page.locator("#nothing")).isVisible();
    }
}
