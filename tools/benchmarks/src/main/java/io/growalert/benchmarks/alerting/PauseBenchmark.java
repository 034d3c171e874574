package io.growalert.benchmarks.alerting;

import io.growalert.benchmarks.process.Await;
import io.growalert.benchmarks.process.GrowAlertProcess;
import io.growalert.benchmarks.process.Installation;
import io.growalert.benchmarks.process.PortRange;
import io.growalert.benchmarks.process.ScratchFolder;
import io.growalert.benchmarks.report.Report;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * SIGSTOP of the standalone's JVM for 3, 5, 8, 20 and 40 s and SIGCONT, with 200 monitors at 1 s over its PostgreSQL. Then
 * the alerts topic is searched for false alerts, and held against what the results imply. Arguments: how many rounds, 10
 * if there is none; a checkout of another version, this one if there is none.
 */
final class PauseBenchmark {
    private static final int MONITORS = 200;
    private static final List<Duration> PAUSES =
            IntStream.of(3, 5, 8, 20, 40).mapToObj(Duration::ofSeconds).toList();
    private static final Duration WARM_UP = Duration.ofSeconds(45);
    private static final Duration BETWEEN = Duration.ofSeconds(15);

    /** A monitor that is silent for a minute is reported, and an error that lasts for half of one. */
    private static final Duration AFTERWARDS = Duration.ofSeconds(75);

    private PauseBenchmark() {}

    public static void main(String... args) throws Exception {
        int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 10;
        var installation = Installation.of(args, 1);
        var ports = PortRange.free();
        int exitCode;
        try (var scratch = ScratchFolder.make("growalert-pause")) {
            var options = List.of("--no-billing", "--config", write(scratch.folder(), ports));
            try (var standalone = installation.start(scratch.resolve("data"), ports, options)) {
                var metrics = new ScrapedMetrics(ports.http() + 1);
                Await.until(Duration.ofMinutes(5), () -> metrics.known("growalert_runs_total") > MONITORS);
                TimeUnit.SECONDS.sleep(WARM_UP.toSeconds());
                var since = Instant.now();
                for (int round = 1; round <= rounds; round++) {
                    for (var pause : PAUSES) {
                        standalone.freeze();
                        TimeUnit.SECONDS.sleep(pause.toSeconds());
                        standalone.thaw();
                        TimeUnit.SECONDS.sleep(BETWEEN.toSeconds());
                    }
                    Report.print("round %d of %d is over".formatted(round, rounds));
                }
                TimeUnit.SECONDS.sleep(AFTERWARDS.toSeconds());
                exitCode = report(ports, since, standalone);
            }
        }
        System.exit(exitCode);
    }

    /** The value of each changes every 10 s of slot time, so that no pause hides a change from the results for good. */
    private static String write(Path folder, PortRange ports) throws Exception {
        var monitors = IntStream.range(0, MONITORS).mapToObj("""
                          - id: pause-%1$d
                            every: 1s
                            timeout: 1s
                            source: farm
                            query: SELECT 'd' AS device, 1 + (floor(extract(epoch FROM :to) / 10)::bigint + %1$d) %% 2 AS value
                            fail: {above: 1}
                            alert: {receivers: [console]}
                        """::formatted).collect(Collectors.joining());
        var file = folder.resolve("pause.yaml");
        Files.writeString(file, """
                sources:
                  farm: {postgres: {url: "jdbc:postgresql://127.0.0.1:%d/postgres", username: postgres}}
                receivers:
                  console: {log: {}}
                monitors:
                """.formatted(ports.postgres()) + monitors);
        return file.toString();
    }

    private static int report(PortRange ports, Instant since, GrowAlertProcess standalone) {
        var results = TopicRecords.all(TopicRecords.results(ports.broker())).stream()
                .map(TopicRecords.Entry::value)
                .toList();
        var events = new AlertEvents(TopicRecords.all(TopicRecords.events(ports.broker())));
        var transitions = new TransitionCheck(results, events);
        Report.print(
                "%,d results, %,d transitions implied, %,d events, %,d runs that ended in an error since the first pause"
                        .formatted(
                                results.size(),
                                transitions.implied().size(),
                                events.all().size(),
                                results.stream()
                                        .filter(result -> result.error() != null
                                                && result.slot().isAfter(since))
                                        .count()));
        var report = new Report();
        transitions.judge(report, since);
        report.check("it still runs", standalone.isAlive(), "the standalone ended");
        return report.conclude();
    }
}
