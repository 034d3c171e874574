package io.growalert.benchmarks.alerting;

import io.growalert.benchmarks.billing.StripeTraffic;
import io.growalert.benchmarks.process.Await;
import io.growalert.benchmarks.process.BrokerCluster;
import io.growalert.benchmarks.process.PortRange;
import io.growalert.benchmarks.process.PostgresProcess;
import io.growalert.benchmarks.process.ScratchFolder;
import io.growalert.benchmarks.report.Report;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/**
 * All services on three brokers with the settings of {@code docs/examples/broker.properties}, under load: a broker killed,
 * another one, the one that leads the controllers, then rolling restarts of the brokers and of the services. What was lost and doubled, and for
 * how long results and alerts stood still. The argument is the number of monitors, 200 if there is none.
 */
final class ClusterBenchmark implements AutoCloseable {
    private static final String DATABASE = "growalert";
    private static final int PERIOD = 10;
    private static final Duration WARM_UP = Duration.ofSeconds(45);
    private static final Duration DOWN = Duration.ofSeconds(30);
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final Duration BETWEEN = Duration.ofSeconds(20);

    /** A monitor that is silent for a minute is reported, and an error that lasts for half of one. */
    private static final Duration AFTERWARDS = Duration.ofSeconds(75);

    /** The controllers fence a killed broker after 9 s, then its partitions get other leaders. */
    private static final double LONGEST_PAUSE = 20;

    private static final double LONGEST_DELAY = 30;
    private static final double HEALTHY_WITHIN = 60;

    /**
     * @param repaired when what was stopped ran again
     * @param healthy when all services and partitions were healthy
     */
    private record Fault(String name, boolean ofBrokers, Instant from, Instant repaired, Instant healthy, Instant to) {}

    private interface FaultAction {
        void run() throws Exception;
    }

    private final BrokerCluster kafka;
    private final Services services;
    private final HealthLog health;
    private final WebhookSink sink;
    private final List<Fault> faults = new ArrayList<>();
    private final Report report = new Report();

    private ClusterBenchmark(BrokerCluster kafka, Services services, WebhookSink sink) {
        this.kafka = kafka;
        this.services = services;
        this.sink = sink;
        health = new HealthLog(services, kafka::underReplicated);
    }

    public static void main(String... args) throws Exception {
        int monitors = args.length > 0 ? Integer.parseInt(args[0]) : 200;
        int exitCode;
        int gateway = PortRange.free(0);
        try (var scratch = ScratchFolder.make("growalert-cluster");
                var sink = new WebhookSink();
                var postgres = PostgresProcess.start(scratch.resolve("postgres"), PortRange.free(0));
                var kafka = BrokerCluster.start(scratch.resolve("kafka"));
                var stripe = new StripeTraffic(gateway)) {
            postgres.createDatabase(DATABASE);
            var files = FlippingMonitors.write(scratch.folder(), monitors, sink.url(), PERIOD);
            try (var services = Services.start(
                            scratch.resolve("services"),
                            gateway,
                            kafka.bootstrapServers(),
                            postgres.url(DATABASE),
                            files,
                            stripe,
                            Map.of());
                    var benchmark = new ClusterBenchmark(kafka, services, sink)) {
                stripe.start();
                Await.until(PATIENCE.multipliedBy(2), () -> sink.arrivals().size() > monitors);
                TimeUnit.SECONDS.sleep(WARM_UP.toSeconds());
                benchmark.run();
                benchmark.judge(monitors);
                stripe.judge(benchmark.report, postgres, DATABASE, kafka.bootstrapServers());
                exitCode = benchmark.report.conclude();
            }
        }
        System.exit(exitCode);
    }

    private void run() throws Exception {
        report.check("each topic has 3 replicas, two of which must be in sync", kafka.unsafeTopics());
        int leading = kafka.controller();
        int first = leading % BrokerCluster.BROKERS + 1;
        int second = first % BrokerCluster.BROKERS + 1;
        killed("a broker killed for %d s".formatted(DOWN.toSeconds()), first);
        killed("another broker killed", second);
        killed("the broker that leads the controllers killed", kafka.controller());
        during("rolling restart of the brokers", true, () -> {
            for (var broker : kafka.brokers()) {
                broker.stop();
                broker.startAgain();
                kafka.awaitComplete();
            }
        });
        for (var name : services.all().keySet()) {
            during("restart of " + name, false, () -> {
                var service = services.get(name);
                service.close();
                service.startAgain();
                service.awaitHealthy();
            });
        }
        TimeUnit.SECONDS.sleep(AFTERWARDS.toSeconds());
    }

    private void killed(String name, int node) throws Exception {
        during(name, true, () -> {
            kafka.broker(node).kill();
            TimeUnit.SECONDS.sleep(DOWN.toSeconds());
            kafka.broker(node).startAgain();
        });
    }

    private void during(String name, boolean ofBrokers, FaultAction action) throws Exception {
        Report.print("%s: %s".formatted(Instant.now(), name));
        var from = Instant.now();
        action.run();
        var repaired = Instant.now();
        // what is not healthy after that is reported
        var _ = Await.happens(PATIENCE, () -> kafka.isComplete() && health.isAllHealthy());
        var healthy = Instant.now();
        TimeUnit.SECONDS.sleep(BETWEEN.toSeconds());
        faults.add(new Fault(name, ofBrokers, from, repaired, healthy, Instant.now()));
    }

    private void judge(int monitors) throws InterruptedException {
        var broker = kafka.bootstrapServers();
        var slots = new ResultSlots(TopicRecords.all(TopicRecords.results(broker)));
        var start = faults.getFirst().from();
        Report.print("%d monitors at 1 s; without a fault, alerts come every %.1f s"
                .formatted(monitors, (double) PERIOD / monitors));
        faults.forEach(fault -> print(fault, slots));
        for (boolean ofBrokers : List.of(true, false)) {
            var whose = ofBrokers ? "faults of brokers" : "restarts of services";
            var these = faults.stream()
                    .filter(fault -> fault.ofBrokers() == ofBrokers)
                    .toList();
            report.check(
                    whose + ": no slot is missing without being counted",
                    these.stream()
                            .flatMap(fault -> slots.gaps(fault.from(), fault.to()).stream())
                            .filter(gap -> gap.uncounted() > 0)
                            .map(Object::toString)
                            .toList());
            report.check(
                    whose + ": no result twice on the topic",
                    these.stream()
                            .flatMap(fault -> slots.twice(fault.from(), fault.to()).stream())
                            .toList());
        }
        var check = TransitionCheck.awaited(slots.results(), broker, PATIENCE);
        var events = check.events();
        Report.print("%,d results, %,d transitions implied, %,d events"
                .formatted(
                        slots.all().size(), check.implied().size(), events.all().size()));
        check.judge(report, start);
        report.check(
                "all is notified within %d min".formatted(PATIENCE.toMinutes()),
                Await.happens(PATIENCE, () -> check.isNotified(sink)),
                "see below");
        check.judgeWebhooks(report, sink, false);
        bound(
                "results stood still, in s",
                LONGEST_PAUSE,
                fault -> slots.longestPauseOfPartition(fault.from(), fault.to()));
        bound("longest from slot to webhook, in s", LONGEST_DELAY, fault -> delays(fault.from(), fault.to())
                .max()
                .orElse(Double.NaN));
        bound(
                "from the repair until all is healthy, in s",
                HEALTHY_WITHIN,
                fault -> seconds(fault.repaired(), fault.healthy()));
    }

    private interface Figure {
        double of(Fault fault);
    }

    private void bound(String what, double bound, Figure figure) {
        double worst = faults.stream().mapToDouble(figure::of).max().orElse(Double.NaN);
        report.checkBound(what, worst, worst <= bound, "at most %.0f".formatted(bound));
    }

    private void print(Fault fault, ResultSlots slots) {
        var from = fault.from();
        var to = fault.to();
        var gaps = slots.gaps(from, to);
        Report.print(
                "%-46s results stood still %.1f s (a partition %.1f s), alerts %.1f s, slot to webhook at most %.1f s (median %.2f s)"
                        .formatted(
                                fault.name(),
                                slots.longestPause(from, to),
                                slots.longestPauseOfPartition(from, to),
                                ResultSlots.longest(arrivals(from, to).map(WebhookSink.Arrival::at), from, to),
                                delays(from, to).max().orElse(Double.NaN),
                                Report.quantile(delays(from, to).boxed().toList(), 0.5)));
        Report.print("    under-replicated %.1f s, healthy %.1f s after the repair; not healthy meanwhile, in s: %s"
                .formatted(
                        health.underReplicated(from, to),
                        seconds(fault.repaired(), fault.healthy()),
                        health.unhealthy(from, to)));
        Report.print("    slots missing %d, of which not counted %d; results twice %d"
                .formatted(
                        gaps.stream().mapToLong(ResultSlots.Gap::slots).sum(),
                        gaps.stream().mapToLong(ResultSlots.Gap::uncounted).sum(),
                        slots.twice(from, to).size()));
    }

    private Stream<WebhookSink.Arrival> arrivals(Instant from, Instant to) {
        return sink.arrivals().stream()
                .filter(arrival -> !arrival.at().isBefore(from) && arrival.at().isBefore(to));
    }

    /** Of what was decided between two instants, whenever it arrived. */
    private DoubleStream delays(Instant from, Instant to) {
        return sink.arrivals().stream()
                .filter(arrival -> !arrival.event().slot().isBefore(from)
                        && arrival.event().slot().isBefore(to))
                .mapToDouble(arrival -> seconds(arrival.event().slot(), arrival.at()));
    }

    private static double seconds(Instant from, Instant to) {
        return Duration.between(from, to).toMillis() / 1e3;
    }

    @Override
    public void close() {
        health.close();
    }
}
