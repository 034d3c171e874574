package io.growalert.benchmarks.alerting;

import io.growalert.benchmarks.process.Installation;
import io.growalert.benchmarks.process.PortRange;
import io.growalert.benchmarks.process.ScratchFolder;
import io.growalert.benchmarks.report.Report;
import io.growalert.events.AlertEvent;
import io.growalert.events.CheckResult;
import io.growalert.events.Status;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/**
 * Another version's standalone leaves a data folder behind, stopped and killed in turn, on which this version resumes: what
 * was open is open, nothing is published, delivered, charged or mailed again, all resolves, and open orders are paid. The argument is the
 * other version's checkout.
 */
final class UpgradeBenchmark {
    private static final int OPEN = 5;
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    /** A delivery that failed for minutes is due again within a few. */
    private static final Duration BACKOFF = Duration.ofMinutes(5);

    /** A monitor that is silent for a minute is reported. */
    private static final Duration UNTIL_SILENT = Duration.ofSeconds(70);

    private final Installation before;
    private final Report report = new Report();

    private UpgradeBenchmark(Installation before) {
        this.before = before;
    }

    public static void main(String... args) throws Exception {
        if (args.length == 0) {
            throw new IllegalArgumentException("usage: benchmarks/run Upgrade CHECKOUT, of the version before");
        }
        var benchmark = new UpgradeBenchmark(Installation.in(args[0]));
        benchmark.upgrade("stopped", false);
        benchmark.upgrade("killed", true);
        System.exit(benchmark.report.conclude());
    }

    private void upgrade(String how, boolean killed) throws Exception {
        Report.print("the version before, %s".formatted(how));
        try (var scratch = ScratchFolder.make("growalert-upgrade");
                var values = SourceValues.start(scratch.resolve("values"));
                var sink = new WebhookSink()) {
            var site = new UpgradeSite(scratch, values, sink, PortRange.free(0), PortRange.free());
            var options = List.of("--config", site.write(OPEN));
            var data = scratch.resolve("data");
            var customers = new UpgradeCustomers(site);
            PreviousRun left;
            UpgradeCustomers.Left bills;
            try (var standalone = before.with(PreviousRun.environment(site)).start(data, site.ports(), options)) {
                PreviousRun.awaitStart(site, OPEN);
                bills = customers.leave();
                left = PreviousRun.leave(site, OPEN);
                if (killed) {
                    standalone.kill();
                }
            }
            int refused = sink.refused();
            var ledger = new UpgradeLedger(customers, site, report);
            int mails = customers.mails().size();
            try (var standalone = Installation.here().with(site.environment()).start(data, site.ports(), options)) {
                continued(site, left);
                nothingAgain(site, left, refused);
                ledger.continued(bills, mails);
                goesOn(site, left);
                report.check("it still runs", standalone.isAlive(), "the standalone ended");
            }
        }
    }

    private void continued(UpgradeSite site, PreviousRun left) throws Exception {
        eventually(
                "the counter at two of three fires with the third failed result",
                PATIENCE,
                () -> site.arrived("half", AlertEvent.Type.FIRING) > 0);
        var half = site.events().all().stream()
                .map(TopicRecords.Entry::value)
                .filter(event -> event.monitor().equals("half") && !AlertEvents.isOwn(event))
                .toList();
        var firstThree = site.results("half").stream()
                .filter(result -> result.status() == Status.FAILED && result.error() == null)
                .limit(3)
                .map(CheckResult::slot)
                .toList();
        report.check(
                "  at the slot of that",
                half.size() == 1
                        && firstThree.size() == 3
                        && half.getFirst().slot().equals(firstThree.getLast()),
                "%s, failed at %s".formatted(half, firstThree));
        TimeUnit.SECONDS.sleep(UNTIL_SILENT.toSeconds());
        var open = UpgradeSite.open(site.dispatcher());
        report.check(
                "each of %d open incidents is open, with its id"
                        .formatted(left.open().size()),
                left.open().entrySet().stream()
                        .filter(incident -> !incident.getValue().equals(open.get(incident.getKey())))
                        .map(incident -> "%s is %s".formatted(incident, open.get(incident.getKey())))
                        .toList());
    }

    private void nothingAgain(UpgradeSite site, PreviousRun left, int refused) throws Exception {
        var events = site.events();
        var known = left.events().ids();
        report.check("no event id twice", events.repeated());
        report.check(
                "no event but that of the counter",
                events.all().stream()
                        .map(TopicRecords.Entry::value)
                        .filter(event ->
                                !known.contains(event.id()) && !event.monitor().equals("half"))
                        .map(AlertEvents::describe)
                        .toList());
        var seen = new HashMap<String, Integer>();
        site.sink().arrivals().forEach(arrival -> seen.merge(arrival.webhookId(), 1, Integer::sum));
        report.check(
                "no delivery was made twice",
                seen.entrySet().stream()
                        .filter(times -> times.getValue() > 1)
                        .map(Object::toString)
                        .toList());
        report.check(
                "what was parked is not sent again",
                site.sink().refused() == refused,
                "refused %d times, %d before".formatted(site.sink().refused(), refused));
        var deliveries = UpgradeSite.deliveries(site.dispatcher());
        report.check(
                "each of %d deliveries is there, in its state"
                        .formatted(left.deliveries().size()),
                left.deliveries().entrySet().stream()
                        .filter(delivery -> !delivery.getValue().equals(deliveries.get(delivery.getKey())))
                        .map(delivery -> "%s is %s".formatted(delivery, deliveries.get(delivery.getKey())))
                        .toList());
        report.check(
                "the mute holds",
                site.dispatcher().get("/api/mutes").toString().contains("muted")
                        && site.arrived("muted", AlertEvent.Type.FIRING) == 0,
                "no mute, or it let something through");
    }

    private void goesOn(UpgradeSite site, PreviousRun left) throws Exception {
        site.dispatcher().change("DELETE", "/api/monitors/muted/mute", "");
        eventually(
                "the mute's end lets its incident through",
                PATIENCE,
                () -> site.arrived("muted", AlertEvent.Type.FIRING) == 1);
        try (var revived = new WebhookSink(site.deadPort())) {
            eventually("what waited for a dead receiver arrives", BACKOFF, () -> !revived.arrivals()
                    .isEmpty());
            TimeUnit.SECONDS.sleep(5);
            report.check(
                    "  once",
                    revived.arrivals().size() == 1,
                    "%d times".formatted(revived.arrivals().size()));
            site.values().set("calm", 2);
            eventually("a new incident fires", PATIENCE, () -> site.arrived("calm", AlertEvent.Type.FIRING) == 1);
            for (int number = 0; number < OPEN; number++) {
                site.values().set("open-" + number, 0);
            }
            for (var name : List.of("muted", "refused", "unreachable", "half", "calm")) {
                site.values().set(name, 0);
            }
            eventually("all resolve", PATIENCE, () -> site.events().open().keySet().stream()
                    .noneMatch(left.open()::containsKey));
            var resolved = site.events().all().stream()
                    .map(TopicRecords.Entry::value)
                    .filter(event -> event.type() == AlertEvent.Type.RESOLVED)
                    .map(AlertEvent::incident)
                    .toList();
            report.check(
                    "  under the ids they fired with",
                    left.open().values().stream()
                            .filter(incident -> !resolved.contains(incident))
                            .toList());
            eventually("their receivers are notified", PATIENCE, () -> IntStream.range(0, OPEN)
                    .allMatch(number -> site.arrived("open-" + number, AlertEvent.Type.RESOLVED) == 1));
        }
    }

    private void eventually(String what, Duration limit, BooleanSupplier condition) throws InterruptedException {
        report.checkEventually(what, limit, condition);
    }
}
