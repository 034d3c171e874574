package io.growalert.benchmarks;

import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A long history of Stripe's told to two instances of billing, every event several times and in no order, and held against the
 * same history told once and in order.
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
                var backing = Backing.start()) {
            Telling.orderly(backing, stripe.history(), proxy, report);
            proxy.forget();
            backing.postgres().createDatabase(SHUFFLED);
            try (var one = backing.billing("one", Ports.free(0), SHUFFLED, proxy.address());
                    var other = backing.billing("other", Ports.free(0), SHUFFLED, proxy.address())) {
                one.awaitHealthy();
                other.awaitHealthy();
                long start = System.nanoTime();
                var outcome = WebhookLoad.full(List.of(one.port(), other.port()), Telling.CONNECTIONS, true)
                        .run(
                                History.webhooks(Telling.shuffled(stripe.history(), copies, 1)),
                                Telling.LONG,
                                new AtomicBoolean(),
                                id -> {});
                try (var shuffled = BillingDatabase.of(backing.postgres(), SHUFFLED)) {
                    report.check("the shuffled telling settles", shuffled.awaitSettled(Telling.PATIENCE), "see above");
                    Telling.report(
                            "told in no order, %d times each".formatted(copies),
                            stripe.history().events().size(),
                            start,
                            outcome,
                            shuffled,
                            proxy);
                    Telling.compare(report, backing, shuffled, Set.of());
                    BillingTopic.read(backing.kafka().bootstrapServers()).judge(report, shuffled);
                }
            }
        }
        System.exit(report.conclude());
    }
}
