package io.growalert.benchmarks.alerting;

import io.growalert.benchmarks.process.Await;
import io.growalert.events.AlertEvent;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * What there was when the previous version ended.
 *
 * @param open incidents by alert
 * @param deliveries states by id
 */
record PreviousRun(Map<String, String> open, Map<String, String> deliveries, AlertEvents events) {
    private static final Duration START = Duration.ofMinutes(10);
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    /** An event that cannot be applied is parked at the first attempt. */
    static Map<String, String> environment(UpgradeSite site) {
        var environment = new HashMap<>(site.environment());
        environment.put("GROWALERT_BILLING_LEDGER_ATTEMPTS", "1");
        return environment;
    }

    /** Returns when the monitors run and the gateway serves them. */
    static void awaitStart(UpgradeSite site, int openIncidents) throws InterruptedException {
        var api = site.dispatcher();
        Await.until(
                START,
                () -> site.monitors().known("growalert_runs_total") > 3 * openIncidents
                        && api.lists("/api/alerts")
                        && api.lists("/api/billing/events?state=parked"));
    }

    /** Open incidents, a mute that holds one, a parked delivery, one that waits, and a counter at two of three. */
    static PreviousRun leave(UpgradeSite site, int openIncidents) throws Exception {
        var api = site.dispatcher();
        var until = Instant.now().plus(Duration.ofHours(1)).truncatedTo(ChronoUnit.SECONDS);
        api.change("PUT", "/api/monitors/muted/mute", "{\"until\": \"%s\", \"comment\": \"upgrade\"}".formatted(until));
        for (int number = 0; number < openIncidents; number++) {
            site.values().set("open-" + number, 2);
        }
        for (var name : List.of("muted", "refused", "unreachable")) {
            site.values().set(name, 2);
        }
        Await.until(
                PATIENCE,
                () -> IntStream.range(0, openIncidents)
                                .allMatch(number -> site.arrived("open-" + number, AlertEvent.Type.FIRING) == 1)
                        && UpgradeSite.deliveries(api).containsValue("parked"));
        // last: the counter must not reach three meanwhile
        site.values().set("half", 2);
        Await.until(PATIENCE, () -> site.failed("half") == 2);
        return new PreviousRun(UpgradeSite.open(api), UpgradeSite.deliveries(api), site.events());
    }
}
