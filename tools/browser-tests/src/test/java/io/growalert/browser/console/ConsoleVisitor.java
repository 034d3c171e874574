package io.growalert.browser.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** An operator with a separate browser profile. */
final class ConsoleVisitor implements AutoCloseable {
    /** The narrowest supported screen, in CSS pixels. */
    static final int NARROW = 320;

    private static final String AXE = axe();

    final BrowserContext context;
    /** Policy violations on the console, exceptions of the page, and pages wider than the screen. */
    final List<String> complaints = new ArrayList<>();

    Page page;
    private final ConsoleTown town;

    ConsoleVisitor(Browser browser, ConsoleTown town) {
        this.town = town;
        context = browser.newContext(
                new Browser.NewContextOptions().setViewportSize(1280, 800).setTimezoneId("Europe/Berlin"));
        context.setDefaultTimeout(ConsoleTown.PATIENCE_MILLIS);
        page = newTab();
    }

    private static String axe() {
        try (var script = Objects.requireNonNull(ConsoleVisitor.class.getResourceAsStream("/axe.min.js"))) {
            return new String(script.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A tab of the same browser; it is the visible one once it is {@code page}. */
    Page newTab() {
        var tab = context.newPage();
        tab.onPageError(complaints::add);
        tab.onConsoleMessage(message -> {
            if (message.text().contains("Content Security Policy")
                    || message.text().contains("Refused to")) {
                complaints.add(message.text());
            }
        });
        return tab;
    }

    /** Opens a page and signs in there. */
    void opens(String path, String operator) {
        page.navigate(town.address(path));
        signsIn(operator);
    }

    /** Opens a page of the session's operator. */
    void opens(String path) {
        page.navigate(town.address(path));
    }

    void signsIn(String operator) {
        page.getByLabel("Operator token").fill(town.token(operator));
        page.getByRole(AriaRole.BUTTON, button("Sign in")).click();
        assertThat(page.locator("dialog.sign-in")).hasCount(0);
    }

    void presses(String button) {
        page.getByRole(AriaRole.BUTTON, button(button)).first().click();
    }

    /** A page by its link in the navigation. */
    void goesTo(String place) {
        page.locator("nav [data-place='%s']".formatted(place)).click();
    }

    /** The part of the page that has this name. */
    Locator region(String name) {
        return page.locator("ga-region[data-name='%s']".formatted(name));
    }

    /** With exactly this name. */
    static Page.GetByRoleOptions button(String name) {
        return new Page.GetByRoleOptions().setName(name).setExact(true);
    }

    static Page.GetByRoleOptions link(String name) {
        return new Page.GetByRoleOptions().setName(name);
    }

    /** The same, of a part of the page. */
    static Locator.GetByRoleOptions inside(String name) {
        return new Locator.GetByRoleOptions().setName(name).setExact(true);
    }

    static Page.GetByLabelOptions exactly() {
        return new Page.GetByLabelOptions().setExact(true);
    }

    /** Once what depends on the screen's size, such as a chart, was drawn again. */
    boolean fitsTheScreen() {
        return (Boolean) page.evaluate("""
                () => new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))
                  .then(() => document.documentElement.scrollWidth <= window.innerWidth)
                """);
    }

    /** Asserts that the page fits the narrowest screen, and that axe-core finds nothing, in light and dark, narrow and wide. */
    void looksAround(String name) {
        for (var scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
            page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(scheme));
            for (int width : List.of(NARROW, 390, 1280)) {
                page.setViewportSize(width, 800);
                picture("%s-%d-%s".formatted(name, width, scheme.name().toLowerCase(Locale.ROOT)));
                if (width != 390) {
                    isAccessible(name + " " + scheme + " " + width);
                }
            }
        }
        page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.LIGHT));
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
    void picture(String name) {
        if (Boolean.getBoolean("screenshots")) {
            page.bringToFront();
            page.screenshot(new Page.ScreenshotOptions()
                    .setPath(Path.of("target/screenshots", "console-" + name + ".png"))
                    .setFullPage(true));
        }
        if (!fitsTheScreen()) {
            complaints.add(name + " is wider than the screen: " + widest());
        }
    }

    private Object widest() {
        return page.evaluate("""
                () => [...document.querySelectorAll('body *')]
                  .filter(element => element.getBoundingClientRect().right > window.innerWidth + 1)
                  .slice(0, 5).map(element => element.outerHTML.slice(0, 120)).join(' | ')
                """);
    }

    @Override
    public void close() {
        context.close();
    }
}
