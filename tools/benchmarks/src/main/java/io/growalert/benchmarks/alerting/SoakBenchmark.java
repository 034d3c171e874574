package io.growalert.benchmarks.alerting;

import io.growalert.benchmarks.fault.Fault;
import io.growalert.benchmarks.fault.FaultPeriod;
import io.growalert.benchmarks.fault.FaultSeries;
import io.growalert.benchmarks.fault.TimeSpan;
import io.growalert.benchmarks.process.Await;
import io.growalert.benchmarks.process.ProcessLog;
import io.growalert.benchmarks.report.Report;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * Everything together, as separate processes, while every fault takes its turn: what was lost, doubled and late, and whether memory, threads and
 * file descriptors grow. The argument is for how many minutes, 60 if there is none.
 */
final class SoakBenchmark implements AutoCloseable {
    private static final Path SERIES = Path.of("tools/benchmarks/target/soak.csv");
    private static final Duration WARM_UP = Duration.ofSeconds(30);
    private static final Duration BETWEEN = Duration.ofSeconds(20);
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final Duration LONG = Duration.ofMinutes(30);

    /** The slots before a fault may be under way when it begins. */
    private static final Duration UNDER_WAY = Duration.ofSeconds(5);

    /** What a fault delays may still be late when all is healthy again. */
    private static final Duration AFTERMATH = Duration.ofSeconds(20);

    /** A monitor that is silent for a minute is reported, and an error that lasts for half of one. */
    private static final Duration AFTERWARDS = Duration.ofSeconds(75);

    private static final double LATE_SECONDS = 5;

    private final SoakSite site;
    private final SoakFaults soakFaults;
    private final FaultSeries faults = new FaultSeries(this::isHealthy, PATIENCE, BETWEEN);
    private final HealthLog health;
    private final LateCounters counters;
    private final List<String> ended = new ArrayList<>();
    private final Report report = new Report();

    private SoakBenchmark(SoakSite site) {
        this.site = site;
        soakFaults = new SoakFaults(site);
        health = new HealthLog(site.services, () -> 0);
        counters = new LateCounters(site.services);
    }

    public static void main(String... args) throws Exception {
        var time = Duration.ofMinutes(args.length > 0 ? Integer.parseInt(args[0]) : 60);
        int exitCode;
        try (var site = new SoakSite();
                var benchmark = new SoakBenchmark(site);
                var processes = ProcessLog.start(site::processes, SERIES)) {
            benchmark.run(time);
            processes.stop();
            benchmark.judge();
            processes.judge(benchmark.report, time.compareTo(LONG) >= 0);
            Report.print("memory, threads and files over time: " + SERIES);
            exitCode = benchmark.report.conclude();
        }
        System.exit(exitCode);
    }

    private void run(Duration time) throws Exception {
        site.stripe.start();
        site.customers.start();
        Await.until(PATIENCE.multipliedBy(2), () -> site.sink.arrivals().size() > 2 * SoakSite.MONITORS);
        TimeUnit.SECONDS.sleep(WARM_UP.toSeconds());
        var end = Instant.now().plus(time);
        var cycle = soakFaults.cycle().iterator();
        while (Instant.now().isBefore(end)) {
            if (!cycle.hasNext()) {
                cycle = soakFaults.cycle().iterator();
            }
            site.routes.change(site.api);
            inject(cycle.next());
        }
        site.routes.end(site.api);
        TimeUnit.SECONDS.sleep(AFTERWARDS.toSeconds());
    }

    private void inject(Fault fault) throws Exception {
        var period = faults.inject(fault);
        report.check(
                "all is healthy after: " + period.name(),
                period.isRecovered(),
                "not within %d min".formatted(PATIENCE.toMinutes()));
        Report.print("    took %.0f s, all healthy %.1f s later; not healthy meanwhile, in s: %s"
                .formatted(
                        period.secondsUntilRepaired(), period.secondsUntilHealthy(), health.unhealthy(period.whole())));
    }

    private boolean isHealthy(Fault after) {
        supervise(after);
        return health.isAllHealthy();
    }

    /** Restarts what ended, as a supervisor does. */
    private void supervise(Fault after) {
        site.services.all().forEach((name, service) -> {
            if (!service.jvm().isAlive()) {
                ended.add("%s: %s".formatted(after.name(), name));
                try {
                    service.startAgain();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        });
    }

    private void judge() throws Exception {
        var broker = site.kafka.bootstrapServers();
        var slots = new ResultSlots(TopicRecords.all(TopicRecords.results(broker)).stream()
                .filter(entry -> entry.value().monitor().startsWith("flip-"))
                .toList());
        var check = TransitionCheck.awaited(slots.results(), broker, PATIENCE);
        var events = check.events();
        boolean notified = Await.happens(PATIENCE, () -> check.isNotified(site.sink));
        var start = faults.untilHealthy().from();
        Report.print(
                "%,d results, %,d transitions implied, %,d events; console: %s, %,d live events, %d streams ended; hostile: %s"
                        .formatted(
                                slots.all().size(),
                                check.implied().size(),
                                events.all().size(),
                                site.polling.statuses(),
                                site.polling.liveEvents(),
                                site.polling.liveEnds(),
                                soakFaults.hostileOutcomes()));
        check.judge(report, start);
        report.check("all is notified within %d min".formatted(PATIENCE.toMinutes()), notified, "see below");
        check.judgeWebhooks(report, site.sink, true);
        site.routes.judge(
                report, events.all().stream().map(TopicRecords.Entry::value).toList());
        judgeSlots(slots);
        judgeLate();
        report.check("no service ended by itself", ended);
        report.check("the console gets no internal error", site.polling.answers(answer -> answer.status() == 500));
        report.check(
                "the console gets 200 while there is no fault",
                site.polling.answers(
                        answer -> answer.status() != 200 && answer.at().isAfter(start) && !isExcused(answer.at())));
        report.check(
                "hostile requests get no internal error",
                soakFaults.hostileOutcomes().keySet().stream()
                        .filter(outcome -> outcome.contains("500"))
                        .toList());
        site.customers.judge(report);
        site.stripe.judge(report, site.postgres, SoakSite.DATABASE, broker);
    }

    private void judgeSlots(ResultSlots slots) {
        var time = faults.untilHealthy();
        var gaps = slots.gaps(time);
        Report.print("slots missing %,d, of which not counted %,d; results twice %,d"
                .formatted(
                        gaps.stream().mapToLong(ResultSlots.Gap::slots).sum(),
                        gaps.stream().mapToLong(ResultSlots.Gap::uncounted).sum(),
                        slots.twice(new TimeSpan(time.from(), Instant.now())).size()));
        // a killed instance misses its slots until others have its monitors, and loses the results in its memory;
        // a clock that is set ahead skips slots
        report.check(
                "no slot is missing without being counted, but for a killed monitor-service and a stepped clock",
                gaps.stream()
                        .filter(gap -> gap.uncounted() > 0 && !isExcused(gap.after(), Fault::isSkippingSlots))
                        .map(Object::toString)
                        .toList());
    }

    private void judgeLate() {
        var late = site.sink.arrivals().stream()
                .filter(arrival -> arrival.delay() > LATE_SECONDS)
                .toList();
        for (var period : faults.periods()) {
            var time = period.untilHealthy().widened(Duration.ZERO, AFTERMATH);
            var delays = site.sink.arrivals().stream()
                    .filter(arrival -> time.includes(arrival.at()))
                    .map(WebhookSink.Arrival::delay)
                    .toList();
            Report.spread(period.name() + ":", delays);
        }
        Report.print(
                "webhooks later than %.0f s: %,d; counted: %s".formatted(LATE_SECONDS, late.size(), counters.totals()));
        report.check(
                "no webhook is late while there is no fault",
                late.stream()
                        .filter(arrival ->
                                arrival.at().isAfter(faults.untilHealthy().from())
                                        && !isExcused(arrival.event().slot()))
                        .map(Object::toString)
                        .toList());
    }

    private boolean isExcused(Instant at) {
        return isExcused(at, _ -> true);
    }

    /** Whether one of these faults may affect what is of this instant. */
    private boolean isExcused(Instant at, Predicate<Fault> whose) {
        return faults.periods().stream()
                .filter(period -> whose.test(period.fault()))
                .map(FaultPeriod::untilHealthy)
                .anyMatch(time -> time.widened(UNDER_WAY, AFTERMATH).includes(at));
    }

    @Override
    public void close() {
        counters.close();
        health.close();
    }
}
