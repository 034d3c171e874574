package io.growalert.browser;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.TestInstancePostProcessor;

/** One browser, and one shop for each kind, for all tests. They start with the first test that needs them. */
public final class Town implements TestInstancePostProcessor {
    /** A browser with a window runs the tests too, in twice the time. */
    private static final Path PROGRAM = Path.of(System.getProperty("chromium", "/usr/bin/chromium-headless-shell"));

    private static final Namespace NAMESPACE = Namespace.create(Town.class);

    /** A browser without a window. */
    public record Chromium(Playwright playwright, Browser browser) implements AutoCloseable {
        public static Chromium start() {
            assumeTrue(Files.isExecutable(PROGRAM), PROGRAM + " is not installed");
            PlaywrightAssertions.setDefaultAssertionTimeout(20_000);
            var playwright = Playwright.create(
                    new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
            var browser = playwright
                    .chromium()
                    .launch(new BrowserType.LaunchOptions()
                            .setExecutablePath(PROGRAM)
                            .setArgs(List.of(
                                    "--no-sandbox",
                                    "--disable-background-networking",
                                    "--disable-component-update",
                                    "--disable-sync",
                                    "--no-first-run")));
            return new Chromium(playwright, browser);
        }

        @Override
        public void close() {
            browser.close();
            playwright.close();
        }
    }

    @Override
    public void postProcessTestInstance(Object test, ExtensionContext context) {
        var store = context.getRoot().getStore(NAMESPACE);
        var chromium = store.computeIfAbsent(Chromium.class, _ -> Chromium.start(), Chromium.class);
        var visits = (Visits) test;
        visits.browser = chromium.browser();
        var kind = visits.kind();
        visits.shop = store.computeIfAbsent(kind, _ -> opened(kind), Shop.class);
    }

    private static Shop opened(Shop.Kind kind) {
        try {
            return new Shop(kind);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
