package io.growalert.benchmarks.alerting;

import io.growalert.benchmarks.gateway.HostileClients;
import io.growalert.benchmarks.report.Report;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** The faults of a cycle, each of which begins and ends within its call. */
final class SoakFaults {
    private static final Duration AWAY = Duration.ofSeconds(15);
    private static final Duration SLOW = Duration.ofSeconds(3);
    private static final Duration SLOTS_AHEAD = Duration.ofSeconds(20);
    private static final Duration HOURS_AHEAD = Duration.ofHours(2);
    private static final int SLOW_CLIENTS = 150;

    interface FaultAction {
        void run() throws Exception;
    }

    record Fault(String name, FaultAction action) {}

    private final SoakSite site;
    private final Map<String, Long> hostile = new TreeMap<>();
    private int cycles;

    SoakFaults(SoakSite site) {
        this.site = site;
    }

    /** In every other cycle the broker is killed instead of stopped, and the other instances of two are killed. */
    List<Fault> cycle() {
        boolean isOdd = cycles++ % 2 == 1;
        var suffix = isOdd ? "-b" : "-a";
        var faults = new ArrayList<Fault>();
        for (var name : List.of("monitors" + suffix, "dispatcher" + suffix, "history", "billing", "gateway")) {
            faults.add(new Fault("kill -9 of " + name, () -> kill(name)));
        }
        faults.add(new Fault(isOdd ? "Kafka killed" : "Kafka stopped", () -> kafka(isOdd)));
        faults.add(new Fault("PostgreSQL stopped", this::postgres));
        faults.add(new Fault("the receiver answers 500", () -> {
            site.sink.beFailing(true);
            pause();
            site.sink.beFailing(false);
        }));
        faults.add(new Fault("the receiver is slow", () -> {
            site.sink.beSlow(SLOW);
            pause();
            site.sink.beSlow(Duration.ZERO);
        }));
        site.disk.ifPresentOrElse(
                disk -> faults.add(new Fault("the disk of dispatcher-a is full", () -> {
                    disk.fill();
                    pause();
                    disk.free();
                })),
                () -> Report.print("no full disk: a file system could not be mounted"));
        if (site.monitorsClock != null && site.dispatcherClock != null) {
            faults.add(new Fault("the clocks of monitors-a and dispatcher-a are ahead", this::clocks));
        }
        faults.add(new Fault("hostile requests", this::hostile));
        return faults;
    }

    private static void pause() throws InterruptedException {
        TimeUnit.SECONDS.sleep(AWAY.toSeconds());
    }

    private void kill(String name) throws Exception {
        var service = site.services.get(name);
        service.kill();
        TimeUnit.SECONDS.sleep(2);
        service.startAgain();
        service.awaitHealthy();
    }

    private void kafka(boolean isKilled) throws Exception {
        if (isKilled) {
            site.kafka.kill();
        } else {
            site.kafka.stop();
        }
        pause();
        site.kafka.startAgain();
    }

    private void postgres() throws Exception {
        site.postgres.stop();
        pause();
        site.postgres.startAgain();
    }

    /** Slots ahead by less than the results' limit of a minute; the dispatcher's clock makes none. */
    private void clocks() throws Exception {
        var monitors = Objects.requireNonNull(site.monitorsClock);
        var dispatcher = Objects.requireNonNull(site.dispatcherClock);
        monitors.set(SLOTS_AHEAD);
        dispatcher.set(HOURS_AHEAD);
        pause();
        monitors.set(Duration.ZERO);
        dispatcher.set(Duration.ZERO);
    }

    private void hostile() throws Exception {
        var clients = new HostileClients(site.gateway, SLOW_CLIENTS);
        try (clients) {
            pause();
        }
        clients.outcomes().forEach((outcome, count) -> hostile.merge(outcome, count, Long::sum));
    }

    /** The answers to hostile requests. */
    Map<String, Long> hostileOutcomes() {
        return hostile;
    }
}
