package io.growalert.benchmarks.alerting;

import io.growalert.benchmarks.process.PortRange;
import io.growalert.benchmarks.process.ScratchFolder;
import io.growalert.events.AlertEvent;
import io.growalert.events.CheckResult;
import io.growalert.events.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What both versions run on. */
record UpgradeSite(ScratchFolder scratch, SourceValues values, WebhookSink sink, int deadPort, PortRange ports) {
    JsonApi dispatcher() {
        return new JsonApi(ports.http(), scratch.resolve("data").resolve("operator-token"));
    }

    ScrapedMetrics monitors() {
        return new ScrapedMetrics(ports.http() + 1);
    }

    AlertEvents events() {
        return new AlertEvents(TopicRecords.all(TopicRecords.events(ports.broker())));
    }

    List<CheckResult> results(String monitor) {
        return TopicRecords.all(TopicRecords.results(ports.broker())).stream()
                .map(TopicRecords.Entry::value)
                .filter(result -> result.monitor().equals(monitor))
                .toList();
    }

    long arrived(String monitor, AlertEvent.Type type) {
        return sink.arrivals().stream()
                .filter(arrival -> arrival.event().monitor().equals(monitor))
                .filter(arrival -> arrival.event().type() == type)
                .count();
    }

    /** The variables of the definition file. */
    Map<String, String> environment() {
        return Map.of(
                "FARM_URL", values().url(),
                "HOOK_URL", sink().url(),
                "REFUSING_URL", sink().refusingUrl(),
                "DEAD_URL", "http://127.0.0.1:%d/hook".formatted(deadPort()));
    }

    /** Writes the definition file of the monitors and returns its path. Addresses are variables. */
    String write(int open) throws Exception {
        var monitors = new StringBuilder();
        for (int number = 0; number < open; number++) {
            monitors.append(monitor("open-" + number, "every: 2s", "{receivers: [hook]}"));
        }
        monitors.append(monitor("half", "every: 20s", "{after: 3, receivers: [hook]}"));
        monitors.append(monitor("muted", "every: 2s", "{receivers: [hook]}"));
        monitors.append(monitor("refused", "every: 2s", "{receivers: [refusing]}"));
        monitors.append(monitor("unreachable", "every: 2s", "{receivers: [dead]}"));
        monitors.append(monitor("calm", "every: 2s", "{receivers: [hook]}"));
        var file = scratch().resolve("upgrade.yaml");
        Files.writeString(file, """
                sources:
                  farm: {postgres: {url: "${FARM_URL}", username: postgres}}
                receivers:
                  hook: {webhook: {url: "${HOOK_URL}"}}
                  refusing: {webhook: {url: "${REFUSING_URL}"}}
                  dead: {webhook: {url: "${DEAD_URL}"}}
                monitors:
                """ + monitors);
        return file.toString();
    }

    private String monitor(String name, String every, String alert) throws Exception {
        values().set(name, 0);
        return """
                  - id: %s
                    %s
                    timeout: 2s
                    source: farm
                    query: %s
                    fail: {above: 1}
                    alert: %s
                """.formatted(name, every, SourceValues.query(name), alert);
    }

    long failed(String monitor) {
        return results(monitor).stream()
                .filter(result -> result.status() == Status.FAILED && result.error() == null)
                .count();
    }

    /** The open incidents of series, by alert. */
    static Map<String, String> open(JsonApi api) throws IOException, InterruptedException {
        var open = new HashMap<String, String>();
        api.get("/api/alerts").forEach(incident -> {
            if (!incident.path("series").isEmpty()) {
                open.put(
                        incident.path("alert").asString(),
                        incident.path("incident").asString());
            }
        });
        return open;
    }

    /** The states of all deliveries, by id; none while the dispatcher is unreachable. */
    static Map<String, String> deliveries(JsonApi api) {
        var deliveries = new HashMap<String, String>();
        try {
            api.get("/api/deliveries?limit=1000")
                    .forEach(delivery -> deliveries.put(
                            delivery.path("id").asString(),
                            delivery.path("state").asString()));
        } catch (IOException e) {
            return Map.of();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return deliveries;
    }
}
