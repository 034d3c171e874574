package io.growalert.benchmarks.billing;

import static java.util.Map.entry;

import io.growalert.benchmarks.process.ServiceProcess;
import io.growalert.billing.BillingService;
import io.growalert.sandbox.StripeSandbox;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/** The billing-service as the benchmarks start it. */
final class BillingInstance {
    static final String WEBHOOK_SECRET = "whsec_benchmark";

    /** No session is ever opened. */
    private static final String SESSION_KEY = Base64.getEncoder().encodeToString(new byte[32]);

    private BillingInstance() {}

    /** Starts it and returns at once. */
    static ServiceProcess start(Path console, int port, String databaseUrl, String kafka, URI stripe)
            throws IOException {
        return new ServiceProcess(
                BillingService.class,
                console,
                port,
                "/actuator/health",
                List.of("-Xmx1g", "-XX:+UseSerialGC"),
                settings(databaseUrl, kafka, stripe));
    }

    static Map<String, String> settings(String databaseUrl, String kafka, URI stripe) {
        return Map.ofEntries(
                entry("growalert.identity.public-key", BillingOperator.publicKey()),
                entry("growalert.billing.kafka", kafka),
                entry("growalert.billing.database.url", databaseUrl),
                entry("growalert.billing.database.username", "postgres"),
                entry("growalert.billing.stripe.api-base", stripe.toString()),
                entry("growalert.billing.stripe.secret-key", StripeSandbox.SECRET_KEY),
                entry("growalert.billing.stripe.publishable-key", StripeSandbox.PUBLISHABLE_KEY),
                entry("growalert.billing.webhook.secrets[0]", WEBHOOK_SECRET),
                entry("growalert.billing.customer.prices[0]", "basic"),
                entry("growalert.billing.customer.device.amount", "4900"),
                entry("growalert.billing.customer.device.currency", "eur"),
                entry("growalert.billing.customer.session.keys[0]", SESSION_KEY));
    }
}
