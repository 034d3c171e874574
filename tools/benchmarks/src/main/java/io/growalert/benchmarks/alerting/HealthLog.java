package io.growalert.benchmarks.alerting;

import io.growalert.benchmarks.fault.TimeSpan;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/** Each half second: which services are not healthy, and how many partitions are under-replicated. */
final class HealthLog implements AutoCloseable {
    private static final Duration EVERY = Duration.ofMillis(500);
    private static final long UNKNOWN = -1;

    private record Sample(Instant at, Set<String> unhealthy, long underReplicated) {}

    private final Services services;
    private final LongSupplier underReplicated;
    private final List<Sample> samples = new CopyOnWriteArrayList<>();
    private final Thread thread;
    private volatile boolean stopped;

    HealthLog(Services services, LongSupplier underReplicated) {
        this.services = services;
        this.underReplicated = underReplicated;
        thread = Thread.ofPlatform().start(this::watch);
    }

    private void watch() {
        try {
            while (!stopped) {
                samples.add(sample());
                TimeUnit.MILLISECONDS.sleep(EVERY.toMillis());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Sample sample() {
        var at = Instant.now();
        Set<String> unhealthy = ConcurrentHashMap.newKeySet();
        try (var each = Executors.newVirtualThreadPerTaskExecutor()) {
            services.all()
                    .forEach((name, service) -> each.execute(() -> {
                        if (!service.isHealthy()) {
                            unhealthy.add(name);
                        }
                    }));
        }
        try {
            return new Sample(at, unhealthy, underReplicated.getAsLong());
        } catch (IllegalStateException e) {
            return new Sample(at, unhealthy, UNKNOWN);
        }
    }

    /** For how many seconds each service was not healthy in this time; the healthy ones are left out. */
    Map<String, Double> unhealthy(TimeSpan time) {
        var seconds = new TreeMap<String, Double>();
        for (var name : services.all().keySet()) {
            double bad = seconds(sample -> sample.unhealthy().contains(name), time);
            if (bad > 0) {
                seconds.put(name, Math.round(bad * 10) / 10.0);
            }
        }
        return seconds;
    }

    /** For how many seconds there were under-replicated partitions, or the brokers were unreachable. */
    double underReplicated(TimeSpan time) {
        return seconds(sample -> sample.underReplicated() != 0, time);
    }

    private double seconds(Predicate<Sample> wanted, TimeSpan time) {
        double seconds = 0;
        for (int i = 0; i + 1 < samples.size(); i++) {
            var sample = samples.get(i);
            if (time.includes(sample.at()) && wanted.test(sample)) {
                seconds += new TimeSpan(sample.at(), samples.get(i + 1).at()).seconds();
            }
        }
        return seconds;
    }

    /** Whether all are healthy now. */
    boolean isAllHealthy() {
        return services.all().values().stream().allMatch(service -> service.isHealthy());
    }

    @Override
    public void close() {
        stopped = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
