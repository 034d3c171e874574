package io.growalert.benchmarks.alerting;

import com.sun.management.OperatingSystemMXBean;
import io.growalert.alerts.Alert;
import io.growalert.alerts.Check;
import io.growalert.alerts.CheckOutcome;
import io.growalert.alerts.Monitor;
import io.growalert.alerts.Monitors;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Monitors whose check returns at once: how late they start, what they miss, what they weigh and what they cost.
 *
 * <p>Arguments: number of monitors (100000), interval in ms (10000), seconds measured (60). One interval of warm-up comes
 * before.
 */
final class MonitorsBenchmark {
    private static final Check CHECK = context -> CheckOutcome.passed();
    private static final Alert ALERT = Alert.none();

    private MonitorsBenchmark() {}

    public static void main(String[] args) throws InterruptedException {
        int count = (int) argument(args, 0, 100_000);
        var interval = Duration.ofMillis(argument(args, 1, 10_000));
        var measured = Duration.ofSeconds(argument(args, 2, 60));
        var delays = new StartDelays();
        try (var monitors = Monitors.builder().listener(delays).start()) {
            long empty = heapInUse();
            for (int i = 0; i < count; i++) {
                monitors.add(Monitor.named("monitor-" + i)
                        .check(CHECK)
                        .alert(ALERT)
                        .every(interval)
                        .build());
            }
            long added = heapInUse();
            pass(interval);
            delays.reset();
            long cpu = cpuNanos();
            pass(measured);
            cpu = cpuNanos() - cpu;
            long runs = delays.runs();
            System.out.printf(
                    "%,d monitors every %d ms for %d s on %d processors%n",
                    count,
                    interval.toMillis(),
                    measured.toSeconds(),
                    Runtime.getRuntime().availableProcessors());
            System.out.printf(
                    "runs %,d of %,d due, missed slots %,d%n",
                    runs, count * measured.toMillis() / interval.toMillis(), delays.missed());
            System.out.printf(
                    "start delay p50 %.2f ms, p99 %.2f ms, p99.9 %.2f ms, max %.2f ms%n",
                    delays.quantile(0.5), delays.quantile(0.99), delays.quantile(0.999), delays.quantile(1));
            System.out.printf(
                    "heap a monitor: %,d bytes when added, %,d after the runs%n",
                    (added - empty) / count, (heapInUse() - empty) / count);
            System.out.printf(
                    "CPU %.1f s: %.1f %% of one processor, %.1f µs a run%n",
                    cpu / 1e9, 100.0 * cpu / measured.toNanos(), cpu / 1e3 / runs);
        }
    }

    private static long argument(String[] args, int index, long otherwise) {
        return index < args.length ? Long.parseLong(args[index]) : otherwise;
    }

    private static void pass(Duration time) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(time.toNanos());
    }

    private static long heapInUse() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static long cpuNanos() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }
}
