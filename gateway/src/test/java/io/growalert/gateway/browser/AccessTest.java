package io.growalert.gateway.browser;

import static io.growalert.gateway.browser.Visitor.ASKING_CARD;
import static io.growalert.gateway.browser.Visitor.DECLINED_CARD;
import static io.growalert.gateway.browser.Visitor.GOOD_CARD;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ReducedMotion;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** For everybody: by keyboard, with a screen reader, on a small screen. axe-core looks at each step. */
class AccessTest extends Visits {
    private static final String AXE = axe();

    private static String axe() {
        try (var script = Objects.requireNonNull(AccessTest.class.getResourceAsStream("/axe.min.js"))) {
            return new String(script.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void the_order_is_for_everybody() {
        visitor.opens();
        isForEverybody("order");
        visitor.continues();
        PlaywrightAssertions.assertThat(visitor.page.locator("#email-problem")).isVisible();
        isForEverybody("wrong-order");
    }

    @Test
    void the_payment_is_for_everybody() {
        visitor.opens();
        visitor.orders(2);
        isForEverybody("payment");
        visitor.pays(DECLINED_CARD);
        visitor.seesProblem("declined");
        isForEverybody("declined");
    }

    @Test
    void the_devices_and_the_banks_question_are_for_everybody() {
        visitor.opens();
        visitor.orders(2);
        visitor.pays(ASKING_CARD);
        visitor.consents(true);
        PlaywrightAssertions.assertThat(visitor.page.getByText("Fail authentication"))
                .isVisible();
        isForEverybody("bank");
        visitor.consents(false);
        visitor.seesProblem("");
        isForEverybody("devices");
    }

    @Test
    void the_end_is_for_everybody() {
        visitor.opens();
        visitor.orders(2);
        visitor.pays(GOOD_CARD);
        visitor.seesSuccess();
        isForEverybody("success");
        visitor.page.getByText("Start a new registration").click();
        visitor.page.navigate(shop.address("/success.html").toString());
        isForEverybody("nothing-bought");
    }

    @Test
    void a_page_that_cannot_be_loaded_is_for_everybody() {
        visitor.page.route("**/config", route -> Problems.answer(route, 503, "backend_unavailable", null));
        visitor.page.navigate(shop.address("/register.html").toString());
        visitor.seesProblem("cannot do this at present");
        isForEverybody("not-loaded");
    }

    /** On a small screen and on a wide one. */
    private void isForEverybody(String step) {
        var page = visitor.page;
        visitor.picture(step);
        visitor.widePicture(step);
        page.evaluate(AXE);
        var violations = page.evaluate("""
                () => axe.run().then(({violations}) => violations.flatMap(({id, nodes}) =>
                  nodes.map(node => `${id}: ${node.html} ${node.failureSummary}`)))
                """);
        assertThat((List<?>) violations).isEmpty();
    }

    @Test
    void wrong_fields_are_named_and_focused() {
        visitor.opens();
        var email = visitor.page.getByLabel("E-mail address");
        email.fill("nobody");
        visitor.page.getByLabel("Number of monitor devices").fill("101");
        visitor.page.keyboard().press("Enter");

        PlaywrightAssertions.assertThat(email).isFocused();
        PlaywrightAssertions.assertThat(email).hasAttribute("aria-invalid", "true");
        PlaywrightAssertions.assertThat(email).hasAccessibleDescription(Pattern.compile("name@example\\.com"));
        PlaywrightAssertions.assertThat(visitor.page.getByLabel("Number of monitor devices"))
                .hasAccessibleDescription(Pattern.compile("from 0 to 100"));
        visitor.picture("wrong");
        email.fill(visitor.email);
        visitor.continues();
        PlaywrightAssertions.assertThat(visitor.page.getByLabel("Number of monitor devices"))
                .isFocused();
        PlaywrightAssertions.assertThat(email).hasAttribute("aria-invalid", "false");
    }

    @Test
    void the_keyboard_alone_is_enough() {
        visitor.opens();
        var keyboard = visitor.page.keyboard();
        visitor.page.getByLabel("E-mail address").focus();
        keyboard.type(visitor.email);
        keyboard.press("Tab");
        showsFocus(visitor.page);
        keyboard.press("Tab");
        keyboard.type("1");
        showsFocus(visitor.page);
        keyboard.press("Tab");
        showsFocus(visitor.page);
        keyboard.press("Enter");
        PlaywrightAssertions.assertThat(visitor.page.locator("#payment-title")).isFocused();
        keyboard.press("Tab");
        keyboard.type(GOOD_CARD);
        keyboard.press("Tab");
        keyboard.type("1234");
        keyboard.press("Tab");
        keyboard.type("123");
        keyboard.press("Tab");
        keyboard.type("12345");
        keyboard.press("Enter");

        visitor.seesSuccess();
        assertBought(1);
    }

    private static void showsFocus(Page page) {
        assertThat(page.evaluate("getComputedStyle(document.activeElement).outlineStyle + ' ' + "
                        + "getComputedStyle(document.activeElement).outlineWidth"))
                .isEqualTo("solid 3px");
    }

    @Test
    void what_is_going_on_is_told_and_turns_only_for_those_who_like_it() {
        visitor.opens();
        var status = visitor.page.getByRole(AriaRole.STATUS);
        visitor.page.route("**/create-customer", route -> {
            PlaywrightAssertions.assertThat(status).hasText("Preparing your payment…");
            assertThat(motion()).isEqualTo("turn");
            visitor.page.emulateMedia(new Page.EmulateMediaOptions().setReducedMotion(ReducedMotion.REDUCE));
            assertThat(motion()).isEqualTo("none");
            visitor.picture("busy");
            route.resume();
        });
        visitor.orders(0);

        PlaywrightAssertions.assertThat(status).hasText("");
    }

    private Object motion() {
        return visitor.page.evaluate("getComputedStyle(document.querySelector('#status'), '::before').animationName");
    }
}
