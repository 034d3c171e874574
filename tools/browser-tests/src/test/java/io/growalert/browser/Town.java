package io.growalert.browser;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.TestInstancePostProcessor;

/** One browser, and one shop for each kind, for all tests. They start with the first test that needs them. */
final class Town implements TestInstancePostProcessor {
    private static final Namespace NAMESPACE = Namespace.create(Town.class);

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
