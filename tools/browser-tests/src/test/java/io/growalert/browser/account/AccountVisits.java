package io.growalert.browser.account;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;

/** Each test has one customer with a separate browser profile, in front of the real gateway; billing's responses are the test's. */
@ExtendWith(AccountTown.TownOpening.class)
@SuppressWarnings("NullAway.Init")
abstract class AccountVisits {
    private static final String AXE = axe();

    Browser browser;
    AccountTown town;
    AccountBackend billing;
    Page page;
    private BrowserContext profile;
    /** Policy violations on the console, exceptions of the page, what axe-core found, and pages wider than the screen. */
    private final List<String> complaints = new ArrayList<>();

    private static String axe() {
        try (var script = Objects.requireNonNull(AccountVisits.class.getResourceAsStream("/axe.min.js"))) {
            return new String(script.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** With an active plan, no orders and no invoices. */
    @BeforeEach
    void arrive() {
        billing = town.billing;
        billing.answers("GET", "/config", 200, AccountShapes.CONFIG);
        billing.answers("GET", "/account", 200, AccountShapes.active());
        billing.answers("GET", "/invoices", 200, AccountShapes.NO_INVOICES);
        billing.answers("GET", "/orders", 200, AccountShapes.NO_ORDERS);
        profile = browser.newContext(new Browser.NewContextOptions().setViewportSize(390, 844));
        profile.setDefaultTimeout(60_000);
        page = profile.newPage();
        page.onPageError(complaints::add);
        page.onConsoleMessage(message -> {
            if (message.text().contains("Content Security Policy")
                    || message.text().contains("Refused to")) {
                complaints.add(message.text());
            }
        });
    }

    @AfterEach
    void leave() {
        profile.close();
        billing.reset();
        Assertions.assertThat(complaints).isEmpty();
    }

    /** Opens the account of a customer who is signed in. */
    void opens(String account) {
        billing.answers("GET", "/account", 200, account);
        page.navigate(town.address("/account.html"));
        assertThat(page.locator("#overview")).isVisible();
    }

    Locator part(String id) {
        return page.locator("#" + id);
    }

    void presses(String button) {
        page.getByRole(
                        AriaRole.BUTTON,
                        new Page.GetByRoleOptions().setName(button).setExact(true))
                .click();
    }

    /** A confirmation, which has the focus. */
    void sees(String part, String confirmation) {
        var done = part(part).locator(".done");
        assertThat(done).containsText(confirmation);
        assertThat(done).isFocused();
    }

    /** An error message, which has the focus. */
    void seesProblem(String part, String words) {
        var problem = part(part).locator(".problem");
        assertThat(problem).containsText(words);
        assertThat(problem).isFocused();
    }

    void fillsAddress(Locator form) {
        form.getByLabel("Full name").fill("Greta Grower");
        form.getByLabel("Street and number").fill("Gartenweg 7");
        form.getByLabel("Postal code").fill("10115");
        form.getByLabel("City").fill("Berlin");
        form.getByLabel("Country").selectOption("DE");
    }

    /** Asserts that the page fits the narrowest screen, and that axe-core finds nothing, narrow and light, wide and dark. */
    void looksAround(String name) {
        for (var scheme : List.of(ColorScheme.DARK, ColorScheme.LIGHT)) {
            page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(scheme));
            for (int width : List.of(1280, 390, 320)) {
                page.setViewportSize(width, 844);
                picture("%s-%d-%s".formatted(name, width, scheme.name().toLowerCase(Locale.ROOT)));
                if (width == (scheme == ColorScheme.DARK ? 1280 : 320)) {
                    isAccessible("%s %s %d".formatted(name, scheme, width));
                }
            }
        }
        page.setViewportSize(390, 844);
    }

    private void isAccessible(String name) {
        page.evaluate(AXE);
        var violations = (List<?>) page.evaluate("""
                () => axe.run().then(({violations}) => violations.flatMap(({id, nodes}) =>
                  nodes.map(node => `${id}: ${node.html} ${node.failureSummary}`)))
                """);
        violations.forEach(violation -> complaints.add(name + ": " + violation));
    }

    /** Asserts that the page fits the screen. {@code -Dtest.args=-Dscreenshots=true} also takes a screenshot. */
    private void picture(String name) {
        if (Boolean.getBoolean("screenshots")) {
            page.screenshot(new Page.ScreenshotOptions()
                    .setPath(Path.of("target/screenshots", "account-" + name + ".png"))
                    .setFullPage(true));
        }
        if (!(Boolean) page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")) {
            complaints.add(name + " is wider than the screen");
        }
    }
}
