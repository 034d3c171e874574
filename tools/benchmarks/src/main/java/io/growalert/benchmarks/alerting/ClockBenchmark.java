package io.growalert.benchmarks.alerting;

import io.growalert.benchmarks.process.Await;
import io.growalert.benchmarks.process.Installation;
import io.growalert.benchmarks.process.KafkaProcess;
import io.growalert.benchmarks.process.PortRange;
import io.growalert.benchmarks.process.PostgresProcess;
import io.growalert.benchmarks.process.ScratchFolder;
import io.growalert.benchmarks.report.Report;
import io.growalert.events.AlertEvent;
import io.growalert.events.Topics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A clock that is ahead for 30 s and is then corrected, while monitors run every 2 s: how long after the correction until a
 * value that turns bad at that moment is an alert. The clock of the standalone, two hours and 50 minutes ahead; then that
 * of a monitor-service alone. The argument is a checkout of another version, this one if there is none.
 */
final class ClockBenchmark {
    private static final int MONITORS = 10;
    private static final Duration WRONG = Duration.ofSeconds(30);
    private static final Duration SETTLED = Duration.ofSeconds(20);
    private static final Duration EVERY = Duration.ofSeconds(2);
    private static final Duration WANTED = EVERY.plusSeconds(60);
    private static final Duration LIMIT = Duration.ofMinutes(3);

    private final Installation installation;
    private final Report report = new Report();

    private ClockBenchmark(Installation installation) {
        this.installation = installation;
    }

    public static void main(String... args) throws Exception {
        var benchmark = new ClockBenchmark(Installation.of(args, 0));
        benchmark.standalone(Duration.ofHours(2));
        benchmark.standalone(Duration.ofMinutes(50));
        benchmark.apart(Duration.ofHours(2));
        System.exit(benchmark.report.conclude());
    }

    private void standalone(Duration ahead) throws Exception {
        try (var scratch = ScratchFolder.make("growalert-clock");
                var values = SourceValues.start(scratch.resolve("values"))) {
            var clock = FakeClock.make(scratch.folder());
            var ports = PortRange.free();
            var options = List.of("--no-billing", "--config", write(scratch.folder(), values));
            try (var _ = installation.with(clock.environment()).start(scratch.resolve("data"), ports, options)) {
                var metrics = new ScrapedMetrics(ports.http() + 1);
                measure("the standalone", ahead, clock, values, ports.broker(), metrics);
            }
        }
    }

    private void apart(Duration ahead) throws Exception {
        try (var scratch = ScratchFolder.make("growalert-clock");
                var values = SourceValues.start(scratch.resolve("values"));
                var kafka = KafkaProcess.start(scratch.resolve("kafka"), PortRange.free(0), PortRange.free(0));
                var database = PostgresProcess.start(scratch.resolve("postgres"), PortRange.free(0))) {
            var clock = FakeClock.make(scratch.folder());
            var files = write(scratch.folder(), values);
            try (var dispatcher = installation.service(
                            "io.growalert.dispatcher.AlertDispatcher",
                            scratch.resolve("dispatcher.log"),
                            PortRange.free(0),
                            Map.of(
                                    "growalert.dispatcher.kafka", kafka.bootstrapServers(),
                                    "growalert.dispatcher.files", files,
                                    "growalert.dispatcher.data",
                                            scratch.resolve("dispatcher").toString(),
                                    "growalert.dispatcher.database.url", database.url("postgres"),
                                    "growalert.dispatcher.database.username", "postgres"));
                    var monitors = installation
                            .with(clock.environment())
                            .service(
                                    "io.growalert.monitor.MonitorService",
                                    scratch.resolve("monitors.log"),
                                    PortRange.free(0),
                                    Map.of(
                                            "growalert.monitor.kafka", kafka.bootstrapServers(),
                                            "growalert.monitor.files", files,
                                            "growalert.monitor.data",
                                                    scratch.resolve("monitors").toString()))) {
                dispatcher.awaitHealthy();
                monitors.awaitHealthy();
                var metrics = new ScrapedMetrics(monitors.port());
                measure("a monitor-service alone", ahead, clock, values, kafka.bootstrapServers(), metrics);
            }
        }
    }

    private static String write(Path folder, SourceValues values) throws Exception {
        var definitions = new StringBuilder();
        for (var name : names()) {
            values.set(name, 0);
            definitions.append("""
                      - id: %s
                        every: %ds
                        timeout: 1s
                        source: farm
                        query: %s
                        fail: {above: 1}
                        alert: {receivers: [console]}
                    """.formatted(name, EVERY.toSeconds(), SourceValues.query(name)));
        }
        var file = folder.resolve("clock.yaml");
        Files.writeString(file, values.source() + """
                receivers:
                  console: {log: {}}
                monitors:
                """ + definitions);
        return file.toString();
    }

    private static List<String> names() {
        return IntStream.range(0, MONITORS).mapToObj("clock-%d"::formatted).collect(Collectors.toList());
    }

    private void measure(
            String whose, Duration ahead, FakeClock clock, SourceValues values, String broker, ScrapedMetrics metrics)
            throws Exception {
        Await.until(Duration.ofMinutes(5), () -> metrics.known("growalert_runs_total") > 2 * MONITORS);
        TimeUnit.SECONDS.sleep(SETTLED.toSeconds());
        clock.set(ahead);
        TimeUnit.SECONDS.sleep(WRONG.toSeconds());
        clock.set(Duration.ZERO);
        var corrected = Instant.now();
        for (var name : names()) {
            values.set(name, 2);
        }
        var fired = new TreeMap<String, Instant>();
        var others = new HashMap<String, Integer>();
        try (var events = TopicRecords.events(broker)) {
            while (fired.size() < MONITORS && Instant.now().isBefore(corrected.plus(LIMIT))) {
                events.poll(Duration.ofMillis(100), entry -> {
                    var event = entry.value();
                    if (event.type() == AlertEvent.Type.FIRING && !AlertEvents.isOwn(event)) {
                        fired.putIfAbsent(event.monitor(), entry.arrived());
                    } else {
                        others.merge(event.reason().replaceAll("\\d+", "N"), 1, Integer::sum);
                    }
                });
            }
        }
        var seconds = fired.values().stream()
                .map(arrived -> Duration.between(corrected, arrived).toMillis() / 1e3)
                .toList();
        Report.spread("%s %s ahead, from the correction:".formatted(whose, ahead), seconds);
        Report.print("  other events on %s: %s".formatted(Topics.ALERTS, others));
        report.check(
                "%s %s ahead: every monitor fires within %d s".formatted(whose, ahead, WANTED.toSeconds()),
                names().stream()
                        .filter(name ->
                                !fired.containsKey(name) || fired.get(name).isAfter(corrected.plus(WANTED)))
                        .map(name -> fired.containsKey(name)
                                ? name + " fired at " + fired.get(name)
                                : name + " did not fire within " + LIMIT.toSeconds() + " s")
                        .toList());
    }
}
