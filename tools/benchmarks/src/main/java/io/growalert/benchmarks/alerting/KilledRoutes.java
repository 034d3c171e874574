package io.growalert.benchmarks.alerting;

import io.growalert.benchmarks.process.Await;
import io.growalert.benchmarks.report.Report;
import io.growalert.events.AlertEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Groups, silences, acknowledgements and escalations in play while everything is killed, and what their receivers must have got. A
 * silence and an acknowledgement begin between two kills, outlive one, and end after it.
 */
final class KilledRoutes implements AutoCloseable {
    private static final int MONITORS = 8;
    private static final Duration GROUPED_PERIOD = Duration.ofSeconds(20);
    private static final Duration ESCALATED_PERIOD = Duration.ofSeconds(40);
    /**
     * An incident that is still open this long after its first notification is up for escalation at some moment between two faults. An
     * outage delays that notification, and the step may wait for its end: {@code docs/guarantees.md}.
     */
    private static final Duration LONG = Duration.ofSeconds(30);

    private final WebhookSink grouped = new WebhookSink();
    private final WebhookSink first = new WebhookSink();
    private final WebhookSink boss = new WebhookSink();
    private final WebhookSink crew = new WebhookSink();
    private final WebhookSink crewBoss = new WebhookSink();
    private final WebhookSink silenced = new WebhookSink();
    private final WebhookSink acknowledged = new WebhookSink();
    private final HoldPeriods silences = new HoldPeriods();
    private final HoldPeriods acknowledgements = new HoldPeriods();

    KilledRoutes() throws IOException {}

    String write(Path folder) throws IOException {
        var file = folder.resolve("routes.yaml");
        Files.writeString(
                file,
                """
                sources:
                  routed: {generated: {flip: true}, limit: 1000}
                receivers:
                  grouped: {webhook: {url: "%s", groups: true}}
                  first: {webhook: {url: "%s"}, concurrency: 8}
                  boss: {webhook: {url: "%s"}, concurrency: 8}
                  crew: {webhook: {url: "%s", groups: true}}
                  crew-boss: {webhook: {url: "%s", groups: true}}
                  silenced: {webhook: {url: "%s"}, concurrency: 8}
                  acknowledged: {webhook: {url: "%s"}}
                routes:
                  receiver: first
                  routes:
                    - {match: [set=grouped], receivers: [grouped], groupBy: [set], groupWait: 1s, groupInterval: 2s}
                    - {match: [set=escalated], escalate: [{after: 5s, receivers: [boss]}]}
                    - match: [set=crew]
                      receivers: [crew]
                      groupBy: [set]
                      groupWait: 1s
                      groupInterval: 2s
                      escalate: [{after: 5s, receivers: [crew-boss]}]
                monitors:
                """.formatted(
                                        grouped.url(),
                                        first.url(),
                                        boss.url(),
                                        crew.url(),
                                        crewBoss.url(),
                                        silenced.url(),
                                        acknowledged.url())
                        + monitors("grouped", GROUPED_PERIOD, "labels: {set: grouped}")
                        + monitors("escalated", ESCALATED_PERIOD, "labels: {set: escalated}")
                        + monitors("crew", ESCALATED_PERIOD, "labels: {set: crew}")
                        + monitors("silenced", Duration.ofSeconds(7), "alert: {receivers: [silenced]}")
                        + """
                  - {id: acknowledged, every: 1s, timeout: 1s, source: routed, query: "1 0", fail: {below: 9},
                     alert: {receivers: [acknowledged], repeat: 3s}}
                """);
        return file.toString();
    }

    private static String monitors(String name, Duration period, String rest) {
        return IntStream.range(0, MONITORS)
                .mapToObj(number -> """
                          - {id: %s-%d, every: 1s, timeout: 1s, source: routed, query: "1 %d %d", fail: {above: 1}, %s}
                        """.formatted(name, number, number * 3, period.toSeconds(), rest))
                .collect(Collectors.joining());
    }

    /** Between two kills: silences and acknowledges, or ends both. */
    void change(JsonApi api) throws IOException, InterruptedException {
        // the dispatcher starts before the gateway
        Await.until(Duration.ofSeconds(60), () -> api.lists("/api/silences"));
        if (silences.isOpen()) {
            endHolds(api);
        } else {
            api.change("POST", "/api/silences", """
                    {"matchers": ["monitor=~silenced-.*"], "endsAt": "%s", "comment": "benchmark"}
                    """.formatted(Instant.now().plus(Duration.ofHours(5))));
            silences.begin();
            api.change("PUT", acknowledgement(), "{\"comment\": \"benchmark\"}");
            acknowledgements.begin();
        }
    }

    /** After the last kill: ends what is on hold. */
    void end(JsonApi api) throws IOException, InterruptedException {
        if (silences.isOpen()) {
            endHolds(api);
        }
    }

    private void endHolds(JsonApi api) throws IOException, InterruptedException {
        silences.end();
        for (var silence : api.get("/api/silences")) {
            api.change("DELETE", "/api/silences/" + silence.path("id").asString(""), "");
        }
        acknowledgements.end();
        api.change("DELETE", acknowledgement(), "");
    }

    /** Its incident never ends. */
    private String acknowledgement() throws InterruptedException {
        Await.until(Duration.ofSeconds(60), () -> !acknowledged.arrivals().isEmpty());
        return "/api/incidents/%s/ack"
                .formatted(acknowledged.arrivals().getFirst().event().incident());
    }

    /** @param implied the transitions that the results imply */
    void judge(Report report, List<AlertEvent> implied) {
        Report.print("%d silences and %d acknowledgements began and ended"
                .formatted(silences.count(), acknowledgements.count()));
        var groups = new GroupedIncidents(grouped);
        report.check("one body under one webhook-id of a group", groups.severalBodies());
        report.check("each incident of a group is new once, and then resolved once", groups.repeated());
        report.check("each open incident of a group is notified", groups.unnotified(incidents(implied, "grouped-")));
        report.check("each long incident is escalated once", escalations(incidents(implied, "escalated-")));
        judgeCrew(report, incidents(implied, "crew-"));
        report.check("nothing of a silence is notified before its end", early());
        report.check("what outlives a silence is notified once at its end", outlives(implied));
        report.check("no firing of a silence is notified twice", twice());
        report.check("no reminder of an acknowledged incident", reminders());
        report.check("reminders continue after an acknowledgement", remindsAgain(), "there is none after the last one");
    }

    /** A route that groups and escalates: what escalates is a group of its own. */
    private void judgeCrew(Report report, Map<String, List<AlertEvent>> incidents) {
        var groups = new GroupedIncidents(crew);
        var escalated = new GroupedIncidents(crewBoss);
        report.check("one body under one webhook-id of a group that escalates", groups.severalBodies());
        report.check("each incident of a group that escalates is new once, and then resolved once", groups.repeated());
        report.check("each open incident of a group that escalates is notified", groups.unnotified(incidents));
        report.check("one body under one webhook-id of an escalated group", escalated.severalBodies());
        report.check("each escalated incident of a group is new once, and then resolved once", escalated.repeated());
        report.check(
                "each long incident of a group is escalated, and so is its end",
                escalated.unescalated(incidents, due(incidents, groups.notifiedAt())));
    }

    private List<String> escalations(Map<String, List<AlertEvent>> incidents) {
        var notifiedAt = new HashMap<String, Instant>();
        first.arrivals()
                .forEach(arrival -> notifiedAt.putIfAbsent(arrival.event().incident(), arrival.at()));
        var due = due(incidents, notifiedAt);
        var ids = ids(boss, AlertEvent.Type.FIRING);
        var wrong = new ArrayList<String>();
        incidents.forEach((incident, events) -> {
            var escalated = ids.getOrDefault(incident, Set.of());
            if (escalated.size() > 1 || (escalated.isEmpty() && due.contains(incident))) {
                wrong.add("%s: notified at %s, escalated by %s"
                        .formatted(events.getFirst(), notifiedAt.get(incident), escalated));
            }
        });
        return wrong;
    }

    /** The incidents that were long enough open after their first notification, or without one. */
    private static Set<String> due(Map<String, List<AlertEvent>> incidents, Map<String, Instant> notifiedAt) {
        var due = new HashSet<String>();
        incidents.forEach((incident, events) -> {
            var from = notifiedAt.getOrDefault(incident, events.getFirst().slot());
            if (events.size() == 2 && !from.plus(LONG).isAfter(events.getLast().slot())) {
                due.add(incident);
            }
        });
        Report.print("%d of %d incidents of %s were open for %d s after their first notification"
                .formatted(
                        due.size(),
                        incidents.size(),
                        incidents.values().stream()
                                .map(events -> events.getFirst().monitor().replaceAll("\\d", "*"))
                                .findFirst()
                                .orElse("none"),
                        LONG.toSeconds()));
        return due;
    }

    private List<String> early() {
        return silenced.arrivals().stream()
                .filter(arrival -> silences.forbid(arrival.at()))
                .map(Object::toString)
                .toList();
    }

    private List<String> outlives(List<AlertEvent> implied) {
        var ids = ids(silenced, AlertEvent.Type.FIRING);
        return incidents(implied, "silenced-").values().stream()
                .filter(events -> silences.outlivedBy(
                        events.getFirst().slot(),
                        events.size() == 1 ? Instant.MAX : events.getLast().slot()))
                .filter(events ->
                        ids.getOrDefault(events.getFirst().incident(), Set.of()).size() != 1)
                .map(Object::toString)
                .toList();
    }

    private List<String> twice() {
        return ids(silenced, AlertEvent.Type.FIRING).entrySet().stream()
                .filter(incident -> incident.getValue().size() > 1)
                .map(Object::toString)
                .toList();
    }

    private List<String> reminders() {
        return acknowledged.arrivals().stream()
                .filter(arrival ->
                        arrival.event().type() == AlertEvent.Type.REMINDER && acknowledgements.forbid(arrival.at()))
                .map(Object::toString)
                .toList();
    }

    private boolean remindsAgain() {
        return acknowledged.arrivals().stream()
                .anyMatch(arrival -> arrival.event().type() == AlertEvent.Type.REMINDER
                        && arrival.at().isAfter(acknowledgements.lastEnd()));
    }

    private static Map<String, Set<String>> ids(WebhookSink sink, AlertEvent.Type type) {
        return sink.arrivals().stream()
                .filter(arrival -> arrival.event().type() == type)
                .collect(Collectors.groupingBy(
                        arrival -> arrival.event().incident(),
                        Collectors.mapping(WebhookSink.Arrival::webhookId, Collectors.toSet())));
    }

    /** The firing and, if there is one, the resolution of each incident of these monitors. */
    private static Map<String, List<AlertEvent>> incidents(List<AlertEvent> events, String monitors) {
        return events.stream()
                .filter(event -> event.monitor().startsWith(monitors))
                .filter(event -> event.type() != AlertEvent.Type.REMINDER)
                .collect(Collectors.groupingBy(AlertEvent::incident));
    }

    @Override
    public void close() {
        List.of(grouped, first, boss, crew, crewBoss, silenced, acknowledged).forEach(WebhookSink::close);
    }
}
