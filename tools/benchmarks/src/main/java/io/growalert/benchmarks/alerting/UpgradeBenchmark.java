package io.growalert.benchmarks.alerting;

import io.growalert.benchmarks.process.Await;
import io.growalert.benchmarks.process.Installation;
import io.growalert.benchmarks.process.PortRange;
import io.growalert.benchmarks.process.ScratchFolder;
import io.growalert.benchmarks.report.Report;
import io.growalert.events.AlertEvent;
import io.growalert.events.CheckResult;
import io.growalert.events.Status;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/**
 * Another version's standalone leaves a data folder behind, stopped and killed in turn, on which this version resumes: what
 * was open is open, nothing is published or delivered again, all resolves. The argument is the other version's checkout.
 */
final class UpgradeBenchmark {
    private static final int OPEN = 5;
    private static final Duration START = Duration.ofMinutes(5);
    private static final Duration PATIENCE = Duration.ofMinutes(2);

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

    /** What there was when the version before ended. */
    private record Left(Map<String, String> open, Map<String, String> deliveries, AlertEvents events, Instant at) {}

    private void upgrade(String how, boolean killed) throws Exception {
        Report.print("the version before, %s".formatted(how));
        try (var scratch = ScratchFolder.make("growalert-upgrade");
                var values = SourceValues.start(scratch.resolve("values"));
                var sink = new WebhookSink()) {
            var site = new UpgradeSite(scratch, values, sink, PortRange.free(0), PortRange.free());
            var options = List.of("--no-billing", "--config", site.write(OPEN));
            var data = scratch.resolve("data");
            Left left;
            try (var standalone = before.start(data, site.ports(), options)) {
                left = leave(site);
                if (killed) {
                    standalone.kill();
                }
            }
            int refused = sink.refused();
            try (var standalone = Installation.here().start(data, site.ports(), options)) {
                continued(site, left);
                nothingAgain(site, left, refused);
                goesOn(site, left);
                report.check("it still runs", standalone.isAlive(), "the standalone ended");
            }
        }
    }

    /** Open incidents, a mute that holds one, a parked delivery, one that waits, and a counter at two of three. */
    private static Left leave(UpgradeSite site) throws Exception {
        var api = site.dispatcher();
        Await.until(START, () -> site.monitors().known("growalert_runs_total") > 3 * OPEN);
        var until = Instant.now().plus(Duration.ofHours(1)).truncatedTo(ChronoUnit.SECONDS);
        api.change("PUT", "/api/monitors/muted/mute", "{\"until\": \"%s\", \"comment\": \"upgrade\"}".formatted(until));
        for (int number = 0; number < OPEN; number++) {
            site.values().set("open-" + number, 2);
        }
        for (var name : List.of("muted", "refused", "unreachable", "half")) {
            site.values().set(name, 2);
        }
        Await.until(
                PATIENCE,
                () -> IntStream.range(0, OPEN)
                                .allMatch(number -> site.arrived("open-" + number, AlertEvent.Type.FIRING) == 1)
                        && UpgradeSite.deliveries(api).containsValue("parked")
                        && site.failed("half") == 2);
        return new Left(UpgradeSite.open(api), UpgradeSite.deliveries(api), site.events(), Instant.now());
    }

    private void continued(UpgradeSite site, Left left) throws Exception {
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

    private void nothingAgain(UpgradeSite site, Left left, int refused) throws Exception {
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

    private void goesOn(UpgradeSite site, Left left) throws Exception {
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
        var end = Instant.now().plus(limit);
        while (!condition.getAsBoolean() && Instant.now().isBefore(end)) {
            TimeUnit.MILLISECONDS.sleep(500);
        }
        report.check(what, condition.getAsBoolean(), "not within %d s".formatted(limit.toSeconds()));
    }
}
