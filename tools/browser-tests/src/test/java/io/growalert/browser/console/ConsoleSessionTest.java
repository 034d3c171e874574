package io.growalert.browser.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static io.growalert.browser.console.Shapes.incident;
import static io.growalert.browser.console.Shapes.with;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.AriaRole;
import io.growalert.browser.console.ConsoleServices.Reply;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Sign-in and sign-out, a session that ends, and several tabs of one session. */
class ConsoleSessionTest extends ConsoleVisits {
    @BeforeEach
    void showsOne() {
        services.shows(
                "/api/incidents",
                List.of(incident("one", "room-co2", "FAILED", Map.of("site", "north"), Map.of("room", "tent"))));
    }

    @Test
    void a_wrong_token_is_refused_and_the_page_of_the_link_follows_a_right_one() {
        visitor.opens("/console/silences");
        visitor.page.getByLabel("Operator token").fill("not-a-token-of-an-operator");
        visitor.page.keyboard().press("Enter");

        assertThat(visitor.page.locator("dialog")).containsText("This is not the token of an operator.");
        assertThat(visitor.page.getByLabel("Operator token")).isFocused();
        assertThat(services.requests("GET", "/api/.*")).isEmpty();
        visitor.signsIn(ConsoleTown.OPERATOR);
        assertThat(visitor.page.locator("h1")).hasText("Silences");
        assertThat(visitor.page.locator(".who")).containsText("olaf");
        // the token is in no storage of the browser
        assertThat(visitor.page.evaluate("JSON.stringify([localStorage, sessionStorage, document.cookie])"))
                .asString()
                .doesNotContain(town.token(ConsoleTown.OPERATOR));
    }

    @Test
    void the_sign_in_cannot_be_closed() {
        visitor.opens("/console");
        assertThat(visitor.page.getByLabel("Operator token")).isFocused();
        visitor.page.keyboard().press("Escape");
        visitor.page.keyboard().press("Escape");

        assertThat(visitor.page.getByLabel("Operator token")).isVisible();
    }

    /** Of a silence of the incident. */
    private void typesReason(String reason) {
        assertThat(visitor.page.locator(".incident")).hasCount(1);
        visitor.page.keyboard().press("j");
        visitor.page.keyboard().press("m");
        visitor.page.getByLabel("Reason").fill(reason);
    }

    @Test
    void a_session_that_ends_in_a_form_keeps_what_was_typed() {
        services.answers("POST", "/api/silences", asked -> new Reply(201, Map.of("id", "new"), Map.of()));
        visitor.opens("/console", ConsoleTown.OPERATOR);
        typesReason("a long reason that is not typed twice");
        visitor.context.clearCookies();
        visitor.page.getByLabel("4 h", ConsoleVisitor.exactly()).check();

        assertThat(visitor.page.locator("dialog.sign-in")).containsText("Your session ended.");
        visitor.signsIn(ConsoleTown.OPERATOR);
        assertThat(visitor.page.getByLabel("Reason")).hasValue("a long reason that is not typed twice");
        assertThat(services.requests("POST", "/api/silences")).isEmpty();
        visitor.page
                .locator("dialog")
                .getByRole(AriaRole.BUTTON, ConsoleVisitor.inside("Silence"))
                .click();
        assertThat(visitor.page.locator("dialog")).hasCount(0);
        var sent = services.requests("POST", "/api/silences");
        assertThat(sent).hasSize(1);
        assertThat(sent.getFirst().json().path("comment").asString())
                .isEqualTo("a long reason that is not typed twice");
    }

    @Test
    void another_operator_who_signs_in_has_the_rights_of_the_own_role() {
        visitor.opens("/console", ConsoleTown.ADMIN);
        assertThat(visitor.page.locator("nav [data-place='customers']")).isVisible();
        visitor.context.clearCookies();
        assertThat(visitor.page.locator("dialog.sign-in")).isVisible();
        visitor.signsIn(ConsoleTown.VIEWER);

        assertThat(visitor.page.locator(".who")).containsText("vera");
        assertThat(visitor.page.locator("nav [data-place='customers']")).hasCount(0);
        assertThat(visitor.page.locator(".incident")).hasCount(1);
        assertThat(visitor.page.locator(".incident button")).hasCount(0);
    }

    @Test
    void two_tabs_share_changes_the_end_of_the_session_and_the_sign_in() {
        services.answers("PUT", "/api/incidents/one/ack", asked -> Reply.of(Map.of("incident", "one")));
        visitor.opens("/console", ConsoleTown.OPERATOR);
        var second = visitor.newTab();
        second.navigate(town.address("/console"));
        assertThat(second.locator(".incident")).hasCount(1);
        visitor.page.bringToFront();
        visitor.page
                .locator(".incident")
                .getByRole(AriaRole.BUTTON, ConsoleVisitor.inside("Acknowledge"))
                .click();
        services.shows(
                "/api/incidents",
                List.of(with(
                        incident("one", "room-co2", "FAILED", Map.of(), Map.of("room", "tent")),
                        "acknowledged",
                        Shapes.acknowledged("olaf", ""))));
        visitor.page.keyboard().press("Enter");
        for (var tab : List.of(visitor.page, second)) {
            assertThat(tab.locator("#acknowledged .incident")).hasCount(1);
        }

        visitor.presses("Sign out");
        for (var tab : List.of(visitor.page, second)) {
            assertThat(tab.locator("dialog.sign-in")).isVisible();
            assertThat(tab.locator(".incident")).hasCount(0);
        }
        visitor.signsIn(ConsoleTown.OPERATOR);
        for (Page tab : List.of(visitor.page, second)) {
            assertThat(tab.locator("dialog.sign-in")).hasCount(0);
            assertThat(tab.locator("#acknowledged .incident")).hasCount(1);
        }
    }

    @Test
    void what_was_typed_before_a_sign_out_is_not_there_for_the_next_operator() {
        visitor.opens("/console", ConsoleTown.OPERATOR);
        assertThat(visitor.page).hasTitle(Pattern.compile("\\(1\\) .*"));
        typesReason("for this operator only");
        var second = visitor.newTab();
        second.navigate(town.address("/console"));
        second.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Sign out"))
                .click();

        visitor.page.bringToFront();
        assertThat(visitor.page.locator("dialog.sign-in")).isVisible();
        assertThat(visitor.page.locator("dialog.ask")).hasCount(0);
        assertThat(visitor.page).hasTitle(Pattern.compile("(\\(\\?\\) )?Sign in - GrowAlert"));
        visitor.signsIn(ConsoleTown.ADMIN);
        assertThat(visitor.page.locator(".incident")).hasCount(1);
        assertThat(visitor.page.locator("dialog")).hasCount(0);
    }

    @Test
    void what_was_typed_before_a_session_ended_is_not_there_for_another_operator() {
        visitor.opens("/console", ConsoleTown.OPERATOR);
        typesReason("for this operator only");
        visitor.context.clearCookies();
        visitor.page.getByLabel("4 h", ConsoleVisitor.exactly()).check();
        assertThat(visitor.page.locator("dialog.sign-in")).containsText("Your session ended.");

        visitor.signsIn(ConsoleTown.ADMIN);

        assertThat(visitor.page.locator(".who")).not().containsText("olaf");
        assertThat(visitor.page.locator("dialog")).hasCount(0);
    }

    @Test
    void with_a_provider_the_account_is_offered_and_a_refusal_explained() {
        visitor.page.route(
                "**/page-config",
                route -> route.fulfill(new Route.FulfillOptions()
                        .setContentType("application/json")
                        .setBody("{\"oidc\": true}")));
        visitor.opens("/console/silences?sign-in=refused");

        assertThat(visitor.page.getByText("Sign in with your account"))
                .hasAttribute("href", "/session/oidc?to=%2Fconsole%2Fsilences");
        assertThat(visitor.page.locator("dialog")).containsText("The sign-in with your account was refused.");
        assertThat(visitor.page).hasURL(town.address("/console/silences"));
    }

    @Test
    void a_sign_in_in_another_tab_ends_the_wait_of_this_one() {
        visitor.opens("/console");
        assertThat(visitor.page.getByLabel("Operator token")).isVisible();
        var second = visitor.newTab();
        second.navigate(town.address("/console"));
        second.evaluate(
                "token => fetch('/session', {method: 'POST', body: JSON.stringify({token})})", town.token("olaf"));
        second.reload();

        assertThat(visitor.page.locator(".incident")).hasCount(1);
    }

    @Test
    void a_gateway_that_is_away_at_the_start_is_waited_for() {
        visitor.opens("/console", ConsoleTown.OPERATOR);
        assertThat(visitor.page.locator(".incident")).hasCount(1);
        visitor.page.route("**/session", route -> route.abort());
        visitor.page.reload();
        assertThat(visitor.page.locator("main")).containsText("The gateway is unreachable.");

        visitor.page.unroute("**/session");
        assertThat(visitor.page.locator(".incident")).hasCount(1);
    }
}
