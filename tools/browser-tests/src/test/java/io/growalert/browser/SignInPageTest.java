package io.growalert.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Route;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import java.net.URI;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A link in a mail signs the customer in after the button is pressed. */
class SignInPageTest extends Visits {
    private static final String TOKEN = "dG9rZW4tb2YtYS10ZXN0LXRoYXQtaXMtbG9uZy1l";

    private void opens(String fragment) {
        visitor.page.navigate(shop.address("/sign-in.html").toString() + fragment);
        PlaywrightAssertions.assertThat(visitor.page.locator("main > section:visible"))
                .hasCount(1);
    }

    private static void answer(Route route, int status, String body) {
        route.fulfill(new Route.FulfillOptions()
                .setStatus(status)
                .setContentType("application/json")
                .setBody(body));
    }

    private void confirmationLeadsTo(String page) {
        visitor.page.route("**/sign-in/confirm", route -> answer(route, 200, "{\"page\": \"%s\"}".formatted(page)));
    }

    @Test
    void opening_the_link_changes_nothing_and_the_button_signs_in() {
        confirmationLeadsTo("/register.html");
        opens("#token=" + TOKEN);

        assertThat(visitor.page.url()).isEqualTo(shop.address("/sign-in.html").toString());
        assertThat(visitor.requestsTo(".*")).isEmpty();
        visitor.picture("link-opened");
        visitor.presses("Sign in");

        visitor.page.waitForURL("**/account.html");
        assertThat(visitor.requestsTo("/sign-in/confirm"))
                .singleElement()
                .satisfies(request -> assertThat(request.postData()).isEqualTo("{\"token\":\"%s\"}".formatted(TOKEN)));
        assertThat(visitor.allRequests()).noneMatch(request -> request.url().contains(TOKEN));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://evil.example/register.html",
                "//evil.example/x",
                "/\\\\evil.example",
                "javascript:alert(1)",
                "data:text/html,x"
            })
    void no_response_redirects_to_another_site(String page) {
        confirmationLeadsTo(page);
        opens("#token=" + TOKEN);
        visitor.presses("Sign in");

        visitor.page.waitForURL("**/account.html");
        assertThat(visitor.allRequests())
                .allMatch(request -> URI.create(request.url()).getHost().equals("127.0.0.1"));
    }

    @Test
    void an_expired_link_offers_another_one() {
        visitor.page.route("**/sign-in/confirm", route -> Problems.answer(route, 400, "link_invalid", null));
        opens("#token=" + TOKEN);
        visitor.presses("Sign in");

        visitor.seesProblem("no longer works");
        PlaywrightAssertions.assertThat(visitor.page.getByLabel("E-mail address"))
                .isVisible();
    }

    @Test
    void another_link_opened_in_the_same_tab_is_used() {
        confirmationLeadsTo("/register.html");
        opens("");
        visitor.page.evaluate("token => { location.hash = 'token=' + token }", TOKEN);
        visitor.presses("Sign in");

        visitor.page.waitForURL("**/account.html");
        assertThat(visitor.requestsTo("/sign-in/confirm")).hasSize(1);
    }

    @Test
    void without_a_link_one_is_sent_and_the_page_does_not_reveal_accounts() {
        visitor.page.route(
                Pattern.compile(".*/sign-in$"), route -> route.fulfill(new Route.FulfillOptions().setStatus(202)));
        opens("");
        visitor.picture("ask");
        visitor.page.getByLabel("E-mail address").fill("absent");
        visitor.page.keyboard().press("Enter");
        PlaywrightAssertions.assertThat(visitor.page.getByLabel("E-mail address"))
                .isFocused();
        assertThat(visitor.requestsTo("/sign-in")).isEmpty();
        visitor.page.getByLabel("E-mail address").fill(visitor.email);
        visitor.presses("Send me a link");

        PlaywrightAssertions.assertThat(visitor.page.locator("#message-title")).hasText("Check your mail");
        PlaywrightAssertions.assertThat(visitor.page.locator("#message-title")).isFocused();
        PlaywrightAssertions.assertThat(visitor.page.locator("#message")).containsText("If there is an account");
        assertThat(visitor.requestsTo("/sign-in")).singleElement().satisfies(request -> assertThat(request.postData())
                .isEqualTo("{\"email\":\"%s\"}".formatted(visitor.email)));
        visitor.picture("sent");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "429 | too_many_sign_ins | 3600 | in 60 minutes",
                "503 | mail_not_configured | | cannot send links",
                "503 | backend_unavailable | | cannot do this at present",
                "0 | | | service is unreachable"
            })
    void an_error_has_a_message_without_a_charge(int status, String code, Integer retryAfter, String words) {
        visitor.page.route(Pattern.compile(".*/sign-in$"), route -> {
            if (status == 0) {
                route.abort();
            } else {
                Problems.answer(route, status, code, retryAfter);
            }
        });
        opens("");
        visitor.page.getByLabel("E-mail address").fill(visitor.email);
        visitor.presses("Send me a link");

        visitor.seesProblem(words);
        PlaywrightAssertions.assertThat(visitor.page.locator(".problem:visible"))
                .not()
                .containsText("charge");
    }

    @Test
    void signing_out_deletes_the_order_in_the_browser() {
        visitor.page.route("**/sign-out", route -> route.fulfill(new Route.FulfillOptions().setStatus(204)));
        visitor.opens();
        visitor.orders(0);
        opens("");
        visitor.presses("Sign out");

        PlaywrightAssertions.assertThat(visitor.page.locator("#message-title")).hasText("You are signed out");
        assertThat(visitor.page.evaluate("JSON.stringify(localStorage)")).isEqualTo("{}");
        assertThat(visitor.requestsTo("/sign-out")).hasSize(1);
        visitor.picture("signed-out");
    }

    @Test
    void the_page_is_accessible_and_sends_no_request_to_stripe() {
        visitor.page.route(
                Pattern.compile(".*/sign-in$"), route -> route.fulfill(new Route.FulfillOptions().setStatus(202)));
        opens("#token=" + TOKEN);
        AccessTest.isAccessible(visitor, "sign-in-link");
        opens("");
        AccessTest.isAccessible(visitor, "sign-in-ask");
        visitor.page.getByLabel("E-mail address").fill(visitor.email);
        visitor.presses("Send me a link");
        PlaywrightAssertions.assertThat(visitor.page.locator("#message")).isVisible();
        AccessTest.isAccessible(visitor, "sign-in-sent");

        assertThat(visitor.allRequests())
                .allSatisfy(request -> assertThat(URI.create(request.url()).getPort())
                        .isEqualTo(shop.address("/").getPort()));
    }

    /** The content security policy allows style attributes on the payment page only. */
    @Test
    void style_attributes_of_a_script_apply_on_the_payment_page_only() {
        visitor.page.route("**/stripe.js", route -> {
            if (route.request().url().contains("/register/")) {
                route.resume();
                return;
            }
            var own = route.fetch();
            route.fulfill(new Route.FulfillOptions().setResponse(own).setBody(own.text() + STYLES));
        });
        visitor.opens();
        assertThat(visitor.page.evaluate(WIDTHS)).isEqualTo(List.of("17px", "17px"));
        assertThat(visitor.complaints).isEmpty();

        visitor.page.evaluate("() => { const style = document.createElement('style'); "
                + "style.textContent = '#set { height: 23px }'; document.head.append(style); }");
        assertThat(visitor.page.evaluate("getComputedStyle(document.getElementById('set')).height"))
                .isNotEqualTo("23px");
        assertThat(visitor.complaints).hasSize(1);
        visitor.complaints.clear();

        opens("");
        visitor.page.evaluate("() => { " + STYLES + " }");
        assertThat(visitor.page.evaluate(WIDTHS).toString()).doesNotContain("17px");
        assertThat(visitor.complaints).isNotEmpty();
        visitor.complaints.clear();
    }

    /** As Stripe.js does: a style attribute that is set, and one in inserted HTML. */
    private static final String STYLES = """
            ;(() => {
              const set = document.createElement('div');
              set.id = 'set';
              set.setAttribute('style', 'position: absolute; width: 17px !important');
              document.body.append(set);
              document.body.insertAdjacentHTML('beforeend', '<div id="inserted" style="position: absolute; width: 17px"></div>');
            })();
            """;

    private static final String WIDTHS =
            "['set', 'inserted'].map(id => getComputedStyle(document.getElementById(id)).width)";
}
