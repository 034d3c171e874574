package io.growalert.dispatcher.notify;

import io.growalert.dispatcher.ack.Acknowledgement;
import io.growalert.dispatcher.outbox.NotificationLog;
import io.growalert.dispatcher.silence.Silences;
import io.growalert.events.NotificationEvent;
import io.growalert.runtime.database.Columns;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

/** Makes parked deliveries due again, with a new time to live; one that a silence holds is held instead. */
public final class Redrive {
    private static final int BATCH = 500;

    private final JdbcClient jdbc;
    private final NotificationLog log;
    private final TransactionOperations transaction;
    private final ParkedAcknowledgements acknowledgements;
    private final Silences silences;

    public Redrive(
            JdbcClient jdbc,
            TransactionOperations transaction,
            ParkedAcknowledgements acknowledgements,
            Silences silences) {
        this.jdbc = jdbc;
        this.log = new NotificationLog(jdbc);
        this.transaction = transaction;
        this.acknowledgements = acknowledgements;
        this.silences = silences;
    }

    public sealed interface Result {
        /** It is due now. */
        record Due() implements Result {}

        record Unknown() implements Result {}

        record NotParked(String state) implements Result {}

        /**
         * A later event of the same alert, or later messages of the group with all its changes, were delivered to the receiver, or are in
         * flight; or the incident is resolved without notifying the receiver of that; or it is a reminder or an escalation, and the
         * incident is acknowledged.
         */
        record Superseded() implements Result {}

        /** It would open again what the receiver knows as resolved; no redrive is accepted. */
        record Over() implements Result {}
    }

    // a resolution that arrives meanwhile waits, and then sees which deliveries are due again
    private static final String LOCK_INCIDENTS = """
            select id from dispatcher.incidents
            where id in (select incident_id from dispatcher.deliveries where id = any(:ids))
            order by id
            for no key update
            """;

    /** Waits for concurrent claims of these deliveries, and prevents further ones until the redrive commits. */
    private static final String LOCK = """
            select other.id
            from dispatcher.deliveries d
                 join dispatcher.deliveries other on other.alert_id = d.alert_id and other.receiver = d.receiver
            where d.id = any(:ids) and (other.id = d.id or other.state in ('pending', 'held'))
            order by other.sequence, other.id
            for update of other
            """;

    // a later message of a group covers an earlier one only with the same alerts as new or resolved
    private static final String IS_COVERED_LATER = """
            (later.state = 'delivered' or later.lease_owner is not null)
            and (d.group_message_id is null
                 or not exists (select from dispatcher.group_message_incidents listed
                                where listed.message_id = d.group_message_id and not listed.still_firing
                                  and not exists (select from dispatcher.group_message_incidents again
                                                       join dispatcher.deliveries next
                                                       on next.group_message_id = again.message_id
                                                  where again.incident_id = listed.incident_id and not again.still_firing
                                                    and next.alert_id = d.alert_id and next.receiver = d.receiver
                                                    and next.sequence > d.sequence
                                                    and (next.state = 'delivered' or next.lease_owner is not null))))
            """;

    // without its resolution, a receiver would never be notified that the incident ended
    private static final String IS_OVER = """
            exists (select from dispatcher.incidents i join dispatcher.alert_events own on own.id = d.event_id
                    where i.id = d.incident_id
                      and (i.resolved_at is not null and own.type <> 'resolved'
                           and not exists (select from dispatcher.deliveries resolution
                                                join dispatcher.alert_events ending on ending.id = resolution.event_id
                                           where resolution.alert_id = d.alert_id and resolution.receiver = d.receiver
                                             and resolution.incident_id = d.incident_id and ending.type = 'resolved'
                                             and resolution.state <> 'muted')
                           or (own.type = 'reminder' or d.escalation_step is not null)
                           and exists (select from dispatcher.incident_acknowledgements a
                                       where a.incident_id = i.id and i.resolved_at is null and %s)))
            """.formatted(Acknowledgement.inForce("clock_timestamp()"));

    // the incident of an event, or one of a message, whose resolution the receiver got; not when only this delivery
    // reports another resolution
    private static final String OPENS_AGAIN = """
            (exists (select from dispatcher.alert_events own
                          join dispatcher.deliveries resolution
                          on resolution.alert_id = d.alert_id and resolution.receiver = d.receiver
                             and resolution.incident_id = d.incident_id
                          join dispatcher.alert_events ending on ending.id = resolution.event_id
                     where own.id = d.event_id and own.type <> 'resolved' and ending.type = 'resolved'
                       and resolution.state = 'delivered')
             or exists (select from dispatcher.group_message_incidents shown
                             join dispatcher.alert_events own on own.id = shown.event_id
                        where shown.message_id = d.group_message_id and own.type <> 'resolved' and %1$s)
                and not exists (select from dispatcher.group_message_incidents shown
                                     join dispatcher.alert_events own on own.id = shown.event_id
                                where shown.message_id = d.group_message_id and own.type = 'resolved' and not %1$s))
            """.formatted("""
                exists (select from dispatcher.group_message_incidents listed
                                  join dispatcher.alert_events ending on ending.id = listed.event_id
                                  join dispatcher.deliveries resolution on resolution.group_message_id = listed.message_id
                             where listed.incident_id = shown.incident_id and ending.type = 'resolved'
                               and resolution.alert_id = d.alert_id and resolution.receiver = d.receiver
                               and resolution.state = 'delivered')
            """.strip());

    private static final String FIND = """
            select d.state, %s as over,
                   exists (select from dispatcher.deliveries later
                           where later.alert_id = d.alert_id and later.receiver = d.receiver
                             and later.sequence > d.sequence and (%s))
                    or %s as superseded
            from dispatcher.deliveries d where d.id = :id
            """.formatted(OPENS_AGAIN, IS_COVERED_LATER, IS_OVER);

    // addresses that refused the message permanently are retried, those that accepted it do not receive it twice
    private static final String RESUME = """
            update dispatcher.deliveries d
            set state = 'pending', held_by = '{}', started_inside = false,
                live_from = clock_timestamp(), due_at = clock_timestamp(), finished_at = null, refused_since = null,
                settled = jsonb_set(d.settled, '{refused}', '{}'),
                detail = 'redriven; before: ' || coalesce(d.detail, '')
            """;

    /** Makes a delivery due, unless it is not parked, it would open again what ended, or it is superseded and not forced. */
    public Result redrive(String id, boolean force) {
        return transaction.execute(status -> {
            silences.lockShared();
            lock(List.of(id));
            // a separate statement, so that it sees the commits that the lock waited for
            var found = jdbc.sql(FIND)
                    .param("id", id)
                    .query((row, n) ->
                            new Found(row.getString("state"), row.getBoolean("over"), row.getBoolean("superseded")))
                    .optional();
            if (found.isEmpty()) {
                return new Result.Unknown();
            }
            if (!found.get().state().equals("parked")) {
                return new Result.NotParked(found.get().state());
            }
            if (!force && (found.get().superseded() || found.get().over())) {
                return new Result.Superseded();
            }
            if (found.get().over()) {
                return new Result.Over();
            }
            jdbc.sql(RESUME + "where d.id = :id").param("id", id).update();
            log.addDeliveries(NotificationEvent.Type.DELIVERY_REDRIVEN, List.of(id));
            silences.hold(List.of(id));
            return new Result.Due();
        });
    }

    private record Found(String state, boolean over, boolean superseded) {}

    private void lock(List<String> ids) {
        for (var lock : List.of(LOCK_INCIDENTS, LOCK)) {
            jdbc.sql(lock)
                    .param("ids", ids.toArray(String[]::new))
                    .query(String.class)
                    .list();
        }
    }

    /**
     * How many deliveries are due again.
     *
     * @param superseded how many stay parked, since a later event replaced them, or their incident is over or acknowledged
     */
    public record Redriven(int due, int superseded) {
        private Redriven plus(Redriven other) {
            return new Redriven(due + other.due, superseded + other.superseded);
        }
    }

    private static final String PARKED = """
            select id, sequence from dispatcher.deliveries
            where receiver = :receiver and state = 'parked' and finished_at >= :since and (sequence, id) > (:sequence, :id)
            order by sequence, id
            limit :batch
            """;

    private record Parked(String id, long sequence) {
        private static final Parked NONE = new Parked("", Long.MIN_VALUE);
    }

    private record Batch(List<Parked> parked, Redriven redriven) {}

    /**
     * Makes all deliveries of a receiver due that were parked since an instant, except superseded ones, and acknowledges those
     * that stay parked. A transaction has at most 500 of them; deliveries that are parked meanwhile stay parked.
     *
     * @param audit is called in the transaction of each batch, at least once
     */
    public Redriven redrive(String receiver, Instant since, Consumer<Redriven> audit) {
        var batch = transaction.execute(_ -> {
            silences.lockShared();
            acknowledgements.acknowledge(receiver);
            var first = resume(receiver, since, Parked.NONE);
            audit.accept(first.redriven());
            return first;
        });
        var sum = batch.redriven();
        while (!batch.parked().isEmpty()) {
            var last = batch.parked().getLast();
            batch = transaction.execute(_ -> {
                silences.lockShared();
                var next = resume(receiver, since, last);
                if (!next.parked().isEmpty()) {
                    audit.accept(next.redriven());
                }
                return next;
            });
            sum = sum.plus(batch.redriven());
        }
        return sum;
    }

    private Batch resume(String receiver, Instant since, Parked last) {
        var parked = jdbc.sql(PARKED)
                .param("receiver", receiver)
                .param("since", Columns.time(since))
                .param("sequence", last.sequence())
                .param("id", last.id())
                .param("batch", BATCH)
                .query((row, n) -> new Parked(row.getString("id"), row.getLong("sequence")))
                .list();
        return new Batch(
                parked,
                parked.isEmpty()
                        ? new Redriven(0, 0)
                        : resume(parked.stream().map(Parked::id).toList()));
    }

    // a later reminder or the resolution supersedes a reminder even before it is delivered
    private static final String RESUME_CURRENT = RESUME + """
            from dispatcher.deliveries parked left join dispatcher.alert_events e on e.id = parked.event_id
            where d.id = any(:ids) and d.state = 'parked' and parked.id = d.id
              and not exists (select from dispatcher.deliveries later
                                   left join dispatcher.alert_events event on event.id = later.event_id
                              where later.alert_id = d.alert_id and later.receiver = d.receiver
                                and later.sequence > d.sequence
                                and (%s
                                     or (e.type = 'reminder' or d.repetition > 0) and event.type in ('reminder', 'resolved')
                                        and later.state in ('pending', 'held', 'parked')))
              and not %s and not %s
            returning d.id
            """.formatted(IS_COVERED_LATER, IS_OVER, OPENS_AGAIN);

    private Redriven resume(List<String> ids) {
        lock(ids);
        var due = jdbc.sql(RESUME_CURRENT)
                .param("ids", ids.toArray(String[]::new))
                .query(String.class)
                .list();
        log.addDeliveries(NotificationEvent.Type.DELIVERY_REDRIVEN, due);
        silences.hold(ids);
        var parked = jdbc.sql("select id from dispatcher.deliveries where id = any(:ids) and state = 'parked'")
                .param("ids", ids.toArray(String[]::new))
                .query(String.class)
                .list();
        log.addDeliveries(NotificationEvent.Type.DELIVERY_ACKNOWLEDGED, parked);
        return new Redriven(due.size(), parked.size());
    }
}
