package io.growalert.benchmarks.billing;

import io.growalert.benchmarks.fault.Fault;
import io.growalert.benchmarks.fault.FaultSeries;
import io.growalert.benchmarks.load.WebhookLoad;
import io.growalert.benchmarks.process.PortRange;
import io.growalert.benchmarks.process.ServiceProcess;
import io.growalert.benchmarks.report.Report;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Two instances of billing under load: one or the other killed with SIGKILL again and again, then PostgreSQL stopped for a
 * while, then Kafka. Each event is sent until it gets a 200, and then never again.
 *
 * <p>Arguments: number of kills (10), for how many seconds PostgreSQL and Kafka are stopped (60), number of events (100000).
 */
final class BillingFaultsBenchmark {
    private static final String DATABASE = "faults";
    /** How much of the load comes with the kills, and until Kafka is stopped; the rest comes with that. */
    private static final double WITH_KILLS = 0.6;

    private static final double BEFORE_KAFKA = 0.8;
    private static final int SECONDS_A_KILL = 6;
    private static final int SECONDS_BETWEEN = 10;

    private BillingFaultsBenchmark() {}

    public static void main(String... args) throws Exception {
        int kills = args.length > 0 ? Integer.parseInt(args[0]) : 10;
        int stopped = args.length > 1 ? Integer.parseInt(args[1]) : 60;
        int events = args.length > 2 ? Integer.parseInt(args[2]) : 100_000;
        var report = new Report();
        try (var stripe = StripeHistory.of(events, true);
                var proxy = new CountingProxy(stripe.apiBase());
                var backing = BillingServers.start()) {
            HistoryReplay.orderly(backing, stripe.history(), proxy, report);
            proxy.forget();
            backing.postgres().createDatabase(DATABASE);
            try (var one = backing.billing("one", PortRange.free(0), DATABASE, proxy.address());
                    var other = backing.billing("other", PortRange.free(0), DATABASE, proxy.address())) {
                one.awaitHealthy();
                other.awaitHealthy();
                Set<String> taken = ConcurrentHashMap.newKeySet();
                long start = System.nanoTime();
                var tap = new PacedLimit(stripe.history().events().size());
                var outcome = underFaults(
                        () -> new WebhookLoad(
                                        List.of(one.port(), other.port()),
                                        HistoryReplay.CONNECTIONS,
                                        true,
                                        tap::allowed)
                                .run(
                                        EventHistory.webhooks(stripe.history().events()),
                                        HistoryReplay.LONG,
                                        new AtomicBoolean(),
                                        taken::add),
                        () -> {
                            kill(List.of(one, other), kills, tap, taken);
                            stop(backing, stopped, tap, taken);
                        });
                try (var database = BillingDatabase.of(backing.postgres(), DATABASE)) {
                    report.check("it settles afterwards", database.awaitSettled(HistoryReplay.PATIENCE), "see above");
                    HistoryReplay.report(
                            "sent under faults", stripe.history().events().size(), start, outcome, database, proxy);
                    var lost = new ArrayList<>(taken);
                    lost.removeAll(database.eventIds());
                    report.check("all of %,d events that got a 200 are there".formatted(taken.size()), lost);
                    HistoryReplay.compare(report, backing, database, Set.of());
                    BillingTopic.read(backing.kafka().bootstrapServers()).judge(report, database);
                }
            }
        }
        System.exit(report.conclude());
    }

    private interface Load {
        WebhookLoad.Outcome run() throws IOException;
    }

    private static WebhookLoad.Outcome underFaults(Load load, Fault.Action faults) throws Exception {
        try (var thread = Executors.newSingleThreadExecutor()) {
            var outcome = CompletableFuture.supplyAsync(
                    () -> {
                        try {
                            return load.run();
                        } catch (IOException e) {
                            throw new java.io.UncheckedIOException(e);
                        }
                    },
                    thread);
            faults.run();
            return outcome.join();
        }
    }

    private static void kill(List<ServiceProcess> instances, int kills, PacedLimit tap, Set<String> taken)
            throws Exception {
        var faults = FaultSeries.withoutPauses();
        var random = new Random(9);
        for (int kill = 1; kill <= kills; kill++) {
            tap.openTo(WITH_KILLS * kill / kills, SECONDS_A_KILL);
            var victim = instances.get(random.nextInt(instances.size()));
            TimeUnit.MILLISECONDS.sleep(random.nextLong(500, 4_000));
            faults.inject(new Fault("kill %d of the instance at %d".formatted(kill, victim.port()), () -> {
                victim.kill();
                Report.print("    %,d events accepted so far".formatted(taken.size()));
                victim.startAgain();
                victim.awaitHealthy();
            }));
        }
    }

    private static void stop(BillingServers backing, int seconds, PacedLimit tap, Set<String> taken) throws Exception {
        var faults = FaultSeries.withoutPauses();
        tap.openTo(BEFORE_KAFKA, seconds + 2 * SECONDS_BETWEEN);
        TimeUnit.SECONDS.sleep(SECONDS_BETWEEN);
        faults.inject(stopped("PostgreSQL", seconds, taken, backing.postgres()::stop, backing.postgres()::startAgain));
        TimeUnit.SECONDS.sleep(SECONDS_BETWEEN);
        tap.openTo(1, seconds + 2 * SECONDS_BETWEEN);
        TimeUnit.SECONDS.sleep(SECONDS_BETWEEN);
        faults.inject(stopped("Kafka", seconds, taken, backing.kafka()::stop, backing.kafka()::startAgain));
    }

    private static Fault stopped(
            String server, int seconds, Set<String> taken, Fault.Action stop, Fault.Action startAgain) {
        int before = taken.size();
        return Fault.lasting(
                "%s stopped for %d s".formatted(server, seconds), Duration.ofSeconds(seconds), stop, () -> {
                    Report.print("    %,d events accepted meanwhile".formatted(taken.size() - before));
                    startAgain.run();
                });
    }
}
