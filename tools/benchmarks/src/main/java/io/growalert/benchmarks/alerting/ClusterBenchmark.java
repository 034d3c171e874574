package io.growalert.benchmarks.alerting;

import io.growalert.benchmarks.billing.StripeTraffic;
import io.growalert.benchmarks.fault.Fault;
import io.growalert.benchmarks.fault.FaultPeriod;
import io.growalert.benchmarks.fault.FaultSeries;
import io.growalert.benchmarks.fault.TimeSpan;
import io.growalert.benchmarks.process.Await;
import io.growalert.benchmarks.process.BrokerCluster;
import io.growalert.benchmarks.process.PortRange;
import io.growalert.benchmarks.process.PostgresProcess;
import io.growalert.benchmarks.process.ScratchFolder;
import io.growalert.benchmarks.report.Report;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
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

    /** Between two instances of the monitor-service a monitor has none: no instance can count its slots then. */
    private static final int UNOWNED_SLOTS = 5;

    private static final double HEALTHY_WITHIN = 60;

    private final BrokerCluster kafka;
    private final Services services;
    private final HealthLog health;
    private final WebhookSink sink;
    private final FaultSeries ofBrokers = new FaultSeries(_ -> isHealthy(), PATIENCE, BETWEEN);
    private final FaultSeries ofServices = new FaultSeries(_ -> isHealthy(), PATIENCE, BETWEEN);
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
        ofBrokers.inject(new Fault("rolling restart of the brokers", () -> {
            for (var broker : kafka.brokers()) {
                broker.stop();
                broker.startAgain();
                kafka.awaitComplete();
            }
        }));
        for (var name : services.all().keySet()) {
            ofServices.inject(new Fault("restart of " + name, () -> {
                var service = services.get(name);
                service.close();
                service.startAgain();
                service.awaitHealthy();
            }));
        }
        TimeUnit.SECONDS.sleep(AFTERWARDS.toSeconds());
    }

    private void killed(String name, int node) throws Exception {
        var broker = kafka.broker(node);
        ofBrokers.inject(Fault.lasting(name, DOWN, broker::kill, broker::startAgain));
    }

    private boolean isHealthy() {
        return kafka.isComplete() && health.isAllHealthy();
    }

    private void judge(int monitors) throws InterruptedException {
        var broker = kafka.bootstrapServers();
        var slots = new ResultSlots(TopicRecords.all(TopicRecords.results(broker)));
        var start = ofBrokers.periods().getFirst().from();
        Report.print("%d monitors at 1 s; without a fault, alerts come every %.1f s"
                .formatted(monitors, (double) PERIOD / monitors));
        periods().forEach(period -> print(period, slots));
        judge("faults of brokers", ofBrokers, slots, 0);
        judge("restarts of services", ofServices, slots, UNOWNED_SLOTS);
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
        bound("results stood still, in s", LONGEST_PAUSE, period -> slots.longestPauseOfPartition(period.whole()));
        bound("longest from slot to webhook, in s", LONGEST_DELAY, period -> delays(period.whole())
                .max()
                .orElse(Double.NaN));
        bound("from the repair until all is healthy, in s", HEALTHY_WITHIN, FaultPeriod::secondsUntilHealthy);
    }

    private Stream<FaultPeriod> periods() {
        return Stream.of(ofBrokers, ofServices).flatMap(faults -> faults.periods().stream());
    }

    /** @param permitted how many slots of a monitor may be missing in a row without being counted */
    private void judge(String whose, FaultSeries faults, ResultSlots slots, int permitted) {
        report.check(
                "%s: no more than %d slots of a monitor are missing in a row without being counted"
                        .formatted(whose, permitted),
                faults.periods().stream()
                        .flatMap(period -> slots.gaps(period.whole()).stream())
                        .filter(gap -> gap.uncounted() > permitted)
                        .map(Object::toString)
                        .toList());
        report.check(
                whose + ": no result twice on the topic",
                faults.periods().stream()
                        .flatMap(period -> slots.twice(period.whole()).stream())
                        .toList());
    }

    private void bound(String what, double bound, ToDoubleFunction<FaultPeriod> figure) {
        double worst = periods().mapToDouble(figure).max().orElse(Double.NaN);
        report.checkBound(what, worst, worst <= bound, "at most %.0f".formatted(bound));
    }

    private void print(FaultPeriod period, ResultSlots slots) {
        var time = period.whole();
        var gaps = slots.gaps(time);
        Report.print(
                "%-46s results stood still %.1f s (a partition %.1f s), alerts %.1f s, slot to webhook at most %.1f s (median %.2f s)"
                        .formatted(
                                period.name(),
                                slots.longestPause(time),
                                slots.longestPauseOfPartition(time),
                                ResultSlots.longest(arrivals(time), time),
                                delays(time).max().orElse(Double.NaN),
                                Report.quantile(delays(time).boxed().toList(), 0.5)));
        Report.print("    under-replicated %.1f s, healthy %.1f s after the repair; not healthy meanwhile, in s: %s"
                .formatted(health.underReplicated(time), period.secondsUntilHealthy(), health.unhealthy(time)));
        Report.print("    slots missing %d, of which not counted %d; results twice %d"
                .formatted(
                        gaps.stream().mapToLong(ResultSlots.Gap::slots).sum(),
                        gaps.stream().mapToLong(ResultSlots.Gap::uncounted).sum(),
                        slots.twice(time).size()));
    }

    private Stream<Instant> arrivals(TimeSpan time) {
        return sink.arrivals().stream().map(WebhookSink.Arrival::at).filter(time::includes);
    }

    /** Of what was decided in this time, whenever it arrived. */
    private DoubleStream delays(TimeSpan time) {
        return sink.arrivals().stream()
                .filter(arrival -> time.includes(arrival.event().slot()))
                .mapToDouble(WebhookSink.Arrival::delay);
    }

    @Override
    public void close() {
        health.close();
    }
}
