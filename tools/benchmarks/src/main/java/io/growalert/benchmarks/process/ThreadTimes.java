package io.growalert.benchmarks.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * CPU time of a process's threads by their names, in which digits are {@code #}, in seconds. A name has 15 characters at most, and
 * a thread that ended is not included.
 */
public record ThreadTimes(Map<String, Double> seconds) {
    public ThreadTimes {
        seconds = Map.copyOf(seconds);
    }

    static ThreadTimes of(long pid) throws IOException {
        var seconds = new HashMap<String, Double>();
        try (var threads = Files.newDirectoryStream(Path.of("/proc/" + pid + "/task"))) {
            threads.forEach(thread -> add(thread, seconds));
        }
        return new ThreadTimes(seconds);
    }

    private static void add(Path thread, Map<String, Double> seconds) {
        try {
            var name = Files.readString(thread.resolve("comm")).strip().replaceAll("\\d+", "#");
            // the first field is the time on a processor in nanoseconds: Documentation/scheduler/sched-stats.rst
            var nanos = Files.readString(thread.resolve("schedstat")).split(" ", 2)[0];
            seconds.merge(name, Long.parseLong(nanos) / 1e9, Double::sum);
        } catch (IOException e) {
            // it ended in the meantime
        }
    }

    /** Of all threads whose names contain this. */
    public double of(String name) {
        return seconds.entrySet().stream()
                .filter(thread -> thread.getKey().contains(name))
                .mapToDouble(Map.Entry::getValue)
                .sum();
    }

    public ThreadTimes since(ThreadTimes earlier) {
        var spent = new HashMap<String, Double>();
        seconds.forEach((name, time) -> spent.put(name, Math.max(0, time - earlier.seconds.getOrDefault(name, 0.0))));
        return new ThreadTimes(spent);
    }
}
