package io.growalert.benchmarks.alerting;

import io.growalert.events.AlertEvent;
import io.growalert.events.CheckResult;
import io.growalert.events.Ids;
import io.growalert.events.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Monitors at 1 s whose results flip between good and bad, and what their results imply. */
final class FlippingMonitors {
    /** A transition that must be notified, and the slot that decided it. */
    record Implied(String eventId, String monitor, Instant slot) {}

    private FlippingMonitors() {}

    static String write(Path folder, int monitors, String webhook) throws IOException {
        return write(folder, monitors, webhook, 1);
    }

    /** @param period seconds between two flips of a monitor, which are spread over them */
    static String write(Path folder, int monitors, String webhook, int period) throws IOException {
        var definitions = IntStream.range(0, monitors)
                .mapToObj(number -> """
                          - id: flip-%d
                            every: 1s
                            timeout: 1s
                            source: inside
                            query: "1 %d %d"
                            fail: {above: 1}
                            alert: {receivers: [hook]}
                        """.formatted(number, number % (2 * period), period))
                .collect(Collectors.joining());
        var file = folder.resolve("flip.yaml");
        Files.writeString(file, """
                sources:
                  inside: {generated: {flip: true}, limit: 1000}
                receivers:
                  hook: {webhook: {url: "%s"}, concurrency: 32}
                monitors:
                """.formatted(webhook) + definitions);
        return file.toString();
    }

    /**
     * Replays these results by the definitions above: each change of a series between good and bad is a transition. A result
     * counts when its slot is later than those before it.
     *
     * @param results those of each monitor in the topic's order
     */
    static List<Implied> transitions(List<CheckResult> results) {
        var firingSince = new HashMap<String, Instant>();
        var lastSlot = new HashMap<String, Instant>();
        var implied = new ArrayList<Implied>();
        results.stream().filter(result -> result.error() == null).forEach(result -> result.series()
                .forEach(series -> {
                    var alert = Ids.alert(result.monitor(), series.labels());
                    var slot = result.slot();
                    if (!slot.isAfter(lastSlot.getOrDefault(alert, Instant.MIN))) {
                        return;
                    }
                    lastSlot.put(alert, slot);
                    var since = firingSince.get(alert);
                    if (series.status() == Status.FAILED && since == null) {
                        firingSince.put(alert, slot);
                        implied.add(implied(result, alert, slot, AlertEvent.Type.FIRING));
                    } else if (series.status() != Status.FAILED && since != null) {
                        firingSince.remove(alert);
                        implied.add(implied(result, alert, since, AlertEvent.Type.RESOLVED));
                    }
                }));
        return implied;
    }

    private static Implied implied(CheckResult result, String alert, Instant since, AlertEvent.Type type) {
        var id = Ids.event(Ids.incident(alert, since), type, result.slot());
        return new Implied(id, result.monitor(), result.slot());
    }
}
