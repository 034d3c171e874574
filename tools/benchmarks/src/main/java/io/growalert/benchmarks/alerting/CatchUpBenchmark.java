package io.growalert.benchmarks.alerting;

import io.growalert.benchmarks.process.ChildJvm;
import io.growalert.benchmarks.process.Installation;
import io.growalert.benchmarks.process.KafkaProcess;
import io.growalert.benchmarks.process.PortRange;
import io.growalert.benchmarks.process.PostgresProcess;
import io.growalert.benchmarks.process.ScratchFolder;
import io.growalert.benchmarks.report.Report;
import io.growalert.events.AlertEvent;
import io.growalert.events.AlertPolicy;
import io.growalert.events.CheckResult;
import io.growalert.events.Json;
import io.growalert.events.MonitorDefinition;
import io.growalert.events.OnMissing;
import io.growalert.events.SeriesResult;
import io.growalert.events.Status;
import io.growalert.events.Threshold;
import io.growalert.events.Topics;
import io.growalert.runtime.kafka.KafkaConnection;
import io.growalert.runtime.kafka.TopicCreator;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * A dispatcher with a heap of 1 GB over a backlog of three minutes of 200,000 series a second. The last result of each
 * monitor has a bad value; when all of these are alerts, it caught up. Arguments: seconds of backlog, 180 if there is none;
 * a checkout of another version, this one if there is none.
 */
final class CatchUpBenchmark {
    private static final int MONITORS = 200;
    private static final Duration LIMIT = Duration.ofMinutes(30);

    private CatchUpBenchmark() {}

    public static void main(String... args) throws Exception {
        int seconds = args.length > 0 ? Integer.parseInt(args[0]) : 180;
        var installation = Installation.of(args, 1);
        var report = new Report();
        try (var scratch = ScratchFolder.make("growalert-catch-up");
                var kafka = KafkaProcess.start(scratch.resolve("kafka"), PortRange.free(0), PortRange.free(0));
                var database = PostgresProcess.start(scratch.resolve("postgres"), PortRange.free(0))) {
            fill(kafka.bootstrapServers(), seconds);
            var files = scratch.resolve("receivers.yaml");
            Files.writeString(files, "receivers:\n  console: {log: {}}\n");
            try (var dispatcher = installation.service(
                    "io.growalert.dispatcher.AlertDispatcher",
                    scratch.resolve("dispatcher.log"),
                    PortRange.free(0),
                    List.of("-Xmx1g", "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError"),
                    Map.of(
                            "growalert.dispatcher.kafka", kafka.bootstrapServers(),
                            "growalert.dispatcher.files", files.toString(),
                            "growalert.dispatcher.data", scratch.resolve("data").toString(),
                            "growalert.dispatcher.database.url", database.url("postgres"),
                            "growalert.dispatcher.database.username", "postgres"))) {
                dispatcher.awaitHealthy();
                watch(dispatcher.jvm(), kafka.bootstrapServers(), seconds, report);
            }
        }
        System.exit(report.conclude());
    }

    private static void fill(String broker, int seconds) {
        new TopicCreator(KafkaConnection.at(broker), Topics.DEFAULT_PARTITIONS)
                .createMissing(List.of(Topics.MONITORS, Topics.CHECK_RESULTS, Topics.ALERTS));
        var start = Instant.now().truncatedTo(ChronoUnit.SECONDS).minusSeconds(seconds);
        try (var producer = new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        broker,
                        ProducerConfig.COMPRESSION_TYPE_CONFIG,
                        "lz4",
                        ProducerConfig.BATCH_SIZE_CONFIG,
                        524_288,
                        ProducerConfig.LINGER_MS_CONFIG,
                        20),
                new StringSerializer(),
                new ByteArraySerializer())) {
            for (int number = 0; number < MONITORS; number++) {
                var _ = producer.send(record(Topics.MONITORS, name(number), definition(name(number))));
            }
            for (int second = 0; second < seconds; second++) {
                for (int number = 0; number < MONITORS; number++) {
                    var slot = start.plusSeconds(second);
                    var result = result(name(number), slot, second == seconds - 1);
                    var _ = producer.send(record(Topics.CHECK_RESULTS, name(number), result));
                }
            }
        }
        Report.print("%,d series in %,d results wait".formatted(1_000L * MONITORS * seconds, MONITORS * seconds));
    }

    private static ProducerRecord<String, byte[]> record(String topic, String key, Object value) {
        return new ProducerRecord<>(topic, key, Json.write(value));
    }

    private static String name(int number) {
        return "catch-up-" + number;
    }

    private static MonitorDefinition definition(String name) {
        return new MonitorDefinition(
                name,
                "benchmark",
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                "none",
                null,
                "SELECT 1 AS value",
                null,
                new Threshold.Above(1),
                null,
                OnMissing.FAIL,
                OnMissing.FAIL,
                new AlertPolicy(1, null, 1, null, AlertPolicy.DEFAULT_FORGET_AFTER, List.of("console")),
                Map.of(),
                null,
                null,
                null);
    }

    private static CheckResult result(String name, Instant slot, boolean isLast) {
        var series = IntStream.range(0, CheckResult.MAX_SERIES)
                .mapToObj(number -> {
                    boolean isBad = isLast && number == 0;
                    return new SeriesResult(
                            Map.of("device", "device-" + number),
                            isBad ? 2 : Math.floorMod(slot.getEpochSecond() * 31 + number * 17L, 1000) / 1000.0,
                            isBad ? Status.FAILED : Status.PASSED,
                            isBad ? "above 1" : null);
                })
                .toList();
        return new CheckResult(
                name, slot, slot, 1, isLast ? Status.FAILED : Status.PASSED, 0, 1, 1, Map.of(), series, null, null);
    }

    private static void watch(ChildJvm dispatcher, String broker, int seconds, Report report) throws Exception {
        var fired = new HashSet<String>();
        var start = Instant.now();
        double most = 0;
        try (var events = TopicRecords.events(broker)) {
            while (fired.size() < MONITORS
                    && dispatcher.isAlive()
                    && Instant.now().isBefore(start.plus(LIMIT))) {
                events.poll(Duration.ofSeconds(1), entry -> {
                    if (entry.value().type() == AlertEvent.Type.FIRING && !AlertEvents.isOwn(entry.value())) {
                        fired.add(entry.value().monitor());
                    }
                });
                most = Math.max(most, dispatcher.isAlive() ? dispatcher.heapUsedMiB() : 0);
            }
        }
        double took = Duration.between(start, Instant.now()).toMillis() / 1e3;
        Report.print("%.0f s, %,.0f series a second; heap at most %.0f MiB"
                .formatted(took, 1_000.0 * MONITORS * seconds / took, most));
        if (dispatcher.isAlive()) {
            Report.print("resident at most %d MiB".formatted(dispatcher.peakResidentMiB()));
        }
        report.check("it runs in 1 GB", dispatcher.isAlive(), "the dispatcher ended");
        report.check(
                "it catches up within %d min".formatted(LIMIT.toMinutes()),
                fired.size() == MONITORS,
                "%d of %d monitors are judged to the end".formatted(fired.size(), MONITORS));
    }
}
