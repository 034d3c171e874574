package io.growalert.browser.account;

import com.microsoft.playwright.assertions.PlaywrightAssertions;
import io.growalert.browser.Chromium;
import io.growalert.gateway.Gateway;
import io.growalert.sandbox.Options;
import io.growalert.sandbox.StripeSandbox;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.StoreScope;
import org.junit.jupiter.api.extension.TestInstancePostProcessor;
import org.springframework.context.ConfigurableApplicationContext;

/** The real gateway, the stand-in for Stripe.js, and a server in place of billing, for all test classes of this JVM. */
final class AccountTown implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 60_000;

    final AccountBackend billing;
    final StripeSandbox stripe;
    private final ConfigurableApplicationContext gateway;

    private AccountTown() throws IOException {
        billing = new AccountBackend();
        stripe = StripeSandbox.start(Options.defaults());
        gateway = Gateway.start(settings());
    }

    private Map<String, Object> settings() {
        var settings = new HashMap<String, Object>();
        settings.put("server.port", 0);
        settings.put("growalert.gateway.operator-token", "t".repeat(32));
        settings.put("growalert.gateway.routes.customers.requests", 100_000);
        settings.put("growalert.gateway.routes.pages.requests", 100_000);
        // what fails recovers within a test
        settings.put("growalert.gateway.breaker.calls", 10_000);
        settings.put("growalert.gateway.stripe.script", stripe.stubScript());
        settings.put("growalert.gateway.stripe.api", stripe.apiBase());
        settings.put("growalert.brand.terms", "https://farm.example.com/terms");
        settings.put("growalert.brand.privacy", "https://farm.example.com/privacy");
        settings.put("growalert.brand.support", "help@farm.example.com");
        settings.put("growalert.brand.tax", "Prices include 19 % VAT.");
        for (var backend : List.of("billing", "monitors", "dispatcher")) {
            settings.put("growalert.gateway.backends.%s.url".formatted(backend), billing.url());
        }
        return settings;
    }

    String address(String path) {
        return "http://127.0.0.1:%s%s"
                .formatted(gateway.getEnvironment().getRequiredProperty("local.server.port"), path);
    }

    @Override
    public void close() {
        gateway.close();
        stripe.close();
        billing.close();
    }

    /** Gives browser and town to each test; they start with the first one. */
    static final class TownOpening implements TestInstancePostProcessor {
        private static final Namespace NAMESPACE = Namespace.create(AccountTown.class);

        @Override
        public void postProcessTestInstance(Object test, ExtensionContext context) {
            var visits = (AccountVisits) test;
            visits.browser = Chromium.shared(context).browser();
            PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE_MILLIS);
            visits.town = context.getStore(StoreScope.LAUNCHER_SESSION, NAMESPACE)
                    .computeIfAbsent(AccountTown.class, _ -> opened(), AccountTown.class);
        }

        private static AccountTown opened() {
            try {
                return new AccountTown();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
