package io.growalert.dispatcher.outbox;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.growalert.events.CloudEvent;
import io.growalert.events.Json;
import io.growalert.events.NotificationEvent;
import io.growalert.events.Topics;
import io.growalert.runtime.database.Columns;
import io.growalert.runtime.outbox.Outbox;
import io.growalert.runtime.outbox.OutboxEvent;
import io.growalert.runtime.outbox.OutboxRow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Adds what becomes of notifications to the outbox of growalert.notifications, in the transaction of the change, which has locked
 * the changed rows. The relay publishes it at its next poll.
 */
public final class NotificationLog {
    private static final String SOURCE = "/growalert/alert-dispatcher";
    /** Limits the parameters of a statement and the memory. */
    private static final int BATCH = 1_000;

    private final JdbcClient jdbc;
    private final Outbox outbox;

    public NotificationLog(JdbcClient jdbc) {
        this.jdbc = jdbc;
        outbox = new Outbox(jdbc, "dispatcher.notification_outbox");
    }

    private static final String DELIVERIES = """
            select d.id, d.event_id, d.receiver, d.attempts, i.id as incident, i.alert_id, i.monitor_id,
                   clock_timestamp() as time
            from dispatcher.deliveries d
                 join dispatcher.delivery_incidents notified on notified.delivery_id = d.id
                 join dispatcher.incidents i on i.id = notified.incident_id
            where d.id = any(:ids)
              and not (:delivered and exists (select from dispatcher.group_message_incidents said
                                              where said.message_id = d.group_message_id and said.incident_id = i.id
                                                and said.still_firing))
            order by d.sequence, d.id, i.id
            """;

    /**
     * Adds an event for each of these deliveries and each of its incidents; call it after the change. When a group's message is
     * delivered, only for what is new or resolved in it.
     */
    public void addDeliveries(NotificationEvent.Type type, Collection<String> deliveries) {
        batches(deliveries)
                .forEach(batch -> add(jdbc.sql(DELIVERIES)
                        .param("ids", batch.toArray(String[]::new))
                        .param("delivered", type == NotificationEvent.Type.DELIVERY_DELIVERED)
                        .query((row, n) -> new NotificationEvent(
                                newId(),
                                type,
                                Columns.instant(row, "time"),
                                row.getString("incident"),
                                row.getString("alert_id"),
                                row.getString("monitor_id"),
                                null,
                                row.getString("id"),
                                row.getString("event_id"),
                                row.getString("receiver"),
                                row.getInt("attempts"),
                                null,
                                null))
                        .list()));
    }

    /**
     * Adds an event for each of these incidents, such as their acknowledgement.
     *
     * @param by the operator; null when none caused it
     */
    public void addIncidents(NotificationEvent.Type type, Collection<String> incidents, @Nullable String by) {
        addIncidents(type, incidents, by, null, null);
    }

    /**
     * Adds that the incident was escalated to a receiver.
     *
     * @param step from 1 on
     */
    public void addEscalation(String incident, String receiver, int step) {
        addIncidents(NotificationEvent.Type.INCIDENT_ESCALATED, List.of(incident), null, receiver, step);
    }

    private static final String INCIDENTS = """
            select id, alert_id, monitor_id, clock_timestamp() as time
            from dispatcher.incidents where id = any(:ids)
            order by id
            """;

    private void addIncidents(
            NotificationEvent.Type type,
            Collection<String> incidents,
            @Nullable String by,
            @Nullable String receiver,
            @Nullable Integer step) {
        batches(incidents)
                .forEach(batch -> add(jdbc.sql(INCIDENTS)
                        .param("ids", batch.toArray(String[]::new))
                        .query((row, n) -> new NotificationEvent(
                                newId(),
                                type,
                                Columns.instant(row, "time"),
                                row.getString("id"),
                                row.getString("alert_id"),
                                row.getString("monitor_id"),
                                null,
                                null,
                                null,
                                receiver,
                                null,
                                by,
                                step))
                        .list()));
    }

    private static final String SILENCES = """
            select changed.id, s.created_by
            from unnest(:ids::text[]) with ordinality as changed (id, n) left join dispatcher.silences s on s.id = changed.id
            order by n
            """;

    /**
     * Adds an event for each of these silences.
     *
     * @param time of the change
     */
    public void addSilences(NotificationEvent.Type type, Collection<String> silences, Instant time) {
        batches(silences)
                .forEach(batch -> add(jdbc.sql(SILENCES)
                        .param("ids", batch.toArray(String[]::new))
                        .query((row, n) -> new NotificationEvent(
                                newId(),
                                type,
                                time,
                                null,
                                null,
                                null,
                                row.getString("id"),
                                null,
                                null,
                                null,
                                null,
                                row.getString("created_by"),
                                null))
                        .list()));
    }

    private void add(List<NotificationEvent> events) {
        outbox.add(events.stream()
                .map(event -> new OutboxEvent(
                        event.id(),
                        event.key(),
                        event.type().wire(),
                        event.subject(),
                        event.time(),
                        new String(Json.write(event), UTF_8)))
                .toList());
    }

    private static List<List<String>> batches(Collection<String> ids) {
        var all = List.copyOf(ids);
        var batches = new ArrayList<List<String>>();
        for (int start = 0; start < all.size(); start += BATCH) {
            batches.add(all.subList(start, Math.min(start + BATCH, all.size())));
        }
        return batches;
    }

    private static String newId() {
        return UUID.randomUUID().toString();
    }

    Outbox outbox() {
        return outbox;
    }

    static ProducerRecord<String, byte[]> message(OutboxRow row) {
        var headers = new CloudEvent(row.id(), SOURCE, CloudEvent.NOTIFICATION + row.type(), row.subject(), row.time())
                .headers();
        return new ProducerRecord<>(
                Topics.NOTIFICATIONS, null, row.key(), row.body().getBytes(UTF_8), headers);
    }
}
