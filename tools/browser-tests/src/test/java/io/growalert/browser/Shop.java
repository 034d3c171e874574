package io.growalert.browser;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.growalert.billing.BillingService;
import io.growalert.gateway.Gateway;
import io.growalert.sandbox.Options;
import io.growalert.sandbox.PlanPrice;
import io.growalert.sandbox.StripeSandbox;
import io.growalert.testkit.FreePort;
import io.growalert.testkit.TestKafka;
import io.growalert.testkit.TestPostgres;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.context.ConfigurableApplicationContext;

/** The system behind a customer's browser: gateway, billing, PostgreSQL, Kafka, and the sandbox in place of Stripe. */
final class Shop implements AutoCloseable {
    private static final String WEBHOOK_SECRET = "whsec_shop";

    private final TestPostgres database = new TestPostgres();
    private final StripeSandbox stripe;
    final Mailbox mailbox = new Mailbox();
    private final ConfigurableApplicationContext billing;
    private final ConfigurableApplicationContext gateway;
    final Witness witness;
    private final int port = FreePort.next();
    private final Kind kind;

    /**
     * The settings of a shop; tests with the same ones share it.
     *
     * @param trialDays how long a subscription is free at first
     * @param deviceAmount of one device, in the smallest unit of {@code deviceCurrency}
     */
    record Kind(int trialDays, int deviceAmount, String deviceCurrency) {
        static final Kind PLAIN = new Kind(0, 4_900, "eur");
    }

    Shop(Kind kind) throws IOException {
        this.kind = kind;
        stripe = StripeSandbox.start(Options.defaults()
                .withPrices(List.of(
                        new PlanPrice("growalert-monthly", "Monthly", 1_900, "eur", "month"),
                        new PlanPrice("growalert-yearly", "Yearly", 19_000, "eur", "year")))
                .withWebhook(address("/webhook"), WEBHOOK_SECRET));
        billing = BillingService.start(billingSettings());
        gateway = Gateway.start(gatewaySettings());
        witness = new Witness(database.dataSource(), TestKafka.bootstrapServers());
    }

    private Map<String, Object> billingSettings() {
        var settings = new HashMap<String, Object>();
        settings.put("server.port", 0);
        settings.put("growalert.billing.kafka", TestKafka.bootstrapServers());
        settings.put("growalert.billing.partitions", 1);
        settings.put("growalert.billing.database.url", database.url());
        settings.put("growalert.billing.database.username", "postgres");
        settings.put("growalert.billing.stripe.api-base", stripe.apiBase());
        settings.put("growalert.billing.stripe.secret-key", StripeSandbox.SECRET_KEY);
        settings.put("growalert.billing.stripe.publishable-key", StripeSandbox.PUBLISHABLE_KEY);
        settings.put("growalert.billing.webhook.secrets", List.of(WEBHOOK_SECRET));
        settings.put("growalert.billing.customer.prices", List.of("growalert-monthly", "growalert-yearly"));
        settings.put("growalert.billing.customer.trial-days", kind.trialDays());
        settings.put("growalert.billing.customer.device.amount", kind.deviceAmount());
        settings.put("growalert.billing.customer.device.currency", kind.deviceCurrency());
        settings.put("growalert.billing.customer.limits.customers-per-address", 1_000);
        settings.put("growalert.billing.customer.limits.failures-per-address", 1_000);
        settings.put("growalert.billing.customer.session.keys", List.of(sessionKey()));
        settings.putAll(mailbox.settings(address("/")));
        return settings;
    }

    private Map<String, Object> gatewaySettings() {
        var billingUrl = "http://127.0.0.1:" + billing.getEnvironment().getProperty("local.server.port");
        var settings = new HashMap<String, Object>();
        settings.put("server.port", port);
        settings.put("growalert.gateway.operator-token", "t".repeat(32));
        settings.put("growalert.gateway.backends.billing.url", billingUrl);
        settings.put("growalert.gateway.backends.monitors.url", billingUrl);
        settings.put("growalert.gateway.backends.dispatcher.url", billingUrl);
        settings.put("growalert.gateway.routes.customers.requests", 10_000);
        settings.put("growalert.gateway.routes.pages.requests", 10_000);
        settings.put("growalert.gateway.routes.webhook.requests", 10_000);
        settings.put("growalert.gateway.stripe.script", stripe.stubScript());
        settings.put("growalert.gateway.stripe.api", stripe.apiBase());
        return settings;
    }

    /** The expired cookie of a customer with this e-mail address. */
    String oldCookie(String email) {
        var settings = new HashMap<>(billingSettings());
        settings.put("growalert.billing.customer.session.expiry", "1s");
        try (var before = BillingService.start(settings)) {
            var port = before.getEnvironment().getRequiredProperty("local.server.port");
            var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:%s/create-customer".formatted(port)))
                    .header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofString("{\"email\": \"%s\"}".formatted(email)))
                    .build();
            var cookie = answer(request).headers().firstValue("Set-Cookie").orElseThrow();
            return cookie.substring("customer=".length(), cookie.indexOf(';'));
        }
    }

    private static String sessionKey() {
        return Base64.getEncoder().encodeToString("s".repeat(32).getBytes(UTF_8));
    }

    URI address(String path) {
        return URI.create("http://127.0.0.1:%d%s".formatted(port, path));
    }

    /** Lets a processing payment succeed or fail. */
    void settle(String payment, boolean success) {
        var address =
                stripe.apiBase().resolve("/sandbox/payment_intents/%s/settle?success=%s".formatted(payment, success));
        answer(HttpRequest.newBuilder(address).POST(BodyPublishers.noBody()).build());
    }

    private static HttpResponse<String> answer(HttpRequest request) {
        try (var http = HttpClient.newHttpClient()) {
            var answer = http.send(request, BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                throw new IllegalStateException(answer.body());
            }
            return answer;
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() throws IOException {
        witness.close();
        gateway.close();
        billing.close();
        stripe.close();
        mailbox.close();
        database.close();
    }
}
