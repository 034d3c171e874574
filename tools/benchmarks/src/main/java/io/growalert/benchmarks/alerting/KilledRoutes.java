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

/** Groups, a silence, an acknowledgement and escalations in play while everything is killed, and what their receivers must have got. */
final class KilledRoutes implements AutoCloseable {
    private static final int MONITORS = 8;
    private static final Duration GROUPED_PERIOD = Duration.ofSeconds(20);
    private static final Duration ESCALATED_PERIOD = Duration.ofSeconds(40);
    /** An incident of this length is up for escalation at some moment between two kills. */
    private static final Duration LONG = Duration.ofSeconds(30);

    private final WebhookSink grouped = new WebhookSink();
    private final WebhookSink first = new WebhookSink();
    private final WebhookSink boss = new WebhookSink();
    private final WebhookSink silenced = new WebhookSink();
    private final WebhookSink acknowledged = new WebhookSink();
    private Instant acknowledgedAt = Instant.MAX;
    private Instant silenceEndedAt = Instant.MAX;

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
                  silenced: {webhook: {url: "%s"}, concurrency: 8}
                  acknowledged: {webhook: {url: "%s"}}
                routes:
                  receiver: first
                  routes:
                    - {match: [set=grouped], receivers: [grouped], groupBy: [set], groupWait: 1s, groupInterval: 2s}
                    - {match: [set=escalated], escalate: [{after: 5s, receivers: [boss]}]}
                monitors:
                """.formatted(grouped.url(), first.url(), boss.url(), silenced.url(), acknowledged.url())
                        + monitors("grouped", GROUPED_PERIOD, "labels: {set: grouped}")
                        + monitors("escalated", ESCALATED_PERIOD, "labels: {set: escalated}")
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

    /** Silences and acknowledges, before the first kill. */
    void begin(JsonApi api) throws IOException, InterruptedException {
        api.change("POST", "/api/silences", """
                {"matchers": ["monitor=~silenced-.*"], "endsAt": "%s", "comment": "benchmark"}
                """.formatted(Instant.now().plus(Duration.ofHours(5))));
        Await.until(Duration.ofSeconds(60), () -> !acknowledged.arrivals().isEmpty());
        var incident = acknowledged.arrivals().getFirst().event().incident();
        api.change("PUT", "/api/incidents/" + incident + "/ack", "{\"comment\": \"benchmark\"}");
        acknowledgedAt = Instant.now();
    }

    /** Ends the silence, after the last kill. */
    void end(JsonApi api) throws IOException, InterruptedException {
        silenceEndedAt = Instant.now();
        for (var silence : api.get("/api/silences")) {
            api.change("DELETE", "/api/silences/" + silence.path("id").asString(""), "");
        }
    }

    /** @param implied the transitions that the results imply */
    void judge(Report report, List<AlertEvent> implied) {
        report.check("one body under one webhook-id of a group", oneBody());
        report.check("each incident of a group is new once, and then resolved once", groupedOnce());
        report.check("each open incident of a group is notified", unnotified(implied));
        report.check("each long incident is escalated once", escalations(implied));
        report.check("nothing of a silence is notified before its end", early());
        report.check("what outlives a silence is notified once at its end", outlives(implied));
        report.check("no reminder of an acknowledged incident", reminders());
    }

    private List<String> oneBody() {
        var bodies = new HashMap<String, Set<String>>();
        grouped.groups().forEach(group -> bodies.computeIfAbsent(group.webhookId(), _ -> new HashSet<>())
                .add(group.message().toString()));
        return bodies.entrySet().stream()
                .filter(entry -> entry.getValue().size() > 1)
                .map(Map.Entry::getKey)
                .toList();
    }

    /** What the messages said of each incident, in order, each message once. */
    private Map<String, List<String>> said() {
        var said = new HashMap<String, List<String>>();
        var seen = new HashSet<String>();
        for (var group : grouped.groups()) {
            if (seen.add(group.webhookId())) {
                for (var alert : group.message().path("alerts")) {
                    var change = alert.path("change").asString("");
                    if (!change.equals("stillFiring")) {
                        said.computeIfAbsent(
                                        alert.path("event").path("incident").asString(""), _ -> new ArrayList<>())
                                .add(change);
                    }
                }
            }
        }
        return said;
    }

    private List<String> groupedOnce() {
        return said().entrySet().stream()
                .filter(entry ->
                        !List.of(List.of("new"), List.of("new", "resolved")).contains(entry.getValue()))
                .map(Object::toString)
                .toList();
    }

    private List<String> unnotified(List<AlertEvent> implied) {
        var said = said();
        return incidents(implied, "grouped-").values().stream()
                .filter(events -> {
                    var changes = said.getOrDefault(events.getFirst().incident(), List.of());
                    boolean isOpen = events.size() == 1;
                    return isOpen ? changes.isEmpty() : changes.equals(List.of("new"));
                })
                .map(events ->
                        "%s: %s".formatted(events, said.get(events.getFirst().incident())))
                .toList();
    }

    private List<String> escalations(List<AlertEvent> implied) {
        var ids = ids(boss, AlertEvent.Type.FIRING);
        var wrong = new ArrayList<String>();
        incidents(implied, "escalated-").forEach((incident, events) -> {
            var escalated = ids.getOrDefault(incident, Set.of());
            boolean isLong = events.size() == 2
                    && Duration.between(
                                            events.getFirst().slot(),
                                            events.getLast().slot())
                                    .compareTo(LONG)
                            >= 0;
            if (escalated.size() > 1 || (isLong && escalated.isEmpty())) {
                wrong.add("%s: %s".formatted(events.getFirst(), escalated));
            }
        });
        return wrong;
    }

    private List<String> early() {
        return silenced.arrivals().stream()
                .filter(arrival -> arrival.at().isBefore(silenceEndedAt))
                .map(Object::toString)
                .toList();
    }

    private List<String> outlives(List<AlertEvent> implied) {
        var ids = ids(silenced, AlertEvent.Type.FIRING);
        return incidents(implied, "silenced-").values().stream()
                .filter(events -> events.getFirst().slot().isBefore(silenceEndedAt.minusSeconds(1)))
                .filter(events -> events.size() == 1 || events.getLast().slot().isAfter(silenceEndedAt.plusSeconds(2)))
                .filter(events ->
                        ids.getOrDefault(events.getFirst().incident(), Set.of()).size() != 1)
                .map(Object::toString)
                .toList();
    }

    private List<String> reminders() {
        // those that were queued before it may arrive after it
        var settledAt = acknowledgedAt.plusSeconds(3);
        return acknowledged.arrivals().stream()
                .filter(arrival -> arrival.event().type() == AlertEvent.Type.REMINDER
                        && arrival.at().isAfter(settledAt))
                .map(Object::toString)
                .toList();
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
        List.of(grouped, first, boss, silenced, acknowledged).forEach(WebhookSink::close);
    }
}
