package io.growalert.benchmarks.billing;

import io.growalert.benchmarks.load.SignedWebhook;
import io.growalert.benchmarks.load.TrivialServer;
import io.growalert.benchmarks.load.WebhookLoad;
import io.growalert.benchmarks.process.PortRange;
import io.growalert.benchmarks.process.ServiceProcess;
import io.growalert.benchmarks.report.Report;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;

/**
 * How many webhooks billing accepts, each acknowledged when it is on disk, beside what pgbench inserts into the same server; and
 * then how soon rows and topic hold them all.
 *
 * <p>Arguments: connections (32), seconds a round (10), events that are applied (50000).
 */
final class WebhooksBenchmark {
    private static final String DATABASE = "webhooks";
    private static final int ROUNDS = 5;
    private static final int PAYLOADS = 8;
    private static final int HISTORY = 5_000;
    /** Histories applied before the measurement: until then the JVM's compiler takes more processor time than the applying. */
    private static final int WARM = 8;

    private final FreshWebhooks webhooks;
    private final int connections;
    private final int seconds;

    private WebhooksBenchmark(FreshWebhooks webhooks, int connections, int seconds) {
        this.webhooks = webhooks;
        this.connections = connections;
        this.seconds = seconds;
    }

    public static void main(String... args) throws Exception {
        int connections = args.length > 0 ? Integer.parseInt(args[0]) : 32;
        int seconds = args.length > 1 ? Integer.parseInt(args[1]) : 10;
        int events = args.length > 2 ? Integer.parseInt(args[2]) : 50_000;
        var report = new Report();
        try (var stripe = StripeHistory.of(HISTORY, false);
                var proxy = new CountingProxy(stripe.apiBase());
                var backing = BillingServers.start()) {
            var webhooks = new FreshWebhooks(stripe.history());
            var benchmark = new WebhooksBenchmark(webhooks, connections, seconds);
            benchmark.tellCeiling();
            backing.postgres().createDatabase(DATABASE);
            try (var billing = backing.billing(DATABASE, PortRange.free(0), DATABASE, proxy.address())) {
                billing.awaitHealthy();
                try (var database = BillingDatabase.of(backing.postgres(), DATABASE)) {
                    database.applyFrom(BillingDatabase.IN_A_DAY);
                    benchmark.measureStored(backing, billing, report);
                    database.applyFrom(BillingDatabase.AT_ONCE);
                    proxy.forget();
                    benchmark.measureApplied(backing, billing, database, events, proxy, report);
                }
            }
        }
        System.exit(report.conclude());
    }

    /** The maximum of the load itself: a server that does nothing must accept much more than billing does. */
    private void tellCeiling() throws IOException {
        var sizes = webhooks.templates().stream()
                .map(template -> template.size() / 1_000.0)
                .toList();
        Report.print("bodies: median %.1f KB, 10th percentile %.1f, 90th %.1f"
                .formatted(Report.quantile(sizes, 0.5), Report.quantile(sizes, 0.1), Report.quantile(sizes, 0.9)));
        try (var server = new TrivialServer()) {
            send(server.port(), 20_000);
            Report.print("the load alone, against a server that does nothing: %.0f/s"
                    .formatted(send(server.port(), 40_000).perSecond()));
        }
    }

    private void measureStored(BillingServers backing, ServiceProcess billing, Report report) throws Exception {
        var templates = webhooks.templates();
        var payloads = IntStream.range(0, PAYLOADS)
                .mapToObj(i -> templates.get(i * templates.size() / PAYLOADS).body(""))
                .toList();
        boolean beside = Pgbench.isHere();
        if (!beside) {
            Report.print("pgbench is not here (Debian: postgresql-contrib), so there is nothing to hold it against");
        }
        send(billing.port(), 20_000); // warm
        var pgbench = beside ? new Pgbench(backing.postgres(), DATABASE, backing.folder(), payloads) : null;
        var taken = new ArrayList<Double>();
        var p99 = new ArrayList<Double>();
        var inserted = new ArrayList<Double>();
        for (int i = 1; i <= ROUNDS; i++) {
            var fresh = webhooks.signed(seconds * FreshWebhooks.MOST_PER_SECOND);
            var cpu = CpuUse.now(backing, billing);
            var outcome = FreshWebhooks.send(fresh, billing.port(), connections, seconds);
            var used = CpuUse.now(backing, billing).since(cpu);
            double rows = pgbench == null ? Double.NaN : pgbench.run(connections, seconds);
            taken.add(outcome.perSecond());
            p99.add(Report.quantile(outcome.seconds(), 0.99) * 1_000);
            inserted.add(rows);
            Report.print(
                    "round %d: %.0f webhooks/s, p50 %.1f ms, p99 %.1f ms, not accepted %s; pgbench %.0f rows/s; CPU %s"
                            .formatted(
                                    i,
                                    outcome.perSecond(),
                                    Report.quantile(outcome.seconds(), 0.5) * 1_000,
                                    p99.getLast(),
                                    outcome.refusals(),
                                    rows,
                                    used));
        }
        double median = Report.quantile(taken, 0.5);
        double rows = Report.quantile(inserted, 0.5);
        Report.print("stored, median of %d: %.0f webhooks/s, pgbench %.0f rows/s".formatted(ROUNDS, median, rows));
        double latency = Report.quantile(p99, 0.5);
        report.checkBound("stored, p99 in ms", latency, latency <= 50, "at most 50");
        if (beside) {
            report.checkBound("stored, of pgbench's rate", median / rows, median / rows >= 0.6, "at least 0.6");
        }
    }

    private void measureApplied(
            BillingServers backing,
            ServiceProcess billing,
            BillingDatabase database,
            int events,
            CountingProxy stripe,
            Report report)
            throws Exception {
        apply(billing, webhooks.signed(WARM * webhooks.templates().size()), database);
        var all = webhooks.signed(events);
        var cpu = CpuUse.now(backing, billing);
        long start = System.nanoTime();
        var outcome = apply(billing, all, database);
        double took = (System.nanoTime() - start) / 1e9;
        Report.print(
                "applied: %,d events, accepted at %.0f/s (p50 %.1f ms, p99 %.1f ms, not accepted %s) while applying"
                        .formatted(
                                all.size(),
                                outcome.perSecond(),
                                Report.quantile(outcome.seconds(), 0.5) * 1_000,
                                Report.quantile(outcome.seconds(), 0.99) * 1_000,
                                outcome.refusals()));
        Report.print("rows and topic hold all after %.1f s; CPU %s"
                .formatted(took, CpuUse.now(backing, billing).since(cpu)));
        double rate = all.size() / took;
        report.checkBound("applied, events a second", rate, rate >= 4_000, "at least 4000");
        Report.print("events: %s, objects read from Stripe: %,d".formatted(database.states(), stripe.count()));
        database.parked().forEach((error, times) -> Report.print("  parked, %s times: %s".formatted(times, error)));
    }

    private WebhookLoad.Outcome apply(ServiceProcess billing, List<SignedWebhook> webhooks, BillingDatabase database)
            throws Exception {
        var each = webhooks.iterator();
        var outcome = WebhookLoad.full(List.of(billing.port()), connections, true)
                .run(() -> each.hasNext() ? each.next() : null, HistoryReplay.LONG, new AtomicBoolean(), id -> {});
        database.awaitSettled(HistoryReplay.PATIENCE);
        return outcome;
    }

    private WebhookLoad.Outcome send(int port, int count) throws IOException {
        return FreshWebhooks.send(webhooks.signed(count), port, connections, seconds);
    }
}
