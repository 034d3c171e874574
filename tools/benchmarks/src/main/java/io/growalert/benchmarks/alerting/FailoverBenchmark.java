package io.growalert.benchmarks.alerting;

import io.growalert.benchmarks.process.Await;
import io.growalert.benchmarks.process.GrowAlertProcess;
import io.growalert.benchmarks.process.PortRange;
import io.growalert.benchmarks.report.Report;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Two monitor-services and two dispatchers on one Kafka and one PostgreSQL, the second pair of them killed: how long until
 * all monitors run and all alerts are notified again.
 */
final class FailoverBenchmark {
    private static final int MONITORS = 60;

    /** A monitor that is silent for a minute is reported. */
    private static final Duration UNTIL_SILENT = Duration.ofSeconds(65);

    private FailoverBenchmark() {}

    public static void main(String... args) throws Exception {
        var ports = PortRange.free();
        var otherPorts = PortRange.free();
        var folder = Files.createTempDirectory("growalert-failover");
        int exitCode;
        var startedAt = Instant.now();
        try (var sink = new WebhookSink()) {
            var config = FlippingMonitors.write(folder, MONITORS, sink.url());
            var external = new ArrayList<>(List.of("--config", config));
            external.addAll(List.of("--kafka", ports.broker(), "--postgres", ports.database()));
            try (var first = GrowAlertProcess.start(folder.resolve("first"), ports, List.of("--config", config))) {
                Await.until(Duration.ofSeconds(60), () -> !sink.arrivals().isEmpty());
                try (var second = GrowAlertProcess.start(folder.resolve("second"), otherPorts, external)) {
                    TimeUnit.SECONDS.sleep(40);
                    var killedAt = Instant.now();
                    second.kill();
                    Await.until(
                            Duration.ofMinutes(2),
                            () -> notifiedAgain(sink, killedAt).size() == MONITORS);
                    report(sink, ports, killedAt);
                    TimeUnit.SECONDS.sleep(UNTIL_SILENT.toSeconds());
                    exitCode = judge(ports, startedAt, killedAt, first);
                }
            }
        }
        System.exit(exitCode);
    }

    private static int judge(PortRange ports, Instant startedAt, Instant killedAt, GrowAlertProcess first) {
        var report = new Report();
        var events = new AlertEvents(TopicRecords.all(TopicRecords.events(ports.broker())));
        report.check("no false \"no results\" event", events.silence(startedAt));
        report.check("no event of a monitor's own errors", events.ownErrors(killedAt));
        report.check("no event id twice", events.repeated());
        report.check("the other still runs", first.isAlive(), "it ended");
        return report.conclude();
    }

    /** For each monitor, when something that its results decided after this instant first arrived. */
    private static Map<String, Instant> notifiedAgain(WebhookSink sink, Instant killedAt) {
        var first = new HashMap<String, Instant>();
        sink.arrivals().stream()
                .filter(arrival -> arrival.event().slot().isAfter(killedAt))
                .filter(arrival -> !arrival.event().series().isEmpty())
                .forEach(arrival -> first.putIfAbsent(arrival.event().monitor(), arrival.at()));
        return first;
    }

    private static void report(WebhookSink sink, PortRange ports, Instant killedAt) {
        var running = new HashMap<String, Instant>();
        var slots = new HashMap<String, Integer>();
        for (var entry : TopicRecords.all(TopicRecords.results(ports.broker()))) {
            var result = entry.value();
            if (result.slot().isAfter(killedAt)) {
                running.merge(result.monitor(), result.startedAt(), (a, b) -> a.isBefore(b) ? a : b);
            }
            slots.merge(result.monitor() + " " + result.slot(), 1, Integer::sum);
        }
        Report.spread("until a monitor ran again:", since(killedAt, running));
        Report.spread("until its alerts were notified again:", since(killedAt, notifiedAgain(sink, killedAt)));
        Report.print("%d slots, of which %d ran twice"
                .formatted(
                        slots.size(),
                        slots.values().stream().filter(runs -> runs > 1).count()));
    }

    private static List<Double> since(Instant start, Map<String, Instant> moments) {
        return moments.values().stream()
                .map(moment -> Duration.between(start, moment).toMillis() / 1000.0)
                .toList();
    }
}
