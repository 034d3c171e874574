package io.growalert.billing.customer;

import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** The service of a class of tests, which it starts and stops. Faults at Stripe end with each test. */
public abstract class BillingScene implements BeforeAllCallback, AfterEachCallback, AfterAllCallback {
    private @Nullable Running running;

    protected abstract Running start() throws IOException;

    /** From the first test of the class until the last. */
    public final Running billing() {
        return Objects.requireNonNull(running, "started by a static field with @RegisterExtension");
    }

    @Override
    public final void beforeAll(ExtensionContext context) throws IOException {
        running = start();
    }

    @Override
    public final void afterEach(ExtensionContext context) {
        reset();
    }

    /** After each test. */
    protected void reset() {
        billing().stripe.faults().clear();
    }

    @Override
    public final void afterAll(ExtensionContext context) throws IOException {
        if (running != null) {
            running.close();
        }
        stopped();
    }

    /** After the service. */
    protected void stopped() throws IOException {}
}
