package io.growalert.benchmarks.alerting;

import io.growalert.benchmarks.process.Await;
import io.growalert.benchmarks.process.GrowAlertProcess;
import io.growalert.benchmarks.process.PortRange;
import io.growalert.benchmarks.report.Report;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * {@code kill -9} of the whole JVM at random moments while results flip every second. What the results topic implies is
 * then held against what the webhooks' receiver got; {@link KilledRoutes} judges groups, silences, acknowledgements and escalations. The argument is the number of kills, 20 if there is none.
 */
final class KillBenchmark {
    private static final int MONITORS = 20;
    private static final Duration SETTLING = Duration.ofSeconds(10);

    private KillBenchmark() {}

    public static void main(String... args) throws Exception {
        int kills = args.length > 0 ? Integer.parseInt(args[0]) : 20;
        var random = new Random(9);
        var ports = PortRange.free();
        var folder = Files.createTempDirectory("growalert-kill");
        var firstDue = new ArrayList<Double>();
        var report = new Report();
        try (var sink = new WebhookSink();
                var routes = new KilledRoutes()) {
            var options = List.of(
                    "--config", FlippingMonitors.write(folder, MONITORS, sink.url()), "--config", routes.write(folder));
            var api = new JsonApi(ports.http(), folder.resolve("data").resolve("operator-token"));
            var killedAt = Instant.EPOCH;
            for (int kill = 0; kill < kills; kill++) {
                var standalone = GrowAlertProcess.start(folder.resolve("data"), ports, options);
                int before = sink.arrivals().size();
                Await.until(Duration.ofSeconds(90), () -> sink.arrivals().size() > before);
                routes.change(api);
                var dueUntil = killedAt;
                sink.arrivals().stream()
                        .skip(before)
                        .filter(arrival -> arrival.event().slot().isBefore(dueUntil))
                        .findFirst()
                        .ifPresent(arrival -> firstDue.add(seconds(standalone.startedAt(), arrival.at())));
                TimeUnit.MILLISECONDS.sleep(random.nextLong(1_000, 8_000));
                killedAt = Instant.now();
                standalone.kill();
                Report.print("kill %d: %d webhooks so far"
                        .formatted(kill + 1, sink.arrivals().size()));
            }
            try (var standalone = GrowAlertProcess.start(folder.resolve("data"), ports, options)) {
                int before = sink.arrivals().size();
                Await.until(Duration.ofSeconds(90), () -> sink.arrivals().size() > before + 10 * MONITORS);
                report(report, sink, ports, kills);
                routes.end(api);
                TimeUnit.SECONDS.sleep(SETTLING.toSeconds());
                var events = TopicRecords.all(TopicRecords.events(ports.broker())).stream()
                        .map(TopicRecords.Entry::value)
                        .toList();
                TimeUnit.SECONDS.sleep(SETTLING.toSeconds());
                routes.judge(report, events);
                report.check("still running after all", standalone.isAlive(), "it ended");
            }
            Report.spread("from the new start to the first delivery of what was due:", firstDue);
        }
        System.exit(report.conclude());
    }

    private static void report(Report report, WebhookSink sink, PortRange ports, int kills)
            throws InterruptedException {
        var results = TopicRecords.all(TopicRecords.results(ports.broker())).stream()
                .map(TopicRecords.Entry::value)
                .filter(result -> result.monitor().startsWith("flip-"))
                .toList();
        var check = new TransitionCheck(results, new AlertEvents(List.of()));
        var deadline = Instant.now().plusSeconds(15);
        while (!check.isNotified(sink) && Instant.now().isBefore(deadline)) {
            TimeUnit.MILLISECONDS.sleep(100);
        }
        Report.print("%d kills, %d results, %d transitions implied"
                .formatted(kills, results.size(), check.implied().size()));
        check.judgeWebhooks(report, sink, true);
    }

    private static double seconds(Instant from, Instant to) {
        return Duration.between(from, to).toNanos() / 1e9;
    }
}
