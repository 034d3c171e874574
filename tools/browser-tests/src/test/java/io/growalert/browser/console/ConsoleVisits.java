package io.growalert.browser.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import io.growalert.browser.Chromium;
import io.growalert.browser.console.ConsoleServices.Reply;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Each test has one operator with a separate browser profile; the gateway is the class's. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init")
abstract class ConsoleVisits {
    @RegisterExtension
    final BeforeAllCallback launch = this::launch;

    private Browser browser;
    ConsoleTown town;
    ConsoleServices services;
    ConsoleVisitor visitor;

    private void launch(ExtensionContext context) {
        browser = Chromium.shared(context).browser();
        PlaywrightAssertions.setDefaultAssertionTimeout(ConsoleTown.PATIENCE_MILLIS);
    }

    @BeforeAll
    void build() throws IOException {
        town = new ConsoleTown();
        services = town.services;
    }

    /** Without an open incident, and with five monitors that passed. */
    @BeforeEach
    void arrive() {
        services.shows("/api/incidents", List.of());
        services.shows("/api/silences", List.of());
        services.answers("GET", "/api/history/monitors", _ -> Reply.of(Shapes.counts(Map.of("PASSED", 5))));
        visitor = new ConsoleVisitor(browser, town);
    }

    @AfterEach
    void leave() {
        visitor.close();
        services.reset();
        assertThat(visitor.complaints).isEmpty();
    }

    @AfterAll
    void leaveTown() throws IOException {
        town.close();
    }
}
