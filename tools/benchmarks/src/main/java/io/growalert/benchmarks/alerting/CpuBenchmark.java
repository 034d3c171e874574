package io.growalert.benchmarks.alerting;

import io.growalert.benchmarks.process.Await;
import io.growalert.benchmarks.process.GrowAlertProcess;
import io.growalert.benchmarks.process.PortRange;
import io.growalert.benchmarks.report.Report;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What judging costs: the CPU time of the whole standalone, broker and PostgreSQL included, for each 1,000 series judged, from a
 * source inside the process, one and three minutes after the first run. Prometheus, where it is installed, judges as many series by as many rules before; it also scrapes them, and
 * what that costs without rules is printed as well. Arguments, in pairs: how many monitors at 1 s, and how many series each has.
 */
final class CpuBenchmark {
    private static final Duration WARM_UP = Duration.ofSeconds(60);
    private static final Duration MEASURED = Duration.ofSeconds(60);
    /** The JVM's compilers have done most of their work by then. */
    private static final Duration COMPILED = Duration.ofMinutes(3);

    private CpuBenchmark() {}

    public static void main(String... args) throws Exception {
        if (args.length == 0 || args.length % 2 != 0) {
            System.err.println("usage: benchmarks/run Cpu MONITORS SERIES [MONITORS SERIES ...]");
            System.exit(2);
        }
        for (int i = 0; i + 1 < args.length; i += 2) {
            int monitors = Integer.parseInt(args[i]);
            int series = Integer.parseInt(args[i + 1]);
            if (Prometheus.isHere()) {
                measurePrometheus(new Prometheus.Work(monitors, series, "1s"));
            }
            measure(monitors, series);
        }
    }

    private static void measure(int monitors, int series) throws Exception {
        var ports = PortRange.free();
        var folder = Files.createTempDirectory("growalert-cpu");
        try (var standalone = GrowAlertProcess.start(
                folder.resolve("data"), ports, List.of("--config", write(folder, monitors, series)))) {
            var metrics = new ScrapedMetrics(ports.http() + 1);
            Await.until(Duration.ofSeconds(90), () -> runs(metrics, standalone) > 0);
            TimeUnit.SECONDS.sleep(WARM_UP.toSeconds());

            report(monitors, series, WARM_UP, standalone, metrics);
            TimeUnit.SECONDS.sleep(COMPILED.minus(WARM_UP).minus(MEASURED).toSeconds());
            report(monitors, series, COMPILED, standalone, metrics);
        }
    }

    private static void report(
            int monitors, int series, Duration after, GrowAlertProcess standalone, ScrapedMetrics metrics)
            throws Exception {
        double runsBefore = metrics.sum("growalert_runs_total");
        double missedBefore = metrics.sum("growalert_slots_missed_total");
        double cpuBefore = standalone.cpuSeconds();
        double jvmBefore = standalone.jvmCpuSeconds();
        var threadsBefore = standalone.threadTimes();
        TimeUnit.SECONDS.sleep(MEASURED.toSeconds());
        double cpu = standalone.cpuSeconds() - cpuBefore;
        double database = cpu - (standalone.jvmCpuSeconds() - jvmBefore);
        double compilers = standalone.threadTimes().since(threadsBefore).of("CompilerThre");
        double runs = metrics.sum("growalert_runs_total") - runsBefore;
        double missed = metrics.sum("growalert_slots_missed_total") - missedBefore;

        double judged = runs * series;
        Report.print(
                ("%d monitors of %d series at 1 s, %d s after the first run: %.0f series a second, %.4f CPU-seconds for 1,000 "
                                + "(%.2f cores, of which PostgreSQL %.2f and the JVM's compilers %.2f), %.0f slots missed of %.0f, resident %d MiB")
                        .formatted(
                                monitors,
                                series,
                                after.toSeconds(),
                                judged / MEASURED.toSeconds(),
                                cpu / judged * 1000,
                                cpu / MEASURED.toSeconds(),
                                database / MEASURED.toSeconds(),
                                compilers / MEASURED.toSeconds(),
                                missed,
                                runs + missed,
                                standalone.residentMiB()));
    }

    /** Twice: with its rules, and the scrape alone. */
    private static void measurePrometheus(Prometheus.Work work) throws Exception {
        double whole = coresOf(work);
        double scrape = coresOf(work.scrapeOnly());
        double perSecond = (double) work.rules() * work.series() / 1000;
        Report.print(
                "Prometheus, %d rules of %d series at 1 s: %.4f CPU-seconds for 1,000 (%.2f cores), of which its scrape alone %.4f"
                        .formatted(work.rules(), work.series(), whole / perSecond, whole, scrape / perSecond));
    }

    private static double coresOf(Prometheus.Work work) throws Exception {
        var folder = Files.createTempDirectory("growalert-prometheus");
        try (var prometheus = Prometheus.start(folder, work)) {
            TimeUnit.SECONDS.sleep(WARM_UP.toSeconds());
            double roundsBefore = prometheus.rounds();
            double cpuBefore = prometheus.cpuSeconds();
            TimeUnit.SECONDS.sleep(MEASURED.toSeconds());
            double cpu = prometheus.cpuSeconds() - cpuBefore;
            double rounds = prometheus.rounds() - roundsBefore;
            if (work.rules() > 0 && rounds < MEASURED.toSeconds() - 1) {
                Report.print("Prometheus judged its rules %.0f times in %d s".formatted(rounds, MEASURED.toSeconds()));
            }
            return cpu / MEASURED.toSeconds();
        }
    }

    private static double runs(ScrapedMetrics metrics, GrowAlertProcess standalone) {
        if (!standalone.isAlive()) {
            throw new IllegalStateException("the standalone ended; its console.log says why");
        }
        return metrics.known("growalert_runs_total");
    }

    private static String write(Path folder, int monitors, int series) throws Exception {
        var definitions = IntStream.range(0, monitors)
                .mapToObj(number -> """
                          - id: bench-%d
                            every: 1s
                            timeout: 1s
                            source: inside
                            query: "%d"
                            fail: {above: 1}
                            alert: {receivers: [console]}
                        """.formatted(number, series))
                .collect(Collectors.joining());
        var file = folder.resolve("bench.yaml");
        Files.writeString(file, """
                sources:
                  inside: {generated: {}, limit: 1000}
                receivers:
                  console: {log: {}}
                monitors:
                """ + definitions);
        return file.toString();
    }
}
