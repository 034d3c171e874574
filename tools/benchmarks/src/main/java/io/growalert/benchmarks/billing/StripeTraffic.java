package io.growalert.benchmarks.billing;

import io.growalert.benchmarks.process.Await;
import io.growalert.benchmarks.process.PostgresProcess;
import io.growalert.benchmarks.report.Report;
import io.growalert.sandbox.Options;
import io.growalert.sandbox.StripeSandbox;
import java.io.IOException;
import java.net.URI;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** The sandbox in place of Stripe, with customers that live in it, and webhooks to a gateway, which it retries until they are accepted. */
public final class StripeTraffic implements AutoCloseable {
    private static final Duration STEP = Duration.ofMillis(250);
    private static final Duration PATIENCE = Duration.ofMinutes(4);
    private static final int AT_ONCE = 50;

    private final StripeSandbox sandbox;
    private final SandboxClient client;
    private final Thread customers = Thread.ofPlatform().unstarted(this::live);
    private volatile boolean stopped;

    /** @param gateway the port that webhooks go to */
    public StripeTraffic(int gateway) throws IOException {
        sandbox = StripeSandbox.start(Options.defaults()
                .withPrices(StripeHistory.prices())
                .withWebhook(
                        URI.create("http://127.0.0.1:%d/webhook".formatted(gateway)), BillingInstance.WEBHOOK_SECRET));
        client = new SandboxClient(sandbox.apiBase());
    }

    /** Of a billing-service that belongs to this sandbox, by property name. */
    public Map<String, String> settings(String databaseUrl, String kafka) {
        var settings = new HashMap<>(BillingInstance.settings(databaseUrl, kafka, sandbox.apiBase()));
        // all customers have one address
        settings.put("growalert.billing.customer.limits.customers-per-address", "100000");
        return settings;
    }

    public URI apiBase() {
        return sandbox.apiBase();
    }

    /** From now on customers register, subscribe, pay and so on. */
    public void start() {
        customers.start();
    }

    private void live() {
        var random = new Random(15);
        var prices = new ArrayList<String>();
        client.get("/v1/prices")
                .path("data")
                .forEach(price -> prices.add(price.path("id").asString()));
        var living = new ArrayList<SimulatedCustomer>();
        try {
            for (int number = 0; !stopped; ) {
                if (living.size() < AT_ONCE) {
                    living.add(new SimulatedCustomer(client, random, prices, number++, null));
                }
                int chosen = random.nextInt(living.size());
                living.get(chosen).step();
                if (living.get(chosen).isGone()) {
                    living.remove(chosen);
                }
                TimeUnit.MILLISECONDS.sleep(STEP.toMillis());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends the traffic. */
    public void stop() throws InterruptedException {
        stopped = true;
        if (customers.isAlive()) {
            customers.join();
        }
    }

    /** Whether each event is stored, applied and published as it is promised. */
    public void judge(Report report, PostgresProcess postgres, String database, String broker)
            throws SQLException, InterruptedException {
        stop();
        boolean delivered =
                Await.happens(PATIENCE, () -> client.get("/v1/events", "delivery_success", "false", "limit", "1")
                        .path("data")
                        .isEmpty());
        report.check("Stripe's webhooks are all accepted", delivered, "some are not after 4 min");
        try (var billing = BillingDatabase.of(postgres, database)) {
            report.check("billing settles", billing.awaitSettled(PATIENCE), "see above");
            var lost = new ArrayList<>(StripeHistory.events(client).stream()
                    .map(EventHistory.Event::id)
                    .toList());
            int all = lost.size();
            lost.removeAll(billing.eventIds());
            report.check("all of %,d events of Stripe are stored".formatted(all), lost);
            report.check(
                    "no event of Stripe is parked",
                    List.copyOf(new HashSet<>(billing.parked().keySet())));
            BillingTopic.read(broker).judge(report, billing);
        }
    }

    @Override
    public void close() {
        stopped = true;
        customers.interrupt();
        sandbox.close();
    }
}
