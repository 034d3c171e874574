package io.growalert.benchmarks.alerting;

import io.growalert.benchmarks.fault.TimeSpan;
import io.growalert.events.CheckResult;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The results of monitors at 1 s on the topic: which slots are missing or there twice, and when nothing was appended. */
record ResultSlots(List<TopicRecords.Entry<CheckResult>> all) {
    private static final Duration EVERY = Duration.ofSeconds(1);

    /**
     * Slots without a result.
     *
     * @param after the slot before them
     * @param slots how many
     * @param counted how many of them the next result counts as missed
     */
    record Gap(String monitor, Instant after, long slots, long counted) {
        /** Those that no instance had, or whose results were lost. */
        long uncounted() {
            return Math.max(0, slots - counted);
        }
    }

    List<CheckResult> results() {
        return all.stream().map(TopicRecords.Entry::value).toList();
    }

    /** The gaps that began in this time. */
    List<Gap> gaps(TimeSpan time) {
        var bySlot = new HashMap<String, TreeMap<Instant, CheckResult>>();
        all.forEach(entry -> bySlot.computeIfAbsent(entry.value().monitor(), _ -> new TreeMap<>())
                .putIfAbsent(entry.value().slot(), entry.value()));
        var gaps = new ArrayList<Gap>();
        bySlot.forEach((monitor, slots) -> {
            Instant before = null;
            for (var result : slots.values()) {
                long missing = before == null
                        ? 0
                        : Math.round(Duration.between(before, result.slot()).toMillis() / (double) EVERY.toMillis())
                                - 1;
                if (missing > 0 && before != null && time.includes(before)) {
                    gaps.add(new Gap(monitor, before, missing, result.missedSlots()));
                }
                before = result.slot();
            }
        });
        return gaps;
    }

    /** The slots whose result was appended more than once, of those appended in this time. */
    List<String> twice(TimeSpan time) {
        var times = new HashMap<String, Integer>();
        in(time).forEach(entry ->
                times.merge(entry.value().monitor() + " at " + entry.value().slot(), 1, Integer::sum));
        return times.entrySet().stream()
                .filter(entry -> entry.getValue() > 1)
                .map(Map.Entry::toString)
                .toList();
    }

    /** The longest time without a result in this time, of the whole topic, in seconds. */
    double longestPause(TimeSpan time) {
        return longest(in(time).map(TopicRecords.Entry::at), time);
    }

    /** The same of the partition whose is longest. */
    double longestPauseOfPartition(TimeSpan time) {
        return in(time).collect(Collectors.groupingBy(TopicRecords.Entry::partition)).values().stream()
                .mapToDouble(partition -> longest(partition.stream().map(TopicRecords.Entry::at), time))
                .max()
                .orElse(Double.NaN);
    }

    private Stream<TopicRecords.Entry<CheckResult>> in(TimeSpan time) {
        return all.stream().filter(entry -> time.includes(entry.at()));
    }

    /** The longest time between two of these, the first and the last of which are the ends of the time. */
    static double longest(Stream<Instant> instants, TimeSpan time) {
        var sorted = Stream.concat(Stream.of(time.from(), time.to()), instants)
                .sorted()
                .toList();
        double longest = 0;
        for (int i = 1; i < sorted.size(); i++) {
            longest = Math.max(longest, new TimeSpan(sorted.get(i - 1), sorted.get(i)).seconds());
        }
        return longest;
    }
}
