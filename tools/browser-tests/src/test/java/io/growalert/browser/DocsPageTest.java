package io.growalert.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import io.growalert.gateway.Gateway;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.context.ConfigurableApplicationContext;

/** The documentation in Chromium, with no service behind the gateway. */
class DocsPageTest {
    private static final String TOKEN = "an-operator-token-of-a-test";

    private static ConfigurableApplicationContext gateway;
    private static String address;

    @SuppressWarnings("NullAway.Init") // before all tests
    private static Chromium chromium;

    @RegisterExtension
    static final BeforeAllCallback LAUNCH = context -> chromium = Chromium.shared(context);

    private final List<String> complaints = new ArrayList<>();

    @BeforeAll
    static void start() {
        gateway = Gateway.start(Map.of("server.port", 0, "growalert.gateway.operator-token", TOKEN));
        address = "http://127.0.0.1:" + gateway.getEnvironment().getRequiredProperty("local.server.port");
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @Test
    void without_the_token_the_documentation_is_unauthorized() {
        try (var context = chromium.browser().newContext()) {
            var page = context.newPage();
            page.navigate(address + "/success.html");
            for (var path : List.of("/docs", "/docs/openapi.yaml", "/docs/docs.js")) {
                assertThat(page.evaluate(
                                "path => fetch(path, {credentials: 'omit'}).then(answer => answer.status)", path))
                        .isEqualTo(401);
            }
        }
    }

    @Test
    void with_the_token_as_a_password_the_operations_are_listed_and_can_be_tried_out() {
        try (var context =
                chromium.browser().newContext(new Browser.NewContextOptions().setHttpCredentials("operator", TOKEN))) {
            context.setDefaultTimeout(20_000);
            var page = watched(context.newPage());

            assertThat(page.navigate(address + "/docs").status()).isEqualTo(200);

            var operations = page.locator(".opblock");
            assertThat(operations.first()).isVisible();
            assertThat(page.getByText("Create a customer")).isVisible();
            assertThat(page.getByText("Redrive a parked delivery")).isVisible();
            page.screenshot(new Page.ScreenshotOptions().setPath(Path.of("target/screenshots/docs.png")));
            tryOut(page, "#operations-health-getHealth", "\"DEGRADED\"");
            authorize(page);
            tryOut(page, "#operations-health-getGatewayHealth", "\"components\"");
            page.screenshot(new Page.ScreenshotOptions().setPath(Path.of("target/screenshots/docs-tried.png")));
        }
        assertThat(complaints).isEmpty();
    }

    private Page watched(Page page) {
        page.onPageError(complaints::add);
        page.onConsoleMessage(message -> {
            if (message.type().equals("error") || message.text().contains("Content Security Policy")) {
                complaints.add(message.text());
            }
        });
        page.onRequest(request -> {
            if (!request.url().startsWith(address) && !request.url().startsWith("data:")) {
                complaints.add("asked " + request.url());
            }
        });
        return page;
    }

    private static void authorize(Page page) {
        page.locator(".auth-wrapper .authorize").first().click();
        var dialog = page.locator(".dialog-ux");
        dialog.locator("#auth-bearer-value").fill(TOKEN);
        dialog.locator("form")
                .filter(withBearer(page))
                .locator("button.authorize")
                .click();
        dialog.locator(".close-modal").click();
    }

    private static com.microsoft.playwright.Locator.FilterOptions withBearer(Page page) {
        return new com.microsoft.playwright.Locator.FilterOptions().setHas(page.locator("#auth-bearer-value"));
    }

    private static void tryOut(Page page, String operation, String expected) {
        var block = page.locator(operation);
        block.locator(".opblock-summary-control").click();
        block.getByRole(AriaRole.BUTTON, new com.microsoft.playwright.Locator.GetByRoleOptions().setName("Try it out"))
                .click();
        block.locator("button.execute").click();
        assertThat(block.locator(".live-responses-table .response .microlight, .live-responses-table pre")
                        .first())
                .containsText(expected);
    }
}
