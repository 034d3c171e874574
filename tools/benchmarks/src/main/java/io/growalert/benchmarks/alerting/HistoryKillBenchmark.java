package io.growalert.benchmarks.alerting;

import io.growalert.benchmarks.process.Await;
import io.growalert.benchmarks.process.KafkaProcess;
import io.growalert.benchmarks.process.PortRange;
import io.growalert.benchmarks.process.PostgresProcess;
import io.growalert.benchmarks.process.ScratchFolder;
import io.growalert.benchmarks.report.Report;
import io.growalert.events.Ids;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** {@code kill -9} of the history-service while results arrive: {@code history.values} must equal what the topic has. */
final class HistoryKillBenchmark {
    private static final int MONITORS = 100;
    private static final int SERIES = 5;
    private static final Duration EVERY = Duration.ofSeconds(1);
    private static final int REPEATED_EVERY = 7;
    private static final long PAUSE_MILLIS = 10;

    private HistoryKillBenchmark() {}

    public static void main(String... args) throws Exception {
        int times = args.length > 0 ? Integer.parseInt(args[0]) : 20;
        int exitCode;
        var ports = PortRange.free();
        try (var scratch = ScratchFolder.make("growalert-history-kill");
                var kafka = KafkaProcess.start(scratch.resolve("kafka"), ports.kafka(), PortRange.free(0));
                var postgres = PostgresProcess.start(scratch.resolve("postgres"), ports.postgres());
                var results = new GeneratedResults(kafka.bootstrapServers(), SERIES, EVERY);
                var history = HistoryInstance.start(
                        scratch.resolve("history.log"),
                        ports.http(),
                        postgres.url("postgres"),
                        kafka.bootstrapServers())) {
            history.awaitHealthy();
            results.define(MONITORS);
            var stopped = new AtomicBoolean();
            var publisher = Thread.ofVirtual().start(() -> publish(results, stopped));
            var random = new Random(13);
            for (int kill = 0; kill < times; kill++) {
                TimeUnit.MILLISECONDS.sleep(3_000 + random.nextInt(5_000));
                history.kill();
                history.startAgain();
                history.awaitHealthy();
            }
            stopped.set(true);
            publisher.join();
            exitCode = judge(kafka.bootstrapServers(), postgres);
        }
        System.exit(exitCode);
    }

    /** A hundred runs a second, each monitor's one a second; some are published again with the monitor's next. */
    private static void publish(GeneratedResults results, AtomicBoolean stopped) {
        var first = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        try {
            for (long n = 0; !stopped.get(); n++) {
                int monitor = (int) (n % MONITORS);
                var slot = first.plus(EVERY.multipliedBy(n / MONITORS));
                if (n >= MONITORS && n % REPEATED_EVERY == 0) {
                    results.publish(monitor, slot.minus(EVERY));
                }
                results.publish(monitor, slot);
                TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static int judge(String broker, PostgresProcess postgres) throws Exception {
        Map<String, String> expected = new TreeMap<>();
        for (var entry : TopicRecords.all(TopicRecords.results(broker))) {
            var run = entry.value();
            run.series()
                    .forEach(row -> expected.put(
                            Ids.alert(run.monitor(), row.labels()) + " " + run.slot(),
                            row.value() + " " + row.status()));
        }
        Await.until(Duration.ofMinutes(2), () -> count(postgres, "history.\"values\"") >= expected.size());
        var actual = new TreeMap<String, String>();
        int rows = 0;
        try (var connection = postgres.connect("postgres");
                var statement = connection.createStatement();
                var row = statement.executeQuery(
                        "select s.hash, v.slot, v.value, v.status from history.\"values\" v"
                                + " join history.monitors m using (monitor) join history.series s on s.monitor = m.id and s.labels = v.series")) {
            while (row.next()) {
                rows++;
                var slot = row.getObject("slot", OffsetDateTime.class).toInstant();
                actual.put(row.getString("hash") + " " + slot, row.getDouble("value") + " " + row.getString("status"));
            }
        }
        var report = new Report();
        report.checkEqual("history.values and the topic", expected, actual);
        report.check("no value twice", rows == actual.size(), "%d rows for %d values".formatted(rows, actual.size()));
        long missed = count(postgres, "history.spans where status = 'MISSED'");
        report.check("no slot counts as missed", missed == 0, "%d spans".formatted(missed));
        return report.conclude();
    }

    private static long count(PostgresProcess postgres, String rows) {
        try (var connection = postgres.connect("postgres");
                var statement = connection.createStatement();
                var row = statement.executeQuery("select count(*) from " + rows)) {
            row.next();
            return row.getLong(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
