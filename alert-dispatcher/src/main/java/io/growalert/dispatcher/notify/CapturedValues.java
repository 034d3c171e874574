package io.growalert.dispatcher.notify;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.growalert.events.Json;
import io.growalert.runtime.database.Columns;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/**
 * What was captured from receivers' answers, for later notifications of the same incident, such as the id of the message to update.
 * It is deleted with its incident.
 */
final class CapturedValues {
    private final JdbcClient jdbc;

    CapturedValues(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    // a value that was captured first stays: it belongs to the incident's first message
    private static final String STORE = """
            insert into dispatcher.captured_values as stored (incident_id, receiver, captured)
            select distinct on (i.id, d.receiver) i.id, d.receiver, c.captured::jsonb
            from unnest(:ids::text[], :captured::text[]) as c (id, captured)
                 join dispatcher.deliveries d on d.id = c.id
                 join dispatcher.incidents i on i.id = d.incident_id
            order by i.id, d.receiver, d.sequence
            on conflict (incident_id, receiver) do update set captured = excluded.captured || stored.captured
            """;

    /** Stores what the recorded deliveries captured. */
    void store(List<Deliveries.Recorded> recorded, Collection<Verdict> verdicts) {
        var stored = recorded.stream().map(Deliveries.Recorded::id).collect(Collectors.toSet());
        var capturing = verdicts.stream()
                .filter(verdict -> verdict.captured() != null
                        && stored.contains(verdict.claim().id()))
                .toList();
        if (!capturing.isEmpty()) {
            jdbc.sql(STORE)
                    .param("ids", Columns.texts(capturing, verdict -> verdict.claim()
                            .id()))
                    .param("captured", Columns.texts(capturing, Verdict::captured))
                    .update();
        }
    }

    /** Null when nothing was captured. */
    static @Nullable String json(Map<String, String> captured) {
        // PostgreSQL rejects NUL
        var storable = new HashMap<String, String>();
        captured.forEach((name, value) -> storable.put(name, value.replace("\0", "")));
        return storable.isEmpty() ? null : new String(Json.write(storable), UTF_8);
    }

    static Map<String, String> read(@Nullable String json) {
        if (json == null) {
            return Map.of();
        }
        var captured = new HashMap<String, String>();
        for (var entry : Json.read(json.getBytes(UTF_8), JsonNode.class).properties()) {
            captured.put(entry.getKey(), entry.getValue().stringValue());
        }
        return captured;
    }
}
