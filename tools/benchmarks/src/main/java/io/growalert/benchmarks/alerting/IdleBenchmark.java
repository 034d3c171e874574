package io.growalert.benchmarks.alerting;

import io.growalert.benchmarks.process.Await;
import io.growalert.benchmarks.process.GrowAlertProcess;
import io.growalert.benchmarks.process.PortRange;
import io.growalert.benchmarks.process.ThreadTimes;
import io.growalert.benchmarks.report.Report;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What the whole standalone costs with one monitor a minute: cores, by process and by thread, and resident memory; Prometheus with
 * one rule a minute beside it, where it is installed. Arguments: for how many minutes it is measured, after how many.
 */
final class IdleBenchmark {
    private static final int THREADS_SHOWN = 20;
    private static final String DEFINITIONS = """
            sources:
              inside: {generated: {}}
            receivers:
              console: {log: {}}
            monitors:
              - id: bench
                every: 1m
                source: inside
                query: "1"
                fail: {above: 1}
                alert: {receivers: [console]}
            """;

    private IdleBenchmark() {}

    public static void main(String... args) throws Exception {
        long measured = TimeUnit.MINUTES.toSeconds(args.length > 0 ? Integer.parseInt(args[0]) : 4);
        long warmUp = TimeUnit.MINUTES.toSeconds(args.length > 1 ? Integer.parseInt(args[1]) : 4);
        var ports = PortRange.free();
        var folder = Files.createTempDirectory("growalert-idle");
        var file = folder.resolve("idle.yaml");
        Files.writeString(file, DEFINITIONS);
        try (var standalone =
                GrowAlertProcess.start(folder.resolve("data"), ports, List.of("--config", file.toString()))) {
            var metrics = new ScrapedMetrics(ports.http() + 1);
            Await.until(Duration.ofSeconds(150), () -> metrics.known("growalert_runs_total") > 0);
            TimeUnit.SECONDS.sleep(warmUp);
            measure(standalone, measured);
        }
        if (Prometheus.isHere()) {
            measurePrometheus(folder.resolve("prometheus"), measured);
        }
    }

    private static void measure(GrowAlertProcess standalone, long seconds) throws Exception {
        double jvmBefore = standalone.jvmCpuSeconds();
        double allBefore = standalone.cpuSeconds();
        var threadsBefore = standalone.threadTimes();
        TimeUnit.SECONDS.sleep(seconds);
        double jvm = (standalone.jvmCpuSeconds() - jvmBefore) / seconds;
        double all = (standalone.cpuSeconds() - allBefore) / seconds;
        Report.print(
                "GrowAlert: %.4f cores over %d s: JVM %.4f, PostgreSQL %.4f".formatted(all, seconds, jvm, all - jvm));
        Report.print("JVM resident %d MiB (%d proportional, %d at most); PostgreSQL %d MiB proportional"
                .formatted(
                        standalone.residentMiB(),
                        standalone.jvmProportionalMiB(),
                        standalone.peakResidentMiB(),
                        standalone.postgresProportionalMiB()));
        print(standalone.threadTimes().since(threadsBefore), seconds);
    }

    private static void print(ThreadTimes spent, long seconds) {
        spent.seconds().entrySet().stream()
                .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
                .limit(THREADS_SHOWN)
                .forEach(
                        thread -> Report.print("  %-16s %.4f".formatted(thread.getKey(), thread.getValue() / seconds)));
    }

    private static void measurePrometheus(Path folder, long seconds) throws Exception {
        try (var prometheus = Prometheus.start(folder, new Prometheus.Work(1, 1, "1m"))) {
            TimeUnit.SECONDS.sleep(60);
            double before = prometheus.cpuSeconds();
            TimeUnit.SECONDS.sleep(seconds);
            Report.print("Prometheus: %.4f cores over %d s, resident %d MiB"
                    .formatted((prometheus.cpuSeconds() - before) / seconds, seconds, prometheus.residentMiB()));
        }
    }
}
