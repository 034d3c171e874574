package io.growalert.billing.setup;

import io.growalert.billing.stripe.StripeKeys;
import io.growalert.billing.stripe.StripeSettings;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/** Billing's settings as the environment has them, for commands that run without the service. None is required. */
public final class EnvironmentSettings {
    private static final String PREFIX = "growalert.billing.";
    /** The variables of compose, of which {@code growalert up} has those of the keys and of Stripe's address. */
    static final Map<String, String> SHORT = Map.of(
            "STRIPE_SECRET_KEY", StripeKeys.SECRET_KEY_VARIABLE,
            "STRIPE_PUBLISHABLE_KEY", StripeKeys.PUBLISHABLE_KEY_VARIABLE,
            "STRIPE_API_BASE", StripeKeys.API_BASE_VARIABLE,
            "STRIPE_PRICES", "GROWALERT_BILLING_CUSTOMER_PRICES",
            "DEVICE_PRICE", "GROWALERT_BILLING_CUSTOMER_DEVICE_PRICE",
            "DEVICE_AMOUNT", "GROWALERT_BILLING_CUSTOMER_DEVICE_AMOUNT",
            "DEVICE_CURRENCY", "GROWALERT_BILLING_CUSTOMER_DEVICE_CURRENCY",
            "CUSTOMER_PORTAL", "GROWALERT_BILLING_CUSTOMER_PORTAL",
            "MAIL_SITE", "GROWALERT_BILLING_CUSTOMER_MAIL_SITE",
            "BRAND_NAME", "GROWALERT_BRAND_NAME");

    private final Binder binder;

    public EnvironmentSettings(Map<String, String> environment) {
        var all = new HashMap<String, Object>();
        SHORT.forEach((name, variable) -> {
            var value = environment.getOrDefault(name, "").strip();
            if (!value.isEmpty()) {
                all.put(variable, value);
            }
        });
        // billing's own names take precedence, as in the service
        environment.forEach((name, value) -> {
            if (!value.isBlank()) {
                all.put(name, value);
            }
        });
        var source =
                new SystemEnvironmentPropertySource(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, all);
        binder = new Binder(ConfigurationPropertySources.from(source));
    }

    /**
     * The connection to Stripe.
     *
     * @param key in place of the environment's
     * @throws IllegalArgumentException in one line: no key, none of Stripe's format, or a setting that cannot be read
     */
    public Optional<StripeSettings> stripe(Optional<String> key) {
        var settings = bound("stripe", Bindable.of(StripeSettings.class), true).orElseThrow();
        var secret = key.orElseGet(() -> settings.secretKey().value());
        if (secret.isEmpty()) {
            return Optional.empty();
        }
        if (!StripeKeys.isSecret(secret)) {
            throw new IllegalArgumentException("the secret key must be sk_... or rk_...");
        }
        if (StripeKeys.isLive(secret) && !"https".equals(settings.apiBase().getScheme())) {
            throw new IllegalArgumentException(
                    StripeKeys.API_BASE_VARIABLE + " must be https://... with a key that is live");
        }
        return Optional.of(settings.withSecretKey(secret));
    }

    /** The lookup keys of the prices on offer. */
    public List<String> prices() {
        return bound("customer.prices", Bindable.listOf(String.class), false).orElse(List.of());
    }

    /** The lookup key of the device's price. */
    public Optional<String> devicePrice() {
        return bound("customer.device.price", Bindable.of(String.class), false);
    }

    /** In the currency's smallest unit. */
    public Optional<Long> deviceAmount() {
        return bound("customer.device.amount", Bindable.of(Long.class), false);
    }

    public Optional<String> deviceCurrency() {
        return bound("customer.device.currency", Bindable.of(String.class), false);
    }

    /** Whether customers may open Stripe's Customer Portal. */
    public boolean portal() {
        return bound("customer.portal", Bindable.of(Boolean.class), false).orElse(false);
    }

    /** The brand's name. */
    public Optional<String> brand() {
        return Optional.ofNullable(
                        binder.bind("growalert.brand.name", String.class).orElse(null))
                .map(String::strip);
    }

    /** Where customers reach the gateway. */
    public Optional<URI> site() {
        return bound("customer.mail.site", Bindable.of(URI.class), false);
    }

    private <T> Optional<T> bound(String name, Bindable<T> type, boolean orDefaults) {
        try {
            return orDefaults
                    ? Optional.of(binder.bindOrCreate(PREFIX + name, type))
                    : Optional.ofNullable(binder.bind(PREFIX + name, type).orElse(null));
        } catch (BindException e) {
            // its message quotes the value, which may be secret
            throw new IllegalArgumentException("%s cannot be read".formatted(e.getName()), e);
        }
    }
}
