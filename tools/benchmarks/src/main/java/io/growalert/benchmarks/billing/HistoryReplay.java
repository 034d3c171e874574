package io.growalert.benchmarks.billing;

import io.growalert.benchmarks.load.WebhookLoad;
import io.growalert.benchmarks.process.PortRange;
import io.growalert.benchmarks.report.Report;
import io.growalert.events.Topics;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/** Ways to send billing a history of events, and the expected result. */
final class HistoryReplay {
    static final Duration PATIENCE = Duration.ofMinutes(3);
    static final Duration LONG = Duration.ofHours(1);
    static final int CONNECTIONS = 32;
    static final String ORDERLY = "orderly";

    private HistoryReplay() {}

    /**
     * In its order, each event once, one at a time, to one instance over its own database: the result that every other replay
     * must have.
     */
    static void orderly(BillingServers backing, EventHistory history, CountingProxy stripe, Report report)
            throws IOException, SQLException, InterruptedException {
        stripe.forget();
        backing.postgres().createDatabase(ORDERLY);
        try (var billing = backing.billing(ORDERLY, PortRange.free(0), ORDERLY, stripe.address());
                var database = BillingDatabase.of(backing.postgres(), ORDERLY)) {
            billing.awaitHealthy();
            long start = System.nanoTime();
            var outcome = WebhookLoad.full(List.of(billing.port()), 1, true)
                    .run(EventHistory.webhooks(history.events()), LONG, new AtomicBoolean(), id -> {});
            report.check("the orderly replay settles", database.awaitSettled(PATIENCE), "see above");
            report.check("rows match the last event of each object", new LastObjects(history).unlike(database));
            report("sent in order", history.events().size(), start, outcome, database, stripe);
            BillingTopic.read(backing.kafka().bootstrapServers()).judge(report, database);
        }
        backing.kafka().delete(Topics.BILLING);
    }

    /** So many copies of each event, in no order. */
    static List<EventHistory.Event> shuffled(EventHistory history, int copies, long seed) {
        var all = new ArrayList<EventHistory.Event>();
        for (int copy = 0; copy < copies; copy++) {
            all.addAll(history.events());
        }
        java.util.Collections.shuffle(all, new Random(seed));
        return all;
    }

    static void report(
            String what,
            int events,
            long start,
            WebhookLoad.Outcome outcome,
            BillingDatabase database,
            CountingProxy stripe)
            throws SQLException {
        double seconds = (System.nanoTime() - start) / 1e9;
        Report.print("%s: %,d events in %,d webhooks, accepted in %.1f s (%.0f/s), settled after %.1f s (%.0f events/s)"
                .formatted(
                        what,
                        events,
                        outcome.seconds().size(),
                        outcome.took().toMillis() / 1e3,
                        outcome.perSecond(),
                        seconds,
                        events / seconds));
        Report.print("  not accepted: %s %s"
                .formatted(
                        outcome.refusals(), outcome.example().lines().limit(1).toList()));
        Report.print("  events: %s, objects read from Stripe: %,d (at most %d a second)"
                .formatted(database.states(), stripe.count(), stripe.mostASecond()));
        database.parked().forEach((error, times) -> Report.print("  parked, %s times: %s".formatted(times, error)));
    }

    /**
     * Checks that a replay ends in the same rows as the orderly one.
     *
     * @param withoutEvent ids of objects without any event: they are only found by a request to Stripe
     */
    static void compare(Report report, BillingServers backing, BillingDatabase actual, Set<String> withoutEvent)
            throws SQLException {
        try (var orderly = BillingDatabase.of(backing.postgres(), ORDERLY)) {
            for (var table : BillingDatabase.RECORDS) {
                report.checkEqual(table, orderly.rows(table), without(withoutEvent, actual.rows(table)));
            }
            report.checkEqual("digests of objects", orderly.digests(), without(withoutEvent, actual.digests()));
        }
        report.check(
                "no event is parked",
                actual.parked().entrySet().stream().map(Object::toString).toList());
    }

    private static Map<String, String> without(Set<String> ids, Map<String, String> rows) {
        rows.keySet().removeAll(ids);
        return rows;
    }
}
