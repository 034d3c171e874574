package io.growalert.dispatcher.silence;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.growalert.dispatcher.silence.Silence.Origin;
import io.growalert.events.AlertEvent;
import io.growalert.events.Json;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Makes a silence of each firing alert that a rule says holds others. It ends with the alert's incident. */
final class Inhibitions {
    private static final Logger LOG = LoggerFactory.getLogger(Inhibitions.class);

    private final JdbcClient jdbc;
    private final SilenceTable table;
    private volatile List<InhibitionRule> rules = List.of();

    Inhibitions(JdbcClient jdbc, SilenceTable table) {
        this.jdbc = jdbc;
        this.table = table;
    }

    void use(List<InhibitionRule> other) {
        rules = other;
    }

    /** The starts of the ids of the silences that the rules make. */
    List<String> prefixes() {
        return rules.stream().map(InhibitionRule::prefix).toList();
    }

    /** Whether one of these events is a firing that a rule matches. */
    boolean mayBegin(Collection<AlertEvent> events) {
        var current = rules;
        return !current.isEmpty()
                && events.stream().anyMatch(event -> current.stream().anyMatch(rule -> rule.isCause(event)));
    }

    /** Adds the silences that these firings cause, unless they exist. */
    void begin(Collection<AlertEvent> events, Instant now) {
        for (var rule : rules) {
            events.stream().filter(rule::isCause).forEach(firing -> add(rule, firing, now));
        }
    }

    private void add(InhibitionRule rule, AlertEvent firing, Instant now) {
        try {
            var silence = new Silence(
                    rule.prefix() + firing.incident(),
                    SilenceTable.texts(rule.held(firing)),
                    now,
                    null,
                    "an alert of the monitor %s is firing".formatted(firing.monitor()),
                    Windows.AUTHOR,
                    now,
                    now,
                    null,
                    Origin.INHIBITION);
            table.add(
                    silence,
                    new SilenceTable.Cause(
                            firing.incident(), firing.alert(), SilenceTable.texts(rule.excepted(firing))));
        } catch (IllegalArgumentException e) {
            LOG.atWarn()
                    .addKeyValue("incidentId", firing.incident())
                    .addKeyValue("reason", e.getMessage())
                    .log("Inhibition skipped; its alerts are notified");
        }
    }

    private static final String FIRING = """
            select e.body from dispatcher.incidents i
                 join dispatcher.alert_events e on e.alert_id = i.alert_id and e.incident_id = i.id
            where i.resolved_at is null and e.type = 'firing'
            order by e.sequence
            """;

    /** The firings of the open incidents that a rule matches. */
    List<AlertEvent> firing() {
        var current = rules;
        return current.isEmpty()
                ? List.of()
                : jdbc
                        .sql(FIRING)
                        .query((row, n) -> Json.read(row.getString("body").getBytes(UTF_8), AlertEvent.class))
                        .list()
                        .stream()
                        .filter(event -> current.stream().anyMatch(rule -> rule.isCause(event)))
                        .toList();
    }
}
