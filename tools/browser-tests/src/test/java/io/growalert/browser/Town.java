package io.growalert.browser;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.StoreScope;
import org.junit.jupiter.api.extension.TestInstancePostProcessor;

/**
 * One browser, and one shop for each kind, for all test classes of this JVM. They start with the first test that needs them. The
 * root's store would end with each class: Surefire runs classes one by one when several JVMs share them.
 */
final class Town implements TestInstancePostProcessor {
    private static final Namespace NAMESPACE = Namespace.create(Town.class);

    @Override
    public void postProcessTestInstance(Object test, ExtensionContext context) {
        var visits = (Visits) test;
        visits.browser = Chromium.shared(context).browser();
        var kind = visits.kind();
        visits.shop = context.getStore(StoreScope.LAUNCHER_SESSION, NAMESPACE)
                .computeIfAbsent(kind, _ -> opened(kind), Shop.class);
    }

    private static Shop opened(Shop.Kind kind) {
        try {
            return new Shop(kind);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
