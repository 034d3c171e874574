package io.growalert.browser;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Request;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.Cookie;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A customer with a separate browser profile, and the actions on the page. */
final class Visitor implements AutoCloseable {
    static final String GOOD_CARD = "4242424242424242";
    static final String DECLINED_CARD = "4000000000000002";
    /** Its bank requires a confirmation of each payment. */
    static final String ASKING_CARD = "4000002760003184";
    /** Its bank requires a confirmation on its own page. */
    static final String ELSEWHERE_CARD = "4000000000049009";
    /** Its payments are processing until they are settled. */
    static final String SLOW_CARD = "4000000000057770";

    /** The narrowest supported screen, in CSS pixels. */
    private static final int NARROW = 320;

    final String email = "grower-%s@example.com".formatted(UUID.randomUUID());
    Page page;
    /** Policy violations on the console, exceptions of the page, and pages wider than the screen. */
    final List<String> complaints = new ArrayList<>();

    private final BrowserContext context;
    private final Shop shop;
    private final String story;
    private final List<Request> requests = new ArrayList<>();
    private int pictures;

    Visitor(Browser browser, Shop shop, String story) {
        this.shop = shop;
        this.story = story;
        context = browser.newContext(new Browser.NewContextOptions().setViewportSize(NARROW, 640));
        context.setDefaultTimeout(20_000);
        page = newTab();
    }

    /** A tab of the same browser; it is the visible one once it is {@code page}. */
    Page newTab() {
        var tab = context.newPage();
        tab.onRequest(requests::add);
        tab.onPageError(complaints::add);
        tab.onConsoleMessage(message -> {
            if (message.text().contains("Content Security Policy")
                    || message.text().contains("Refused to")) {
                complaints.add(message.text());
            }
        });
        return tab;
    }

    /** Runs the script in each tab, before the scripts of a page. */
    void everyTabRuns(String script) {
        context.addInitScript(script);
    }

    /** The first request to this path gets this problem. */
    void failsOnce(String path, int status, String code, @Nullable Integer retryAfter) {
        var asked = new AtomicInteger();
        page.route("**/" + path, route -> {
            if (asked.getAndIncrement() == 0) {
                Problems.answer(route, status, code, retryAfter);
            } else {
                route.resume();
            }
        });
    }

    /** Closes the tab, and returns in another one. */
    void closesTheTabAndComesBack() {
        page.close();
        page = newTab();
        page.navigate(shop.address("/register.html").toString());
    }

    void losesTheNetwork(boolean lost) {
        context.setOffline(lost);
    }

    void hasCookie(String value) {
        context.addCookies(List.of(new Cookie("customer", value)
                .setUrl(shop.address("/").toString())
                .setHttpOnly(true)));
    }

    void opens() {
        page.navigate(shop.address("/register.html").toString());
        PlaywrightAssertions.assertThat(page.locator("#details")).isVisible();
    }

    void fills(int devices) {
        page.getByLabel("E-mail address").fill(email);
        page.getByLabel("Monthly").check();
        page.getByLabel("Number of monitor devices").fill(Integer.toString(devices));
        picture("order");
    }

    /** Presses the main button of the step. */
    void continues() {
        payButton().click();
    }

    void presses(String button) {
        page.getByRole(AriaRole.BUTTON, named(button)).click();
    }

    void orders(int devices) {
        fills(devices);
        continues();
        delivers();
        PlaywrightAssertions.assertThat(page.locator("#payment")).isVisible();
    }

    /** Enters the delivery address where the page asks for one. */
    void delivers() {
        waitsFor("#shipping", "#payment", "#devices");
        var asked = page.locator("#shipping");
        if (asked.isVisible()) {
            asked.getByLabel("Full name").fill("Greta Grower");
            asked.getByLabel("Street and number").fill("Gartenweg 7");
            asked.getByLabel("Postal code").fill("10115");
            asked.getByLabel("City").fill("Berlin");
            asked.getByLabel("Country").selectOption("DE");
            picture("delivery");
            continues();
            PlaywrightAssertions.assertThat(asked).isHidden();
        }
    }

    /** Waits until what the last button started has ended and one of these steps is shown. */
    void waitsFor(String... steps) {
        page.locator("main:not([aria-busy=true]) > :is(%s):visible".formatted(String.join(", ", steps)))
                .waitFor();
    }

    /** The first request to an address is executed, and its response lost. */
    void loses(String address) {
        var seen = new AtomicInteger();
        page.route(address, route -> {
            if (seen.getAndIncrement() == 0) {
                route.fetch();
                route.abort("connectionreset");
            } else {
                route.resume();
            }
        });
    }

    void types(String card) {
        delivers();
        shownForm().getByLabel("Card number").fill(card);
        shownForm().getByLabel("Expiration date").fill("12 / 34");
        shownForm().getByLabel("Security code").fill("123");
        shownForm().getByLabel("Postal code").fill("12345");
        picture("card");
    }

    private Locator shownForm() {
        return page.locator("section:not([hidden]) form");
    }

    Locator payButton() {
        return page.locator("section:not([hidden]) button.main");
    }

    void pays(String card) {
        types(card);
        payButton().click();
    }

    /** Confirms the payment to the bank, or does not. */
    void consents(boolean consent) {
        var dialog = page.getByRole(AriaRole.DIALOG);
        PlaywrightAssertions.assertThat(dialog).isVisible();
        picture("bank");
        dialog.getByText(consent ? "Complete authentication" : "Fail authentication")
                .click();
    }

    /** Waits for the bank's own page, and returns its address. */
    String bankPage() {
        page.waitForURL("**/bank");
        return page.url();
    }

    /** Confirms the payment on the bank's own page, or does not; the page redirects back. */
    void answersElsewhere(boolean consent) {
        bankPage();
        page.getByText(consent ? "Complete authentication" : "Fail authentication")
                .click();
        page.waitForURL("**/register.html*");
    }

    List<Request> allRequests() {
        return List.copyOf(requests);
    }

    void seesProblem(String words) {
        var problem = page.locator(".problem:visible");
        PlaywrightAssertions.assertThat(problem).containsText(words);
        PlaywrightAssertions.assertThat(problem).isFocused();
        picture("problem");
    }

    void seesSuccess() {
        PlaywrightAssertions.assertThat(page)
                .hasURL(shop.address("/success.html").toString());
        PlaywrightAssertions.assertThat(page.locator("#bought-title")).isFocused();
        PlaywrightAssertions.assertThat(page.locator("#bought")).containsText(email);
        picture("success");
    }

    /** The idempotency keys of the requests to a path, in order. */
    List<String> keysTo(String path) {
        return requestsTo(path).stream()
                .map(request -> request.headers().getOrDefault("idempotency-key", ""))
                .toList();
    }

    List<Request> requestsTo(String path) {
        return requests.stream()
                .filter(request -> request.method().equals("POST")
                        && URI.create(request.url()).getPath().matches(path))
                .toList();
    }

    boolean fitsTheScreen() {
        return (Boolean) page.evaluate("document.documentElement.scrollWidth <= window.innerWidth");
    }

    /** Asserts that the page fits the screen. {@code -Dtest.args=-Dscreenshots=true} also takes a screenshot. */
    void picture(String step) {
        var name = "%s-%d-%s.png".formatted(story, ++pictures, step);
        if (Boolean.getBoolean("screenshots")) {
            // a background tab is not painted
            page.bringToFront();
            page.screenshot(new Page.ScreenshotOptions()
                    .setPath(Path.of("target/screenshots", name))
                    .setFullPage(true));
        }
        if (!fitsTheScreen()) {
            complaints.add(name + " is wider than the screen");
        }
    }

    /** The same on a desktop. */
    void widePicture(String step) {
        page.setViewportSize(1280, 800);
        picture(step + "-wide");
        page.setViewportSize(NARROW, 640);
    }

    private static Page.GetByRoleOptions named(String name) {
        return new Page.GetByRoleOptions().setName(name);
    }

    @Override
    public void close() {
        context.close();
    }
}
