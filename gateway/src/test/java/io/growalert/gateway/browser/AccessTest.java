package io.growalert.gateway.browser;

import static io.growalert.gateway.browser.Visitor.GOOD_CARD;

import com.microsoft.playwright.assertions.PlaywrightAssertions;
import org.junit.jupiter.api.Test;

/** For everybody: by keyboard, with a screen reader, on a small screen. */
class AccessTest extends Visits {
    @Test
    void wrong_fields_are_named_and_focused() {
        visitor.opens();
        visitor.page.getByLabel("E-mail address").fill("nobody");
        visitor.page.getByLabel("Number of monitor devices").fill("101");
        visitor.page.keyboard().press("Enter");

        PlaywrightAssertions.assertThat(visitor.page.getByLabel("E-mail address"))
                .isFocused();
        PlaywrightAssertions.assertThat(visitor.page.locator("#email-problem")).containsText("name@example.com");
        PlaywrightAssertions.assertThat(visitor.page.locator("#quantity-problem"))
                .containsText("from 0 to 100");
        visitor.picture("wrong");
    }

    @Test
    void the_keyboard_alone_is_enough() {
        visitor.opens();
        var keyboard = visitor.page.keyboard();
        visitor.page.getByLabel("E-mail address").focus();
        keyboard.type(visitor.email);
        keyboard.press("Tab");
        keyboard.press("Tab");
        keyboard.type("1");
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
}
