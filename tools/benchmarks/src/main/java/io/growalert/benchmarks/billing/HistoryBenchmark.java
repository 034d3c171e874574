package io.growalert.benchmarks.billing;

import io.growalert.benchmarks.load.WebhookLoad;
import io.growalert.benchmarks.process.PortRange;
import io.growalert.benchmarks.report.Report;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A long history of Stripe's sent to two instances of billing, every event several times and in no order, and compared with the
 * same history sent once and in order.
 *
 * <p>Arguments: number of events (100000), copies of each (5).
 */
final class HistoryBenchmark {
    private static final String SHUFFLED = "shuffled";

    private HistoryBenchmark() {}

    public static void main(String... args) throws Exception {
        int events = args.length > 0 ? Integer.parseInt(args[0]) : 100_000;
        int copies = args.length > 1 ? Integer.parseInt(args[1]) : 5;
        var report = new Report();
        try (var stripe = StripeHistory.of(events, true);
                var proxy = new CountingProxy(stripe.apiBase());
                var backing = BillingServers.start()) {
            HistoryReplay.orderly(backing, stripe.history(), proxy, report);
            proxy.forget();
            backing.postgres().createDatabase(SHUFFLED);
            try (var one = backing.billing("one", PortRange.free(0), SHUFFLED, proxy.address());
                    var other = backing.billing("other", PortRange.free(0), SHUFFLED, proxy.address())) {
                one.awaitHealthy();
                other.awaitHealthy();
                long start = System.nanoTime();
                var outcome = WebhookLoad.full(List.of(one.port(), other.port()), HistoryReplay.CONNECTIONS, true)
                        .run(
                                EventHistory.webhooks(HistoryReplay.shuffled(stripe.history(), copies, 1)),
                                HistoryReplay.LONG,
                                new AtomicBoolean(),
                                id -> {});
                try (var shuffled = BillingDatabase.of(backing.postgres(), SHUFFLED)) {
                    report.check(
                            "the shuffled replay settles", shuffled.awaitSettled(HistoryReplay.PATIENCE), "see above");
                    HistoryReplay.report(
                            "sent in no order, %d times each".formatted(copies),
                            stripe.history().events().size(),
                            start,
                            outcome,
                            shuffled,
                            proxy);
                    HistoryReplay.compare(report, backing, shuffled, Set.of());
                    BillingTopic.read(backing.kafka().bootstrapServers()).judge(report, shuffled);
                }
            }
        }
        System.exit(report.conclude());
    }
}
