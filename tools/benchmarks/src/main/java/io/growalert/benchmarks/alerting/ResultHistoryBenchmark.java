package io.growalert.benchmarks.alerting;

import io.growalert.benchmarks.process.ChildProcess;
import io.growalert.benchmarks.process.KafkaProcess;
import io.growalert.benchmarks.process.PortRange;
import io.growalert.benchmarks.process.PostgresProcess;
import io.growalert.benchmarks.process.ScratchFolder;
import io.growalert.benchmarks.report.Report;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.TimeUnit;

/**
 * The history-service at SERIES series every 10 s: its CPU; then the disk of a week of WEEK monitors with a series each, and the
 * latency of the console's two largest queries over it.
 */
final class ResultHistoryBenchmark {
    private static final int SERIES_OF_A_MONITOR = 100;
    private static final int WARM_UP_SECONDS = 60;
    private static final int REQUESTS = 200;
    /** After this a result must be visible. */
    private static final Duration VISIBLE = Duration.ofSeconds(5);

    private ResultHistoryBenchmark() {}

    public static void main(String... args) throws Exception {
        int series = args.length > 0 ? Integer.parseInt(args[0]) : 10_000;
        int seconds = args.length > 1 ? Integer.parseInt(args[1]) : 180;
        int week = args.length > 2 ? Integer.parseInt(args[2]) : 1_000;
        var report = new Report();
        var ports = PortRange.free();
        try (var scratch = ScratchFolder.make("growalert-result-history");
                var postgres = PostgresProcess.start(scratch.resolve("postgres"), ports.postgres())) {
            if (seconds > 0) {
                ingest(report, scratch, postgres, ports, series, seconds);
            }
            if (week > 0) {
                postgres.createDatabase("week");
                queries(report, postgres, week);
            }
        }
        System.exit(report.conclude());
    }

    private static void ingest(
            Report report, ScratchFolder scratch, PostgresProcess postgres, PortRange ports, int series, int seconds)
            throws Exception {
        int monitors = Math.max(1, series / SERIES_OF_A_MONITOR);
        try (var kafka = KafkaProcess.start(scratch.resolve("kafka"), ports.kafka(), PortRange.free(0));
                var results = new GeneratedResults(kafka.bootstrapServers(), Math.min(series, SERIES_OF_A_MONITOR));
                var history = HistoryInstance.start(
                        scratch.resolve("history.log"),
                        ports.http(),
                        postgres.url("postgres"),
                        kafka.bootstrapServers())) {
            history.awaitHealthy();
            results.define(monitors);
            int runs = publish(results, monitors, WARM_UP_SECONDS);
            double cpu = history.cpuSeconds();
            double database = postgres.cpuSeconds();
            long from = System.nanoTime();
            runs += publish(results, monitors, seconds);
            double took = (System.nanoTime() - from) / 1e9;
            double cores = (history.cpuSeconds() - cpu) / took;
            Report.print("PostgreSQL: %.3f cores".formatted((postgres.cpuSeconds() - database) / took));
            report.checkBound(
                    "cores of history-service at %,d series".formatted(series), cores, cores <= 0.25, "at most 0.25");
            long published = (long) runs * Math.min(series, SERIES_OF_A_MONITOR);
            report.check(
                    "%,d published values are stored after %s".formatted(published, VISIBLE),
                    storedAfter(postgres, VISIBLE) == published,
                    "history.values has another number");
        }
    }

    private static long storedAfter(PostgresProcess postgres, Duration wait) throws Exception {
        Thread.sleep(wait);
        try (var connection = postgres.connect("postgres");
                var statement = connection.createStatement();
                var row = statement.executeQuery("select count(*) from history.values")) {
            row.next();
            return row.getLong(1);
        }
    }

    /** Each monitor every 10 s, a tenth of them each second; returns the number of results. */
    private static int publish(GeneratedResults results, int monitors, int seconds) throws InterruptedException {
        long begin = System.nanoTime();
        int published = 0;
        for (int second = 0; second < seconds; second++) {
            var slot = Instant.now().truncatedTo(ChronoUnit.SECONDS);
            for (int monitor = second % 10; monitor < monitors; monitor += 10) {
                results.publish(monitor, slot);
                published++;
            }
            long wait = begin + TimeUnit.SECONDS.toNanos(second + 1L) - System.nanoTime();
            TimeUnit.NANOSECONDS.sleep(Math.max(0, wait));
        }
        return published;
    }

    private static void queries(Report report, PostgresProcess postgres, int monitors) throws IOException {
        var end = Instant.now().truncatedTo(ChronoUnit.HOURS);
        try (var week = new StoredWeek(postgres.url("week"), monitors, end)) {
            double own = ChildProcess.cpuSeconds(ProcessHandle.current());
            double database = postgres.cpuSeconds();
            week.fill(percent -> {
                if (percent % 10 == 0) {
                    Report.print("filled %d %%".formatted(percent));
                }
            });
            own = ChildProcess.cpuSeconds(ProcessHandle.current()) - own;
            database = postgres.cpuSeconds() - database;
            double hours = 168 * Math.min(monitors, StoredWeek.STORED) / 1_000.0;
            Report.print("COPY, compaction and rollups of 1,000 series for an hour: %.2f s of CPU, of PostgreSQL %.2f s"
                    .formatted(own / hours, database / hours));
            week.copyToOthers();
            double days = 7 * monitors / 1_000.0;
            Report.print("disk per 1,000 series and day: values %.1f MB, rollups %.1f MB"
                    .formatted(week.size("chunks%") / days / 1e6, week.size("rollups%") / days / 1e6));
            var timelines = week.timelines(REQUESTS);
            var months = week.months(REQUESTS);
            Report.spread("a week's timeline of 500 monitors", timelines);
            Report.spread("a month of one series", months);
            double slowest = Math.max(Report.quantile(timelines, 0.95), Report.quantile(months, 0.95));
            report.checkBound(
                    "p95 of both, in seconds",
                    slowest,
                    slowest < Duration.ofMillis(200).toMillis() / 1e3,
                    "below 0.2");
        }
    }
}
