package io.growalert.benchmarks.alerting;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** The increase of the services' own counters of what is late or lost, over their restarts: what they lose at a kill is not seen. */
final class LateCounters implements AutoCloseable {
    private static final int SECONDS = 5;

    private static final Map<String, List<String>> COUNTERS = Map.of(
            "monitors",
            List.of(
                    "growalert_slots_missed_total",
                    "growalert_results_dropped_total",
                    "growalert_results_refused_total",
                    "growalert_runs_warmup_total"),
            "dispatcher",
            List.of(
                    "growalert_state_late_total",
                    "growalert_state_dead_letters_total",
                    "growalert_state_clock_corrections_total"));

    private final Services services;
    private final Map<String, Double> last = new HashMap<>();
    private final Map<String, Double> totals = new ConcurrentHashMap<>();
    private final Thread thread = Thread.ofPlatform().unstarted(this::run);

    LateCounters(Services services) {
        this.services = services;
        thread.start();
    }

    private void run() {
        try {
            while (true) {
                TimeUnit.SECONDS.sleep(SECONDS);
                for (var service : services.all().entrySet()) {
                    read(service.getKey(), new ScrapedMetrics(service.getValue().port()));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void read(String name, ScrapedMetrics metrics) throws InterruptedException {
        for (var counter : COUNTERS.getOrDefault(name.replaceAll("-[ab]$", ""), List.of())) {
            try {
                add(name + " " + counter, counter, metrics.sum(counter));
            } catch (IOException e) {
                return; // unreachable
            }
        }
    }

    /** A counter that is lower than before started anew. */
    private void add(String key, String counter, double value) {
        double before = last.getOrDefault(key, 0.0);
        totals.merge(counter, value < before ? value : value - before, Double::sum);
        last.put(key, value);
    }

    Map<String, Double> totals() {
        return new TreeMap<>(totals);
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
