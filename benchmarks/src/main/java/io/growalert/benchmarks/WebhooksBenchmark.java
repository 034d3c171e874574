package io.growalert.benchmarks;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;

/**
 * How many webhooks billing takes, each answered when it is on the disk, beside what pgbench inserts into the same server; and
 * then how soon rows and topic hold them all.
 *
 * <p>Arguments: connections (32), seconds a round (10), events that are applied (50000).
 */
final class WebhooksBenchmark {
    private static final String DATABASE = "webhooks";
    private static final int ROUNDS = 5;
    private static final int PAYLOADS = 8;
    private static final int HISTORY = 5_000;
    /** More than can be taken. */
    private static final int MOST_PER_SECOND = 12_000;

    private final Signature signature = new Signature(Billing.WEBHOOK_SECRET);
    private final int connections;
    private final int seconds;
    private int round;

    private WebhooksBenchmark(int connections, int seconds) {
        this.connections = connections;
        this.seconds = seconds;
    }

    public static void main(String... args) throws Exception {
        int connections = args.length > 0 ? Integer.parseInt(args[0]) : 32;
        int seconds = args.length > 1 ? Integer.parseInt(args[1]) : 10;
        int events = args.length > 2 ? Integer.parseInt(args[2]) : 50_000;
        var benchmark = new WebhooksBenchmark(connections, seconds);
        try (var stripe = StripeHistory.of(HISTORY, false);
                var proxy = new CountingProxy(stripe.apiBase());
                var backing = Backing.start()) {
            var history = stripe.history().events();
            var templates = history.stream().map(Template::of).toList();
            benchmark.tellCeiling(templates);
            backing.postgres().createDatabase(DATABASE);
            try (var billing = backing.billing(DATABASE, Ports.free(0), DATABASE, proxy.address())) {
                billing.awaitHealthy();
                benchmark.applyFrom(backing, "clock_timestamp() + interval '1 day'");
                benchmark.measureStored(backing, billing, templates);
                benchmark.applyFrom(backing, "clock_timestamp()");
                proxy.forget();
                benchmark.measureApplied(backing, billing, templates, events, proxy);
            }
        }
    }

    /** What the load itself can do: a server that does nothing must take much more than billing does. */
    private void tellCeiling(List<Template> templates) throws IOException {
        var sizes =
                templates.stream().map(template -> template.size() / 1_000.0).toList();
        Figures.tell("bodies: median %.1f KB, 10th percentile %.1f, 90th %.1f"
                .formatted(Figures.quantile(sizes, 0.5), Figures.quantile(sizes, 0.1), Figures.quantile(sizes, 0.9)));
        try (var server = new TrivialServer()) {
            send(server.port(), signed(templates, 20_000));
            var outcome = send(server.port(), signed(templates, 40_000));
            Figures.tell("the load alone, against a server that does nothing: %.0f/s".formatted(outcome.perSecond()));
        }
    }

    /** When events are due that are stored from now on; those that were stored before are forgotten. */
    private void applyFrom(Backing backing, String due) throws SQLException {
        try (var connection = backing.postgres().connect(DATABASE);
                var statement = connection.createStatement()) {
            statement.execute("alter table billing.stripe_events alter column due_at set default " + due);
            statement.execute("truncate billing.stripe_events");
        }
    }

    private void measureStored(Backing backing, ServiceProcess billing, List<Template> templates) throws Exception {
        var payloads = IntStream.range(0, PAYLOADS)
                .mapToObj(i -> templates.get(i * templates.size() / PAYLOADS).body(""))
                .toList();
        boolean beside = Pgbench.isHere();
        if (!beside) {
            Figures.tell("pgbench is not here (Debian: postgresql-contrib), so there is nothing to hold it against");
        }
        send(billing.port(), signed(templates, 20_000)); // warm
        var pgbench = beside ? new Pgbench(backing.postgres(), DATABASE, backing.folder(), payloads) : null;
        var taken = new ArrayList<Double>();
        var p99 = new ArrayList<Double>();
        var inserted = new ArrayList<Double>();
        for (int i = 1; i <= ROUNDS; i++) {
            var webhooks = signed(templates, seconds * MOST_PER_SECOND);
            var cpu = Cpu.now(backing, billing);
            var outcome = send(billing.port(), webhooks);
            var used = Cpu.now(backing, billing).since(cpu);
            double rows = pgbench == null ? Double.NaN : pgbench.run(connections, seconds);
            taken.add(outcome.perSecond());
            p99.add(Figures.quantile(outcome.seconds(), 0.99) * 1_000);
            inserted.add(rows);
            Figures.tell(
                    "round %d: %.0f webhooks/s, p50 %.1f ms, p99 %.1f ms, not taken %s; pgbench %.0f rows/s; CPU %s"
                            .formatted(
                                    i,
                                    outcome.perSecond(),
                                    Figures.quantile(outcome.seconds(), 0.5) * 1_000,
                                    p99.getLast(),
                                    outcome.refusals(),
                                    rows,
                                    used));
        }
        double median = Figures.quantile(taken, 0.5);
        Figures.tell(
                "stored, median of %d: %.0f webhooks/s (wanted: 4500), p99 %.1f ms (60), %.2f of pgbench's %.0f (0.5)"
                        .formatted(
                                ROUNDS,
                                median,
                                Figures.quantile(p99, 0.5),
                                median / Figures.quantile(inserted, 0.5),
                                Figures.quantile(inserted, 0.5)));
    }

    private void measureApplied(
            Backing backing, ServiceProcess billing, List<Template> history, int events, CountingProxy stripe)
            throws Exception {
        try (var database = BillingDatabase.of(backing.postgres(), DATABASE)) {
            apply(billing, history, 2 * history.size(), database); // warm
            var webhooks = signed(history, events);
            var cpu = Cpu.now(backing, billing);
            long start = System.nanoTime();
            var outcome = apply(billing, webhooks, database);
            double took = (System.nanoTime() - start) / 1e9;
            Figures.tell("applied: %,d events, taken at %.0f/s (p50 %.1f ms, p99 %.1f ms, not taken %s) while applying"
                    .formatted(
                            webhooks.size(),
                            outcome.perSecond(),
                            Figures.quantile(outcome.seconds(), 0.5) * 1_000,
                            Figures.quantile(outcome.seconds(), 0.99) * 1_000,
                            outcome.refusals()));
            Figures.tell("rows and topic hold all after %.1f s: %.0f events/s (wanted: 2000); CPU %s"
                    .formatted(
                            took,
                            webhooks.size() / took,
                            Cpu.now(backing, billing).since(cpu)));
            Figures.tell("events: %s, objects read from Stripe: %,d".formatted(database.states(), stripe.count()));
            database.parked().forEach((error, times) -> Figures.tell("  parked, %s times: %s".formatted(times, error)));
        }
    }

    private void apply(ServiceProcess billing, List<Template> history, int count, BillingDatabase database)
            throws Exception {
        apply(billing, signed(history, count), database);
    }

    private WebhookLoad.Outcome apply(ServiceProcess billing, List<Webhook> webhooks, BillingDatabase database)
            throws Exception {
        var each = webhooks.iterator();
        var outcome = WebhookLoad.full(List.of(billing.port()), connections, true)
                .run(() -> each.hasNext() ? each.next() : null, Telling.LONG, new AtomicBoolean(), id -> {});
        database.awaitSettled(Telling.PATIENCE);
        return outcome;
    }

    private WebhookLoad.Outcome send(int port, List<Webhook> webhooks) throws IOException {
        var each = webhooks.iterator();
        return WebhookLoad.full(List.of(port), connections, false)
                .run(
                        () -> each.hasNext() ? each.next() : null,
                        Duration.ofSeconds(seconds),
                        new AtomicBoolean(),
                        id -> {});
    }

    /** So many webhooks, signed now, none of which was there before. */
    private List<Webhook> signed(List<Template> templates, int count) {
        var webhooks = new ArrayList<Webhook>(count);
        for (int i = 0; i < count; i++) {
            if (i % templates.size() == 0) {
                round++;
            }
            webhooks.add(templates.get(i % templates.size()).webhook("x" + round, signature));
        }
        return webhooks;
    }
}
