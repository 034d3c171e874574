package io.growalert.benchmarks.load;

import io.growalert.benchmarks.report.Report;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * The responses to a load.
 *
 * @param took from the first request to the last response
 */
public record Replies(List<Reply> all, Duration took) {

    /**
     * @param name of the request
     * @param due when it was to be sent, of {@link System#nanoTime()}
     * @param seconds from then until the response was complete
     * @param status 0 stands for a broken connection
     * @param code of the response's problem details, or how the connection broke; otherwise empty
     */
    public record Reply(String name, long due, double seconds, int status, String code) {
        public boolean isOk() {
            return status == 200;
        }

        /** When the response was complete, of {@link System#nanoTime()}. */
        public long answered() {
            return due + Math.round(seconds * 1e9);
        }

        public String outcome() {
            return (status == 0 ? "none " : status + " ") + code;
        }
    }

    public Replies where(Predicate<Reply> wanted) {
        return new Replies(all.stream().filter(wanted).toList(), took);
    }

    /** Those that were due between two instants of {@link System#nanoTime()}. */
    public Replies between(long from, long to) {
        return where(reply -> reply.due() - from >= 0 && reply.due() - to < 0);
    }

    public double okPerSecond() {
        return all.stream().filter(Reply::isOk).count() * 1e9 / took.toNanos();
    }

    public double milliseconds(double quantile) {
        return Report.quantile(all.stream().map(Reply::seconds).toList(), quantile) * 1e3;
    }

    /** How often each status and code came. */
    public Map<String, Long> outcomes() {
        var outcomes = new TreeMap<String, Long>();
        all.forEach(reply -> outcomes.merge(reply.outcome().strip(), 1L, Long::sum));
        return outcomes;
    }

    /** What speaks against all of them being 200. */
    public List<String> failures() {
        return all.stream()
                .filter(reply -> !reply.isOk())
                .map(reply -> "%s: %s".formatted(reply.name(), reply.outcome()))
                .toList();
    }
}
