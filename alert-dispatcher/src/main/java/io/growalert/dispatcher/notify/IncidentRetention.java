package io.growalert.dispatcher.notify;

import io.growalert.runtime.database.Columns;
import io.growalert.runtime.schedule.ScheduledTask;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Deletes an incident with its events and deliveries once it is closed and all of it is older than the retained history. A
 * delivery that is not finished, or was parked since, retains its whole incident; of a group's message, all its incidents. The messages
 * of groups are deleted once they are older themselves, since a group may never end.
 */
final class IncidentRetention {
    private static final Logger LOG = LoggerFactory.getLogger(IncidentRetention.class);
    private static final Duration EVERY = Duration.ofHours(1);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(10);

    private final JdbcClient jdbc;
    private final TransactionOperations transaction;
    private final InstantSource clock;
    private final Duration history;
    private final int batch;

    /**
     * @param history how long incidents are retained after they ended
     * @param batch how many incidents are deleted in one transaction
     */
    IncidentRetention(
            JdbcClient jdbc, TransactionOperations transaction, InstantSource clock, Duration history, int batch) {
        this.jdbc = jdbc;
        this.transaction = transaction;
        this.clock = clock;
        this.history = history;
        this.batch = batch;
    }

    /** Deletes all expired incidents, batch by batch, every hour. */
    ScheduledTask task() {
        return new ScheduledTask("retention", EVERY, RETRY_AFTER, progress -> {
            while (deleteMessages() == batch) {
                progress.advanced();
            }
            while (deleteBatch() == batch) {
                progress.advanced();
            }
        });
    }

    /** Deletes one batch, and returns how many incidents. */
    int deleteBatch() {
        int deleted = deleteBefore(clock.instant().minus(history));
        if (deleted > 0) {
            LOG.atInfo().addKeyValue("incidents", deleted).log("Deleted incidents past retention");
        }
        return deleted;
    }

    private static final String EXPIRED = """
            select i.id from dispatcher.incidents i
            where i.resolved_at < :before
              and not exists (select from dispatcher.alert_events e
                              where e.alert_id = i.alert_id and e.incident_id = i.id and e.received_at >= :before)
              and not exists (select from dispatcher.deliveries d
                              where d.alert_id = i.alert_id and d.incident_id = i.id
                                and (d.finished_at is null or d.finished_at >= :before))
              and not exists (select from dispatcher.group_members m where m.incident_id = i.id)
              and not exists (select from dispatcher.group_message_incidents m where m.incident_id = i.id)
            order by i.resolved_at
            limit :batch
            for update of i skip locked
            """;

    // each statement checks its condition again, since a parked delivery may be redriven meanwhile
    private static final List<String> DELETE = List.of("""
            delete from dispatcher.deliveries d using dispatcher.incidents i
            where i.id = any(:expired) and d.alert_id = i.alert_id and d.incident_id = i.id and d.finished_at < :before
            """, """
            delete from dispatcher.alert_events e using dispatcher.incidents i
            where i.id = any(:expired) and e.alert_id = i.alert_id and e.incident_id = i.id
              and not exists (select from dispatcher.deliveries d where d.event_id = e.id)
            """, """
            delete from dispatcher.incidents i
            where i.id = any(:expired)
              and not exists (select from dispatcher.alert_events e
                              where e.alert_id = i.alert_id and e.incident_id = i.id)
            """);

    static final String EXPIRED_MESSAGES = """
            select d.id from dispatcher.deliveries d
            where d.group_message_id is not null and d.finished_at < :before
            order by d.finished_at
            limit :batch
            for update skip locked
            """;

    private static final String DELETE_MESSAGES = """
            with deleted as (
                delete from dispatcher.deliveries where id = any(:deliveries) returning group_message_id
            )
            select group_message_id from deleted
            """;

    private static final String DELETE_GROUPS = """
            delete from dispatcher.groups g
            where g.next_at is null and coalesce(g.messaged_at, g.created_at) < :before
              and not exists (select from dispatcher.group_members m where m.group_id = g.id)
              and not exists (select from dispatcher.group_messages m where m.group_id = g.id)
            """;

    /** Deletes one batch of messages of groups, and the groups that are left without any; returns how many messages. */
    int deleteMessages() {
        var before = Columns.time(clock.instant().minus(history));
        return transaction.execute(status -> {
            var expired = jdbc.sql(EXPIRED_MESSAGES)
                    .param("before", before)
                    .param("batch", batch)
                    .query(String.class)
                    .list()
                    .toArray(String[]::new);
            var messages = jdbc.sql(DELETE_MESSAGES)
                    .param("deliveries", expired)
                    .query(String.class)
                    .list()
                    .toArray(String[]::new);
            jdbc.sql("delete from dispatcher.group_messages where id = any(:messages)")
                    .param("messages", messages)
                    .update();
            jdbc.sql(DELETE_GROUPS).param("before", before).update();
            return expired.length;
        });
    }

    private int deleteBefore(Instant instant) {
        var before = Columns.time(instant);
        return transaction.execute(status -> {
            var expired = jdbc.sql(EXPIRED)
                    .param("before", before)
                    .param("batch", batch)
                    .query(String.class)
                    .list()
                    .toArray(String[]::new);
            if (expired.length > 0) {
                DELETE.forEach(statement -> jdbc.sql(statement)
                        .param("expired", expired)
                        .param("before", before)
                        .update());
            }
            return expired.length;
        });
    }
}
