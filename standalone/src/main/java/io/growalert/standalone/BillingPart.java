package io.growalert.standalone;

import io.growalert.billing.BillingService;
import io.growalert.billing.stripe.StripeKeys;
import io.growalert.runtime.StartFailure;
import io.growalert.sandbox.Options;
import io.growalert.sandbox.PlanPrice;
import io.growalert.sandbox.StripeSandbox;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.springframework.context.ConfigurableApplicationContext;

/** The billing-service with Stripe, or with the sandbox in its place. The service itself does not know which. */
final class BillingPart {
    private static final String MAIL = "growalert.billing.customer.mail";
    private static final List<PlanPrice> PLANS = List.of(
            new PlanPrice("growalert-monthly", "Monthly", 1_900, "eur", "month"),
            new PlanPrice("growalert-yearly", "Yearly", 19_000, "eur", "year"));

    private final StripeAccount account;
    private final UpSettings settings;
    private final DataFolder data;
    private final Path folder;
    private final BillingKeys keys;
    private final Map<String, String> environment;

    /**
     * @param data stores the keys, the sandbox's state, and the mails, unless the environment names a mail server or another folder
     * @param environment its settings of the offer replace those of the sandbox
     */
    BillingPart(StripeAccount account, UpSettings settings, DataFolder data, Map<String, String> environment) {
        this.account = account;
        this.settings = settings;
        this.data = data;
        folder = data.services().resolve("billing-service");
        requireSameAccount();
        this.keys = BillingKeys.in(folder.resolve("keys"));
        this.environment = Map.copyOf(environment);
    }

    /** Records of the sandbox must not mix with those of real customers. */
    private void requireSameAccount() {
        var file = folder.resolve("account");
        try {
            Files.createDirectories(folder);
            if (Files.exists(file)) {
                var kept = Files.readString(file).strip();
                if (!kept.isEmpty() && !kept.equals(account.mode())) {
                    throw new CannotRun(
                            "the records in this data folder belong to %s, not to %s: name another folder with --data"
                                    .formatted(kept, account.mode()));
                }
            }
            Files.writeString(file, account.mode());
        } catch (IOException e) {
            throw new CannotRun("%s cannot be read or written: %s".formatted(file, e.getMessage()), e);
        }
    }

    /** Its webhooks arrive through the gateway, as Stripe's do; a certificate of the gateway is for another name. */
    StripeSandbox startSandbox() {
        try {
            return StripeSandbox.start(Options.defaults()
                    .withPort(settings.sandboxPort())
                    .withJournal(Files.createDirectories(folder).resolve("sandbox.journal"))
                    .withWebhook(
                            URI.create("http://127.0.0.1:%d/webhook"
                                    .formatted(
                                            settings.https().isPresent()
                                                    ? settings.billingHttpPort()
                                                    : settings.httpPort())),
                            keys.webhook())
                    .withPrices(PLANS));
        } catch (IOException e) {
            throw new CannotRun("stripe-sandbox cannot start: " + e.getMessage(), e);
        }
    }

    ConfigurableApplicationContext startService(String kafka, PostgresTarget database) {
        var properties = new HashMap<String, Object>(Map.of(
                "server.port",
                settings.billingHttpPort(),
                "growalert.billing.database.url",
                database.url(),
                "growalert.billing.database.username",
                database.username(),
                "growalert.billing.database.password",
                database.password(),
                "growalert.identity.public-key-file",
                data.identityPublicKey()));
        properties.put("growalert.billing.kafka", kafka);
        settings.kafkaConfig().ifPresent(file -> properties.put("growalert.billing.kafka-config", file));
        unlessSet("growalert.billing.customer.session.keys", List.of(keys.cookie()), properties);
        if (mailServer(environment).isEmpty()) {
            unlessSet(MAIL + ".folder", data.mail(), properties);
            unlessSet(MAIL + ".site", settings.gatewayUrl(), properties);
        }
        switch (account) {
            case StripeAccount.Real real -> {
                properties.put("growalert.billing.stripe.api-base", "https://api.stripe.com");
                properties.put("growalert.billing.stripe.secret-key", real.secretKey());
                properties.put("growalert.billing.stripe.publishable-key", real.publishableKey());
                properties.put("growalert.billing.webhook.secrets", real.webhookSecrets());
            }
            case StripeAccount.Sandbox _ -> {
                properties.put("growalert.billing.stripe.api-base", "http://127.0.0.1:" + settings.sandboxPort());
                properties.put("growalert.billing.stripe.secret-key", StripeSandbox.SECRET_KEY);
                properties.put("growalert.billing.stripe.publishable-key", StripeSandbox.PUBLISHABLE_KEY);
                properties.put("growalert.billing.webhook.secrets", List.of(keys.webhook()));
                properties.put(
                        "growalert.billing.customer.prices",
                        PLANS.stream().map(PlanPrice::lookupKey).toList());
                unlessSet("growalert.billing.customer.device.amount", 4_900, properties);
                unlessSet("growalert.billing.customer.device.currency", "eur", properties);
            }
        }
        try {
            return BillingService.start(properties);
        } catch (StartFailure e) {
            throw CannotRun.because(e, BillingPart::withOurVariables);
        }
    }

    /** The standalone sets the keys by other variables. */
    private static String withOurVariables(String reason) {
        return reason.replace(StripeKeys.SECRET_KEY_VARIABLE, StripeAccount.Variable.STRIPE_SECRET_KEY.name())
                .replace(StripeKeys.PUBLISHABLE_KEY_VARIABLE, StripeAccount.Variable.STRIPE_PUBLISHABLE_KEY.name());
    }

    private void unlessSet(String property, Object value, Map<String, Object> properties) {
        if (!environment.containsKey(variable(property))) {
            properties.put(property, value);
        }
    }

    private static String variable(String property) {
        return property.replace("-", "").replace('.', '_').toUpperCase(Locale.ROOT);
    }

    /** Where mails to customers go: the mail server that the environment names, or a folder. */
    static String mails(Map<String, String> environment, Path folder) {
        return mailServer(environment)
                .map(host -> "sent through " + host)
                .orElseGet(
                        () -> "written to " + environment.getOrDefault(variable(MAIL + ".folder"), folder.toString()));
    }

    private static Optional<String> mailServer(Map<String, String> environment) {
        return Optional.ofNullable(environment.get(variable(MAIL + ".host")))
                .filter(host -> !host.isBlank() && !environment.containsKey(variable(MAIL + ".folder")));
    }
}
