package io.growalert.billing.customer;

import io.growalert.billing.customer.settings.CustomerSettings;
import io.growalert.billing.stripe.StripeSettings;
import io.growalert.definitions.Secret;
import java.net.URI;
import java.time.Duration;
import java.util.List;

/** Settings of tests that need no whole service. */
public final class Settings {
    private Settings() {}

    public static StripeSettings stripe() {
        return new StripeSettings(
                URI.create("http://127.0.0.1"),
                new Secret("sk_test_1"),
                "pk_test_1",
                Duration.ofSeconds(5),
                Duration.ofSeconds(20),
                2,
                20,
                null,
                Duration.ofSeconds(10));
    }

    public static CustomerSettings customer() {
        return offering(List.of("basic", "premium"));
    }

    public static CustomerSettings offering(List<String> prices) {
        return new CustomerSettings(
                prices,
                0,
                List.of(),
                Duration.ofSeconds(10),
                new CustomerSettings.Device(4_900, "eur", 100, ""),
                new CustomerSettings.Session(
                        List.of(new Secret(Running.KEY)), Duration.ofDays(30), Duration.ofDays(180)),
                new CustomerSettings.CustomerLimits(5, 10, Duration.ofHours(1), Duration.ofHours(1), 20, 50, 60, 300),
                new CustomerSettings.Mail(
                        "",
                        null,
                        25,
                        "",
                        new Secret(""),
                        CustomerSettings.Mail.Security.NONE,
                        "GrowAlert <growalert@localhost>",
                        null,
                        "/register.html"),
                false);
    }
}
