package io.growalert.benchmarks.process;

import io.growalert.benchmarks.report.Report;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** Memory, threads and file descriptors of JVMs over time, as a CSV file and as a comparison of the first third with the last. */
public final class ProcessLog implements AutoCloseable {
    private static final Duration EVERY = Duration.ofSeconds(10);
    private static final int HEAP_EVERY = 12;

    /** Growth below these is none, whatever its share. */
    private static final List<Figure> FIGURES = List.of(
            new Figure("resident MiB", Sample::resident, 1.15, 40),
            new Figure("heap MiB", Sample::heap, 1.25, 16),
            new Figure("threads", Sample::threads, 1.15, 15),
            new Figure("files", Sample::files, 1.15, 40));

    private record Figure(String name, ToDoubleFunction<Sample> of, double most, double slack) {}

    /** @param heap after a full collection; NaN when it was not measured */
    private record Sample(Instant at, String process, long pid, long resident, double heap, long threads, long files) {}

    private final Supplier<Map<String, ChildJvm>> processes;
    private final Path file;
    private final Instant start = Instant.now();
    private final List<Sample> samples = new CopyOnWriteArrayList<>();
    private final Thread thread = Thread.ofPlatform().unstarted(this::run);
    private volatile boolean stopped;

    private ProcessLog(Supplier<Map<String, ChildJvm>> processes, Path file) {
        this.processes = processes;
        this.file = file;
    }

    /** @param processes by name; those that restarted are other ones */
    public static ProcessLog start(Supplier<Map<String, ChildJvm>> processes, Path file) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        var log = new ProcessLog(processes, file);
        log.thread.start();
        return log;
    }

    private void run() {
        try (var csv = new PrintWriter(Files.newBufferedWriter(file))) {
            csv.println("seconds,process,pid,resident_mib,heap_mib,threads,files");
            for (int round = 0; !stopped; round++) {
                for (var process : processes.get().entrySet()) {
                    sample(process.getKey(), process.getValue(), round % HEAP_EVERY == 0, csv);
                }
                csv.flush();
                TimeUnit.SECONDS.sleep(EVERY.toSeconds());
            }
        } catch (IOException e) {
            Report.print("%s cannot be written: %s".formatted(file, e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void sample(String name, ChildJvm jvm, boolean withHeap, PrintWriter csv) throws InterruptedException {
        try {
            var sample = new Sample(
                    Instant.now(),
                    name,
                    jvm.pid(),
                    jvm.residentMiB(),
                    withHeap ? jvm.heapMiB() : Double.NaN,
                    jvm.threads(),
                    jvm.openFiles());
            samples.add(sample);
            csv.println("%.0f,%s,%d,%d,%s,%d,%d"
                    .formatted(
                            Duration.between(start, sample.at()).toMillis() / 1e3,
                            name,
                            sample.pid(),
                            sample.resident(),
                            Double.isNaN(sample.heap()) ? "" : "%.1f".formatted(sample.heap()),
                            sample.threads(),
                            sample.files()));
        } catch (IOException e) {
            // it ended meanwhile
        }
    }

    /**
     * Prints the means of the first and the last third, and the trend of the longest run of a process.
     *
     * @param isLong whether the time was long enough to tell growth from a start
     */
    public void judge(Report report, boolean isLong) {
        var grown = new ArrayList<String>();
        Report.print("%-14s %-13s %9s %9s %9s %12s".formatted("process", "", "first", "last", "most", "per hour"));
        for (var name : samples.stream().map(Sample::process).distinct().toList()) {
            var own = samples.stream()
                    .filter(sample -> sample.process().equals(name))
                    .toList();
            for (var figure : FIGURES) {
                var known = own.stream()
                        .filter(sample -> !Double.isNaN(figure.of().applyAsDouble(sample)))
                        .toList();
                double first = mean(known.subList(0, known.size() / 3), figure);
                double last = mean(known.subList(known.size() - known.size() / 3, known.size()), figure);
                double most = known.stream().mapToDouble(figure.of()).max().orElse(Double.NaN);
                Report.print("%-14s %-13s %9.1f %9.1f %9.1f %+12.1f"
                        .formatted(name, figure.name(), first, last, most, trend(known, figure)));
                if (last > first * figure.most() && last > first + figure.slack()) {
                    grown.add("%s of %s: %.1f, then %.1f".formatted(figure.name(), name, first, last));
                }
            }
        }
        if (isLong) {
            report.check("no process grows", grown);
        } else {
            Report.print("too short to judge growth: " + grown);
        }
    }

    private static double mean(List<Sample> samples, Figure figure) {
        return samples.stream().mapToDouble(figure.of()).average().orElse(Double.NaN);
    }

    /** The slope by least squares of the run with the most samples, without its first quarter, for an hour. */
    private static double trend(List<Sample> samples, Figure figure) {
        var longest = samples.stream().collect(Collectors.groupingBy(Sample::pid)).values().stream()
                .max(Comparator.comparingInt(List::size))
                .orElse(List.of());
        var run = longest.subList(longest.size() / 4, longest.size());
        double meanTime = run.stream().mapToDouble(ProcessLog::hours).average().orElse(0);
        double mean = mean(run, figure);
        double product = 0;
        double square = 0;
        for (var sample : run) {
            product += (hours(sample) - meanTime) * (figure.of().applyAsDouble(sample) - mean);
            square += Math.pow(hours(sample) - meanTime, 2);
        }
        return square == 0 ? 0 : product / square;
    }

    private static double hours(Sample sample) {
        return sample.at().toEpochMilli() / 3.6e6;
    }

    /** Samples no more. */
    public void stop() {
        stopped = true;
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        stop();
    }
}
