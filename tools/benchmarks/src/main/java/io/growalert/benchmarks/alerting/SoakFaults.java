package io.growalert.benchmarks.alerting;

import io.growalert.benchmarks.fault.Fault;
import io.growalert.benchmarks.gateway.HostileClients;
import io.growalert.benchmarks.report.Report;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** The faults of a cycle. */
final class SoakFaults {
    private static final Duration AWAY = Duration.ofSeconds(15);
    private static final Duration UNTIL_RESTART = Duration.ofSeconds(2);
    private static final Duration SLOW = Duration.ofSeconds(3);
    private static final Duration SLOTS_AHEAD = Duration.ofSeconds(20);
    private static final Duration HOURS_AHEAD = Duration.ofHours(2);
    private static final int SLOW_CLIENTS = 150;

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
        faults.add(killed("monitors" + suffix).skippingSlots());
        for (var name : List.of("dispatcher" + suffix, "history", "billing", "gateway")) {
            faults.add(killed(name));
        }
        faults.add(
                isOdd
                        ? lasting("Kafka killed", site.kafka::kill, site.kafka::startAgain)
                        : lasting("Kafka stopped", site.kafka::stop, site.kafka::startAgain));
        faults.add(lasting("PostgreSQL stopped", site.postgres::stop, site.postgres::startAgain));
        faults.add(
                lasting("the receiver answers 500", () -> site.sink.beFailing(true), () -> site.sink.beFailing(false)));
        faults.add(
                lasting("the receiver is slow", () -> site.sink.beSlow(SLOW), () -> site.sink.beSlow(Duration.ZERO)));
        site.disk.ifPresentOrElse(
                disk -> faults.add(lasting("the disk of dispatcher-a is full", disk::fill, disk::free)),
                () -> Report.print("no full disk: a file system could not be mounted"));
        if (site.monitorsClock != null && site.dispatcherClock != null) {
            faults.add(clocksAhead(site.monitorsClock, site.dispatcherClock));
        }
        faults.add(new Fault("hostile requests", this::hostile));
        return faults;
    }

    private static Fault lasting(String name, Fault.Action begin, Fault.Action end) {
        return Fault.lasting(name, AWAY, begin, end);
    }

    private Fault killed(String name) {
        var service = site.services.get(name);
        return Fault.lasting("kill -9 of " + name, UNTIL_RESTART, service::kill, () -> {
            service.startAgain();
            service.awaitHealthy();
        });
    }

    /**
     * Slots ahead by less than the results' limit of a minute; the dispatcher's clock makes none. After the correction the monitors, and
     * Kafka's client with its heartbeats, wait until the clock is where it was: other instances run the monitors meanwhile.
     */
    private static Fault clocksAhead(FakeClock monitors, FakeClock dispatcher) {
        Fault.Action ahead = () -> {
            monitors.set(SLOTS_AHEAD);
            dispatcher.set(HOURS_AHEAD);
        };
        Fault.Action right = () -> {
            monitors.set(Duration.ZERO);
            dispatcher.set(Duration.ZERO);
            TimeUnit.SECONDS.sleep(SLOTS_AHEAD.toSeconds());
        };
        return lasting("the clocks of monitors-a and dispatcher-a are ahead", ahead, right)
                .skippingSlots();
    }

    private void hostile() throws Exception {
        var clients = new HostileClients(site.gateway, SLOW_CLIENTS);
        try (clients) {
            TimeUnit.SECONDS.sleep(AWAY.toSeconds());
        }
        clients.outcomes().forEach((outcome, count) -> hostile.merge(outcome, count, Long::sum));
    }

    /** The answers to hostile requests. */
    Map<String, Long> hostileOutcomes() {
        return hostile;
    }
}
