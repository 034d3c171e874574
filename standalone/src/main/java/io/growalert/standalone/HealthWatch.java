package io.growalert.standalone;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Polls each part's health every 5 s and reports when its status changes. A status that is seen only once, as while a part starts or
 * its partitions move, is not reported: a status counts after two polls in a row.
 */
final class HealthWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HealthWatch.class);
    private static final int EVERY_SECONDS = 5;

    private final BiConsumer<Part, String> report;
    private final Map<Part, Watched> parts = new ConcurrentHashMap<>();
    /** A thread for each part: one that hangs does not delay the checks of the others. */
    private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(
            Part.values().length,
            Thread.ofPlatform().daemon().name("health-watch-", 0).factory());

    private static final class Watched {
        private final Supplier<PartHealth> health;
        private String reported = PartHealth.WELL.status();
        private String seen = PartHealth.WELL.status();

        private Watched(Supplier<PartHealth> health) {
            this.health = health;
        }
    }

    /** @param report gets the part and its new status with the reason, such as {@code DOWN: kafka ...} */
    HealthWatch(BiConsumer<Part, String> report) {
        this.report = report;
    }

    void watch(Part part, Supplier<PartHealth> health) {
        parts.put(part, new Watched(health));
    }

    /** To be called when everything has started. */
    void start() {
        parts.keySet().forEach(part -> {
            var _ = threads.scheduleWithFixedDelay(() -> look(part), 0, EVERY_SECONDS, TimeUnit.SECONDS);
        });
    }

    /** Checks one part once. */
    void look(Part part) {
        var watched = parts.get(part);
        if (watched == null) {
            return;
        }
        var now = healthOf(watched);
        boolean lasts = now.status().equals(watched.seen);
        watched.seen = now.status();
        if (lasts && !now.status().equals(watched.reported)) {
            watched.reported = now.status();
            LOG.atInfo()
                    .addKeyValue("part", part)
                    .addKeyValue("status", now.status())
                    .addKeyValue("reason", now.reason())
                    .log("Health changed");
            report.accept(part, now.equals(PartHealth.WELL) ? "UP again" : now.toString());
        }
    }

    private static PartHealth healthOf(Watched watched) {
        try {
            return watched.health.get();
        } catch (Throwable e) {
            return new PartHealth("DOWN", "its health cannot be read: " + e);
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
