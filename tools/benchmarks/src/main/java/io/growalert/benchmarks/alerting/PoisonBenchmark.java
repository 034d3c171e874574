package io.growalert.benchmarks.alerting;

import io.growalert.benchmarks.process.Await;
import io.growalert.benchmarks.process.Installation;
import io.growalert.benchmarks.process.PortRange;
import io.growalert.benchmarks.process.ScratchFolder;
import io.growalert.benchmarks.report.Report;
import io.growalert.events.AlertEvent;
import io.growalert.events.Ids;
import io.growalert.events.Topics;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Records that no client of ours would publish, by kcat, into the partitions of a healthy monitor of a standalone: whether
 * {@code room-co2} still fires and resolves, through a webhook. Each case has its own standalone. The argument is a
 * checkout of another version, this one if there is none.
 */
final class PoisonBenchmark {
    private static final String HEALTHY = "room-co2";
    private static final int PARTITION = Kcat.partition(HEALTHY, Topics.DEFAULT_PARTITIONS);
    private static final String NEIGHBOUR = inPartition("neighbour");
    private static final String POISONED = inPartition("poisoned");
    private static final String ALERT = Ids.alert(HEALTHY, Map.of("device", "d"));
    private static final int ALERT_PARTITION = Kcat.partition(ALERT, Topics.DEFAULT_PARTITIONS);
    private static final int NEARLY_TOO_LARGE = 1_048_400;
    private static final int DEEP = 100_000;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final JsonMapper JSON = new JsonMapper();

    private final Installation installation;
    private final Report report = new Report();

    private interface Poison {
        void publish(Kcat kcat) throws Exception;
    }

    private record Case(String name, Poison poison) {}

    private PoisonBenchmark(Installation installation) {
        this.installation = installation;
    }

    public static void main(String... args) throws Exception {
        Kcat.require();
        var benchmark = new PoisonBenchmark(Installation.of(args, 0));
        for (var each : cases()) {
            benchmark.run(each);
        }
        System.exit(benchmark.report.conclude());
    }

    private static List<Case> cases() {
        var cases = new ArrayList<Case>();
        for (var summary : List.of("{{}}", "{{#}}{{/}}", "{{=}}")) {
            cases.add(new Case("a definition with summary " + summary, kcat -> publishDefinition(kcat, summary)));
        }
        for (var kind : Map.of(
                        "garbage of 1,048,400 bytes", "x".repeat(NEARLY_TOO_LARGE), "100,000 '['", "[".repeat(DEEP))
                .entrySet()) {
            for (var topic : List.of(Topics.CHECK_RESULTS, Topics.MONITORS)) {
                cases.add(new Case(
                        "%s on %s".formatted(kind.getKey(), topic),
                        kcat -> kcat.publish(topic, PARTITION, POISONED, kind.getValue())));
            }
            cases.add(new Case(
                    "%s on %s".formatted(kind.getKey(), Topics.ALERTS),
                    kcat -> kcat.publish(Topics.ALERTS, ALERT_PARTITION, ALERT, kind.getValue())));
        }
        cases.add(new Case("a result whose label is 700 KB", PoisonBenchmark::publishLargeLabel));
        return cases;
    }

    /** The first name of this kind whose records share the healthy monitor's partition. */
    private static String inPartition(String prefix) {
        return IntStream.range(0, 10_000)
                .mapToObj(number -> prefix + "-" + number)
                .filter(name -> Kcat.partition(name, Topics.DEFAULT_PARTITIONS) == PARTITION)
                .findFirst()
                .orElseThrow();
    }

    /** A copy of the neighbour's definition, from another origin so that the standalone does not remove it, whose value is bad. */
    private static void publishDefinition(Kcat kcat, String summary) throws Exception {
        var definition = (ObjectNode)
                JSON.readTree(kcat.values(Topics.MONITORS, PARTITION, NEIGHBOUR).getLast());
        definition.put("id", POISONED);
        definition.put("origin", "poison");
        definition.put("query", "SELECT 'd' AS device, 2.0 AS value");
        definition.put("summary", summary);
        kcat.publish(Topics.MONITORS, PARTITION, POISONED, definition.toString());
    }

    private static void publishLargeLabel(Kcat kcat) throws Exception {
        kcat.publish(Topics.CHECK_RESULTS, PARTITION, NEIGHBOUR, """
                {"monitor": "%s", "slot": "%s", "startedAt": "%2$s", "durationMs": 1, "status": "FAILED", "missedSlots": 0,
                 "part": 1, "parts": 1, "labels": {},
                 "series": [{"labels": {"device": "%s"}, "value": 2.0, "status": "FAILED", "reason": "above 1"}]}
                """.formatted(
                        NEIGHBOUR, Instant.now(), "x".repeat(700_000)));
    }

    private void run(Case each) throws Exception {
        try (var scratch = ScratchFolder.make("growalert-poison");
                var values = SourceValues.start(scratch.resolve("values"));
                var sink = new WebhookSink()) {
            var ports = PortRange.free();
            var options = List.of("--no-billing", "--config", write(scratch, values, sink));
            try (var standalone = installation.start(scratch.resolve("data"), ports, options)) {
                var metrics = new ScrapedMetrics(ports.http() + 1);
                Await.until(Duration.ofMinutes(5), () -> metrics.known("growalert_runs_total") > 4);
                var before = firesAndResolves(values, sink);
                if (!before.isEmpty()) {
                    report.check(each.name() + ": even before that", before);
                    return;
                }
                each.poison().publish(new Kcat(ports.broker(), scratch.folder()));
                TimeUnit.SECONDS.sleep(3);
                var violations = new ArrayList<>(firesAndResolves(values, sink));
                if (!standalone.isAlive()) {
                    violations.add("the standalone ended");
                }
                report.check("%s: %s fires and resolves".formatted(each.name(), HEALTHY), violations);
                Report.print("       /health: %s; dispatcher: %s; monitor-service: %s"
                        .formatted(
                                new JsonApi(ports.http()).health("/health"),
                                new JsonApi(ports.http() + 2).health("/actuator/health"),
                                new JsonApi(ports.http() + 1).health("/actuator/health")));
            }
        }
    }

    private static String write(ScratchFolder scratch, SourceValues values, WebhookSink sink) throws Exception {
        var file = scratch.resolve("poison.yaml");
        Files.writeString(
                file,
                values.source() + """
                receivers:
                  hook: {webhook: {url: "%s"}}
                monitors:
                """.formatted(sink.url()) + monitor(values, HEALTHY) + monitor(values, NEIGHBOUR));
        return file.toString();
    }

    private static String monitor(SourceValues values, String name) throws Exception {
        values.set(name, 0);
        return """
                  - id: %s
                    every: 1s
                    timeout: 1s
                    source: farm
                    query: %s
                    fail: {above: 1}
                    alert: {receivers: [hook]}
                """.formatted(name, SourceValues.query(name));
    }

    /** What speaks against it. */
    private static List<String> firesAndResolves(SourceValues values, WebhookSink sink) throws Exception {
        long fired = count(sink, AlertEvent.Type.FIRING);
        long resolved = count(sink, AlertEvent.Type.RESOLVED);
        values.set(HEALTHY, 2);
        boolean fires = arrives(sink, AlertEvent.Type.FIRING, fired);
        values.set(HEALTHY, 0);
        boolean resolves = arrives(sink, AlertEvent.Type.RESOLVED, resolved);
        var violations = new ArrayList<String>();
        if (!fires) {
            violations.add("no firing within %d s".formatted(PATIENCE.toSeconds()));
        }
        if (!resolves) {
            violations.add("no resolution within %d s".formatted(PATIENCE.toSeconds()));
        }
        return violations;
    }

    private static boolean arrives(WebhookSink sink, AlertEvent.Type type, long before) throws InterruptedException {
        var end = Instant.now().plus(PATIENCE);
        while (count(sink, type) == before && Instant.now().isBefore(end)) {
            TimeUnit.MILLISECONDS.sleep(100);
        }
        return count(sink, type) > before;
    }

    private static long count(WebhookSink sink, AlertEvent.Type type) {
        return sink.arrivals().stream()
                .filter(arrival -> arrival.event().monitor().equals(HEALTHY)
                        && arrival.event().type() == type
                        && !AlertEvents.isOwn(arrival.event()))
                .count();
    }
}
