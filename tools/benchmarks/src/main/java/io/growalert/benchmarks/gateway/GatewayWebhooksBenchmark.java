package io.growalert.benchmarks.gateway;

import io.growalert.benchmarks.billing.BillingDatabase;
import io.growalert.benchmarks.billing.BillingServers;
import io.growalert.benchmarks.billing.CpuUse;
import io.growalert.benchmarks.billing.FreshWebhooks;
import io.growalert.benchmarks.billing.StripeHistory;
import io.growalert.benchmarks.load.SignedWebhook;
import io.growalert.benchmarks.load.WebhookLoad;
import io.growalert.benchmarks.process.PortRange;
import io.growalert.benchmarks.process.ServiceProcess;
import io.growalert.benchmarks.report.Report;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * How many webhooks billing accepts, each acknowledged when it is on disk, directly and through the gateway in turn. The load,
 * billing and its PostgreSQL are the same.
 *
 * <p>Arguments: connections (32), seconds a round (10), rounds (5).
 */
final class GatewayWebhooksBenchmark {
    private static final String DATABASE = "webhooks";
    private static final int HISTORY = 5_000;
    private static final int WARM = 20_000;
    private static final int WARM_SECONDS = 30;

    private final FreshWebhooks webhooks;
    private final int connections;
    private final int seconds;
    private final List<String> refused = new ArrayList<>();

    private GatewayWebhooksBenchmark(FreshWebhooks webhooks, int connections, int seconds) {
        this.webhooks = webhooks;
        this.connections = connections;
        this.seconds = seconds;
    }

    /** One way to billing, and what it came to in each round, in acknowledgements a second and in milliseconds. */
    private record Way(String name, int port, List<Double> rate, List<Double> p50, List<Double> p99) {
        Way(String name, int port) {
            this(name, port, new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        }

        void print() {
            Report.print("%-8s %6.0f webhooks/s, p50 %.1f ms, p99 %.1f ms"
                    .formatted(name, Report.quantile(rate, 0.5), Report.quantile(p50, 0.5), Report.quantile(p99, 0.5)));
        }
    }

    public static void main(String... args) throws Exception {
        int connections = args.length > 0 ? Integer.parseInt(args[0]) : 32;
        int seconds = args.length > 1 ? Integer.parseInt(args[1]) : 10;
        int rounds = args.length > 2 ? Integer.parseInt(args[2]) : 5;
        var report = new Report();
        try (var stripe = StripeHistory.of(HISTORY, false);
                var backing = BillingServers.start()) {
            backing.postgres().createDatabase(DATABASE);
            try (var billing = backing.billing(DATABASE, PortRange.free(0), DATABASE, stripe.apiBase());
                    var gateway = GatewayInstance.start(
                            backing.folder().resolve("gateway.log"),
                            billing.port(),
                            billing.port(),
                            GatewayInstance.UNLIMITED);
                    var database = BillingDatabase.of(backing.postgres(), DATABASE)) {
                billing.awaitHealthy();
                gateway.awaitHealthy();
                database.applyFrom(BillingDatabase.IN_A_DAY);
                new GatewayWebhooksBenchmark(new FreshWebhooks(stripe.history()), connections, seconds)
                        .measure(backing, billing, gateway, database, rounds, report);
            }
        }
        System.exit(report.conclude());
    }

    private void measure(
            BillingServers backing,
            ServiceProcess billing,
            ServiceProcess gateway,
            BillingDatabase database,
            int rounds,
            Report report)
            throws Exception {
        var direct = new Way("direct", billing.port());
        var through = new Way("gateway", gateway.port());
        var ways = List.of(direct, through);
        long taken = 0;
        for (var way : ways) {
            taken += send(way, webhooks.signed(WARM), WARM_SECONDS).seconds().size();
        }
        for (int round = 1; round <= rounds; round++) {
            for (var way : ways) {
                var fresh = webhooks.signed(seconds * FreshWebhooks.MOST_PER_SECOND);
                double before = gateway.cpuSeconds();
                var cpu = CpuUse.now(backing, billing);
                var outcome = send(way, fresh, seconds);
                var used = CpuUse.now(backing, billing).since(cpu);
                double gatewayUsed = gateway.cpuSeconds() - before;
                taken += outcome.seconds().size();
                way.rate().add(outcome.perSecond());
                way.p50().add(Report.quantile(outcome.seconds(), 0.5) * 1_000);
                way.p99().add(Report.quantile(outcome.seconds(), 0.99) * 1_000);
                Report.print(
                        "round %d, %-7s %6.0f webhooks/s, p50 %.1f ms, p99 %.1f ms, not accepted %s; CPU %s, gateway %.2f"
                                .formatted(
                                        round,
                                        way.name(),
                                        outcome.perSecond(),
                                        way.p50().getLast(),
                                        way.p99().getLast(),
                                        outcome.refusals(),
                                        used,
                                        gatewayUsed * 1e9 / outcome.took().toNanos()));
            }
        }
        ways.forEach(Way::print);
        report.check("every webhook was answered with 200", refused);
        long stored = database.count("select count(*) from billing.stripe_events");
        report.check(
                "all of %,d that got a 200 are stored".formatted(taken),
                stored == taken,
                "%,d are stored".formatted(stored));
        double ratio = Report.quantile(through.rate(), 0.5) / Report.quantile(direct.rate(), 0.5);
        report.checkBound("webhooks through the gateway, by the direct ones", ratio, ratio >= 0.6, "at least 0.6");
    }

    private WebhookLoad.Outcome send(Way way, List<SignedWebhook> fresh, int seconds) throws IOException {
        var outcome = FreshWebhooks.send(fresh, way.port(), connections, seconds);
        outcome.refusals()
                .forEach((status, times) ->
                        refused.add("%s: %d x %d, such as %s".formatted(way.name(), times, status, outcome.example())));
        return outcome;
    }
}
