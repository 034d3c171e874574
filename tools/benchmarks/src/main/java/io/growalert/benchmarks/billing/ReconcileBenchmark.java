package io.growalert.benchmarks.billing;

import io.growalert.benchmarks.process.Await;
import io.growalert.benchmarks.process.PortRange;
import io.growalert.benchmarks.report.Report;
import io.growalert.billing.projection.EventTypes;
import io.growalert.sandbox.Options;
import io.growalert.sandbox.StripeSandbox;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Customers live on the stand-in for Stripe, which delivers its webhooks itself and drops a thousand of them. Then
 * reconciling has to find what is missing. It leaves out events of types that no record depends on.
 *
 * <p>Arguments: number of events (10000), how many webhooks are dropped (1000).
 */
final class ReconcileBenchmark {
    private static final String DATABASE = "reconciled";

    private ReconcileBenchmark() {}

    public static void main(String... args) throws Exception {
        int events = args.length > 0 ? Integer.parseInt(args[0]) : 10_000;
        int dropped = args.length > 1 ? Integer.parseInt(args[1]) : 1_000;
        var report = new Report();
        int port = PortRange.free(0);
        var options = Options.defaults()
                .withPrices(StripeHistory.prices())
                .withWebhook(URI.create("http://127.0.0.1:%d/webhook".formatted(port)), BillingInstance.WEBHOOK_SECRET);
        try (var sandbox = StripeSandbox.start(options);
                var proxy = new CountingProxy(sandbox.apiBase());
                var backing = BillingServers.start()) {
            var stripe = new SandboxClient(sandbox.apiBase());
            backing.postgres().createDatabase(DATABASE);
            try (var billing = backing.billing(DATABASE, port, DATABASE, proxy.address());
                    var database = BillingDatabase.of(backing.postgres(), DATABASE)) {
                billing.awaitHealthy();
                // some more than that many would do, so that all are dropped before the end
                double share = Math.min(1, 1.3 * dropped / events);
                stripe.postJson(
                        "/sandbox/faults", "{\"kind\":\"drop\",\"next\":%d,\"share\":%f}".formatted(dropped, share));
                StripeHistory.live(stripe, events);
                stripe.refusals().forEach((what, times) -> Report.print("  %,6d x %s".formatted(times, what)));
                Await.until(Duration.ofMinutes(5), () -> waiting(stripe) == 0);
                report.check("what was delivered settles", database.awaitSettled(HistoryReplay.PATIENCE), "see above");
                var all = StripeHistory.events(stripe);
                var unknown = unknown(all, database.eventIds());
                var missing = unknown.stream()
                        .filter(event -> EventTypes.areApplied(event.type()))
                        .toList();
                Report.print(
                        "%,d events, %,d of them unknown to billing; no record depends on %,d of these, which are left out"
                                .formatted(all.size(), unknown.size(), unknown.size() - missing.size()));

                proxy.forget();
                reconcile(billing.address("/api/billing/reconcile"));
                report.check("what was found settles", database.awaitSettled(HistoryReplay.PATIENCE), "see above");
                Report.print("%,d requests to Stripe meanwhile".formatted(proxy.count()));
                report.check(
                        "at most 20 requests to Stripe within a second",
                        proxy.mostASecond() <= 20,
                        "%d came".formatted(proxy.mostASecond()));
                report.check(
                        "all of %,d that were missing are there".formatted(missing.size()),
                        unknown(missing, database.eventIds()).stream()
                                .map(event -> event.type() + " " + event.id())
                                .toList());
                compare(backing, new EventHistory(all, 0), proxy, report, database);
            }
        }
        System.exit(report.conclude());
    }

    private static int waiting(SandboxClient stripe) {
        int waiting = 0;
        for (var endpoint : stripe.get("/sandbox/status").at("/webhooks/endpoints")) {
            waiting += endpoint.path("waiting").asInt();
        }
        return waiting;
    }

    private static List<EventHistory.Event> unknown(List<EventHistory.Event> events, Set<String> known) {
        return events.stream().filter(event -> !known.contains(event.id())).toList();
    }

    private static void reconcile(URI address) throws IOException, InterruptedException {
        long start = System.nanoTime();
        try (var client = HttpClient.newHttpClient()) {
            var answer = client.send(
                    HttpRequest.newBuilder(address)
                            .timeout(Duration.ofHours(1))
                            .header("Authorization", BillingOperator.bearer())
                            .POST(HttpRequest.BodyPublishers.noBody())
                            .build(),
                    HttpResponse.BodyHandlers.ofLines());
            var lines = new ArrayList<String>();
            answer.body().forEach(lines::add);
            Report.print("reconciled in %.1f s, answered %d: %s"
                    .formatted(
                            (System.nanoTime() - start) / 1e9,
                            answer.statusCode(),
                            lines.isEmpty() ? "" : lines.getLast()));
        }
    }

    private static void compare(
            BillingServers backing, EventHistory history, CountingProxy proxy, Report report, BillingDatabase database)
            throws IOException, SQLException, InterruptedException {
        BillingTopic.read(backing.kafka().bootstrapServers()).judge(report, database);
        backing.kafka().delete(io.growalert.events.Topics.BILLING);
        HistoryReplay.orderly(backing, history, proxy, report);
        var withoutEvent = withoutEvent(history, database);
        Report.print("%,d payments of invoices without an event: Stripe emits events for those that were paid only"
                .formatted(withoutEvent.size()));
        HistoryReplay.compare(report, backing, database, withoutEvent);
    }

    private static Set<String> withoutEvent(EventHistory history, BillingDatabase database) throws SQLException {
        var withoutEvent = new HashSet<>(database.rows("invoice_payments").keySet());
        history.events()
                .forEach(event ->
                        withoutEvent.remove(event.json().at("/data/object/id").asString("")));
        return withoutEvent;
    }
}
