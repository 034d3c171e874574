package io.growalert.browser;

import static io.growalert.browser.Visitor.GOOD_CARD;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ReducedMotion;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The page is usable by keyboard and screen reader. */
class KeyboardTest extends Visits {
    @Test
    void wrong_fields_are_named_and_focused() {
        visitor.opens();
        var email = visitor.page.getByLabel("E-mail address");
        email.fill("absent");
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
        PlaywrightAssertions.assertThat(visitor.page.locator("#shipping-title")).isFocused();
        for (var text : List.of("Greta Grower", "Gartenweg 7", "", "10115", "Berlin", "", "Germany", "")) {
            keyboard.press("Tab");
            keyboard.type(text);
            showsFocus(visitor.page);
        }
        keyboard.press("Enter");
        PlaywrightAssertions.assertThat(visitor.page.locator("#payment-title")).isFocused();
        // the button that changes the address
        keyboard.press("Tab");
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
    void progress_is_announced_and_animated_only_without_reduced_motion() {
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
