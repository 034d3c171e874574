package io.growalert.browser;

import static io.growalert.browser.Visitor.ASKING_CARD;
import static io.growalert.browser.Visitor.DECLINED_CARD;
import static io.growalert.browser.Visitor.GOOD_CARD;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Each step is accessible, on a small screen and on a wide one, as far as axe-core detects. */
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
    void the_order_is_accessible() {
        visitor.opens();
        isAccessible(visitor, "order");
        visitor.continues();
        PlaywrightAssertions.assertThat(visitor.page.locator("#email-problem")).isVisible();
        isAccessible(visitor, "wrong-order");
    }

    @Test
    void the_payment_is_accessible() {
        visitor.opens();
        visitor.orders(2);
        isAccessible(visitor, "payment");
        visitor.pays(DECLINED_CARD);
        visitor.seesProblem("declined");
        isAccessible(visitor, "declined");
    }

    @Test
    void the_devices_and_the_banks_question_are_accessible() {
        visitor.opens();
        visitor.orders(2);
        visitor.pays(ASKING_CARD);
        visitor.consents(true);
        PlaywrightAssertions.assertThat(visitor.page.getByText("Fail authentication"))
                .isVisible();
        isAccessible(visitor, "bank");
        visitor.consents(false);
        visitor.seesProblem("");
        isAccessible(visitor, "devices");
    }

    @Test
    void the_end_is_accessible() {
        visitor.opens();
        visitor.orders(2);
        visitor.pays(GOOD_CARD);
        visitor.seesSuccess();
        isAccessible(visitor, "success");
        visitor.page.getByText("Start a new registration").click();
        visitor.page.navigate(shop.address("/success.html").toString());
        isAccessible(visitor, "nothing-bought");
    }

    @Test
    void a_page_that_cannot_be_loaded_is_accessible() {
        visitor.page.route("**/config", route -> Problems.answer(route, 503, "backend_unavailable", null));
        visitor.page.navigate(shop.address("/register.html").toString());
        visitor.seesProblem("cannot do this at present");
        isAccessible(visitor, "not-loaded");
    }

    /** On a small screen and on a wide one, in dark and light colours. */
    static void isAccessible(Visitor visitor, String step) {
        var page = visitor.page;
        visitor.picture(step);
        visitor.widePicture(step);
        page.evaluate(AXE);
        for (var scheme : List.of(ColorScheme.DARK, ColorScheme.LIGHT)) {
            page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(scheme));
            if (scheme == ColorScheme.DARK) {
                visitor.picture(step + "-dark");
            }
            var violations = page.evaluate("""
                    () => axe.run().then(({violations}) => violations.flatMap(({id, nodes}) =>
                      nodes.map(node => `${id}: ${node.html} ${node.failureSummary}`)))
                    """);
            assertThat((List<?>) violations).as("%s, %s", step, scheme).isEmpty();
        }
    }
}
