package io.growalert.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Changes from several threads while time moves and runs take place on others. */
@Timeout(60)
class StressTest {
    private static final int NAMES = 10;
    private static final int CHANGES = 5_000;
    private static final Duration INTERVAL = Duration.ofMillis(50);

    private final Set<String> underWay = ConcurrentHashMap.newKeySet();
    private final AtomicInteger overlaps = new AtomicInteger();
    private final AtomicInteger runsOfTheGone = new AtomicInteger();
    private final AtomicLong runs = new AtomicLong();
    private final AtomicLong changes = new AtomicLong();
    private final AtomicBoolean changing = new AtomicBoolean(true);
    private final AtomicBoolean ticking = new AtomicBoolean(true);

    /** The pools wait for their threads, so these must end however the test does. */
    private void stop() {
        changing.set(false);
        ticking.set(false);
    }

    @Test
    void no_run_overlaps_no_removed_monitor_runs_and_none_is_lost() throws Exception {
        try (var pool = Executors.newCachedThreadPool();
                var runners = Executors.newVirtualThreadPerTaskExecutor();
                var monitors = Monitors.builder().executor(runners).manual(Instant.EPOCH);
                AutoCloseable _ = this::stop) {
            var ticker = pool.submit(() -> {
                while (ticking.get()) {
                    monitors.tick(Duration.ofMillis(7));
                }
            });

            List<Future<Set<String>>> changers = IntStream.range(0, 4)
                    .mapToObj(part -> pool.submit(() -> change(monitors, part)))
                    .toList();
            var expected = new HashSet<String>();
            for (var changer : changers) {
                expected.addAll(changer.get());
            }
            changing.set(false);

            assertThat(monitors.names()).isEqualTo(expected);
            var all = new CountDownLatch(expected.size());
            var seen = ConcurrentHashMap.<String>newKeySet();
            for (var name : expected) {
                monitors.replace(monitor(name, () -> {
                    if (seen.add(name)) {
                        all.countDown();
                    }
                }));
            }
            all.await();
            ticking.set(false);
            ticker.get();
            for (var name : expected) {
                monitors.remove(name).toCompletableFuture().get(30, TimeUnit.SECONDS);
            }
            assertThat(monitors.names()).isEmpty();
            assertThat(monitors.nanosToNext()).isEqualTo(Long.MAX_VALUE);
        }
        assertThat(overlaps).hasValue(0);
        assertThat(runsOfTheGone).hasValue(0);
        assertThat(runs.get()).isPositive();
    }

    /** Each part has names of its own, so that it knows what should be there in the end. */
    private Set<String> change(Monitors monitors, int part) {
        var there = new HashMap<String, AtomicBoolean>();
        var random = ThreadLocalRandom.current();
        for (int i = 0; i < CHANGES; i++) {
            var name = "monitor-" + part + "-" + random.nextInt(NAMES);
            var gone = new AtomicBoolean();
            var monitor = monitor(name, () -> {
                if (gone.get()) {
                    runsOfTheGone.incrementAndGet();
                }
            });
            var old = there.get(name);
            if (old == null) {
                monitors.add(monitor);
                there.put(name, gone);
            } else if (random.nextBoolean()) {
                monitors.replace(monitor).thenRun(() -> old.set(true));
                there.put(name, gone);
            } else {
                monitors.remove(name).thenRun(() -> old.set(true));
                there.remove(name);
            }
            changes.incrementAndGet();
            LockSupport.parkNanos(1_000);
        }
        return there.keySet();
    }

    private Monitor monitor(String name, Runnable seen) {
        return Monitor.named(name)
                .check(context -> {
                    if (!underWay.add(name)) {
                        overlaps.incrementAndGet();
                    }
                    seen.run();
                    runs.incrementAndGet();
                    outlastSomeChanges();
                    underWay.remove(name);
                    return CheckOutcome.passed();
                })
                .every(INTERVAL)
                .timeout(Duration.ofMillis(20))
                .build();
    }

    /** Lasts for some changes, through interrupts, so that its monitor is likely to be changed meanwhile. */
    private void outlastSomeChanges() {
        for (long until = changes.get() + 100; changing.get() && changes.get() < until; ) {
            LockSupport.parkNanos(10_000);
            Thread.interrupted();
        }
    }
}
