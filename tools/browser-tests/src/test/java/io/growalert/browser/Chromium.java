package io.growalert.browser;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.StoreScope;

/** A browser without a window. */
public record Chromium(Playwright playwright, Browser browser) implements AutoCloseable {
    /** A browser with a window runs the tests too, in twice the time. */
    private static final Path PROGRAM = Path.of(System.getProperty("chromium", "/usr/bin/chromium-headless-shell"));

    private static final Namespace NAMESPACE = Namespace.create(Chromium.class);

    /**
     * The browser of all test classes of this JVM. It starts with the first one that needs it; the test is skipped where it is not
     * installed.
     */
    public static Chromium shared(ExtensionContext context) {
        var chromium = context.getStore(StoreScope.LAUNCHER_SESSION, NAMESPACE)
                .computeIfAbsent(Chromium.class, _ -> start(), Chromium.class);
        PlaywrightAssertions.setDefaultAssertionTimeout(20_000);
        return chromium;
    }

    private static Chromium start() {
        assumeTrue(Files.isExecutable(PROGRAM), PROGRAM + " is not installed");
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
