package io.growalert.dispatcher.notify;

import io.growalert.dispatcher.ack.Acknowledgement;
import io.growalert.dispatcher.ack.QueuedReminders;
import io.growalert.dispatcher.handler.Occasion;
import io.growalert.dispatcher.outbox.NotificationLog;
import io.growalert.dispatcher.receiver.Receiver;
import io.growalert.dispatcher.silence.HoldLock;
import io.growalert.events.NotificationEvent;
import io.growalert.runtime.database.Columns;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Stage 4, stored: deliveries that are claimed, and their outcomes. All times are the database's, so the clocks of instances may differ. A delivery that
 * is due is claimed by a lease, until which {@code due_at} is moved; if the lease's holder dies, the delivery is due again.
 */
public final class Deliveries {
    /** Added to the handler's timeout for the lease: time to start the threads and to record the outcome. */
    private static final Duration LEASE_MARGIN = Duration.ofSeconds(5);

    private final JdbcClient jdbc;
    private final TransactionOperations transaction;
    private final CapturedValues captured;
    private final QueuedReminders reminders;
    private final OutdatedReminders outdated;
    private final AttemptTable attempts;
    private final NotificationLog log;

    public Deliveries(JdbcClient jdbc, TransactionOperations transaction, InstantSource clock) {
        this.jdbc = jdbc;
        this.captured = new CapturedValues(jdbc);
        this.reminders = new QueuedReminders(jdbc, clock);
        this.outdated = new OutdatedReminders(jdbc);
        this.attempts = new AttemptTable(jdbc);
        this.log = new NotificationLog(jdbc);
        this.transaction = transaction;
    }

    /** How many more deliveries a receiver may have in flight, and how long each may take. */
    record Room(Receiver receiver, int free, Duration timeout) {}

    /**
     * A delivery that this instance owns until the lease expires.
     *
     * @param body JSON of an alert event, or of a group's message
     */
    record Claim(
            String id,
            int attempt,
            String receiver,
            String body,
            @Nullable String settled,
            @Nullable String captured,
            boolean isGroup,
            Occasion occasion) {}

    // a group's message that is on hold does not delay the next one, which has other alerts; what an acknowledgement
    // missed while it
    // was in flight is dropped by housekeeping
    // offset 0: looked up for each delivery. As a join, on statistics of a table that was empty, it reads all that are
    // due
    private static final String CLAIM = """
            with due as materialized (
                select head.id, room.lease
                from unnest(:receivers::text[], :free::bigint[], :leases::bigint[]) as room (receiver, free, lease)
                cross join lateral (
                    select d.id from dispatcher.deliveries d
                    where d.receiver = room.receiver and d.state = 'pending' and d.due_at <= now() and d.held_by = '{}'
                      and not exists (select from dispatcher.deliveries earlier
                                      where earlier.alert_id = d.alert_id and earlier.receiver = d.receiver
                                        and earlier.state in ('pending', 'held') and earlier.sequence < d.sequence
                                        and coalesce(jsonb_array_length(earlier.settled -> 'accepted'), 0) = 0
                                        and (earlier.state = 'pending' or earlier.group_message_id is null)
                                      offset 0)
                      and not exists (select from dispatcher.incident_acknowledgements a
                                      where a.incident_id = d.incident_id and %s
                                        and (d.escalation_step is not null
                                             or exists (select from dispatcher.alert_events e
                                                        where e.id = d.event_id and e.type = 'reminder')))
                      and (d.group_message_id is null
                           or not exists (select from dispatcher.deliveries later
                                          where later.alert_id = d.alert_id and later.receiver = d.receiver
                                            and later.state = 'pending' and later.sequence > d.sequence
                                            and later.lease_owner is not null and later.due_at > now()))
                    order by d.due_at, d.sequence
                    limit room.free
                    for update skip locked
                ) head
            )
            update dispatcher.deliveries d
            set lease_owner = :owner, attempts = d.attempts + 1,
                due_at = clock_timestamp() + due.lease * interval '1 millisecond'
            from due
            where d.id = due.id
            returning d.id, d.attempts, d.receiver, d.settled, d.group_message_id is not null as is_group,
                      coalesce(d.escalation_step, 0) as step, d.repetition, d.live_from,
                      coalesce((select e.body from dispatcher.alert_events e where e.id = d.event_id),
                               (select m.body from dispatcher.group_messages m where m.id = d.group_message_id)) as body,
                      (select c.captured from dispatcher.captured_values c
                       where c.incident_id = d.incident_id and c.receiver = d.receiver) as captured
            """.formatted(Acknowledgement.inForce("now()"));

    private static final String IS_ANY_DUE = """
            select exists (select from dispatcher.deliveries
                           where receiver = any (:receivers) and state = 'pending' and due_at <= now() and held_by = '{}')
            """;

    /** What a claim requires, for a fifth of its cost: most rounds find nothing. */
    private boolean isAnyDue(Collection<Room> rooms) {
        return !rooms.isEmpty()
                && jdbc.sql(IS_ANY_DUE)
                        .param("receivers", Columns.texts(rooms, room -> room.receiver()
                                .name()))
                        .query(Boolean.class)
                        .single();
    }

    /** Claims due deliveries, at most as many per receiver as it has room for, and never two of one alert and receiver. */
    List<Claim> claim(String owner, Collection<Room> rooms) {
        return jdbc.sql(CLAIM)
                .param("owner", owner)
                .param("receivers", Columns.texts(rooms, room -> room.receiver().name()))
                .param("free", Columns.numbers(rooms, Room::free))
                .param("leases", Columns.millis(rooms, room -> room.timeout().plus(LEASE_MARGIN)))
                .query((row, n) -> new Claim(
                        row.getString("id"),
                        row.getInt("attempts"),
                        row.getString("receiver"),
                        row.getString("body"),
                        row.getString("settled"),
                        row.getString("captured"),
                        row.getBoolean("is_group"),
                        new Occasion(row.getInt("step"), row.getInt("repetition"), Columns.instant(row, "live_from"))))
                .list();
    }

    private static final String RECORD = """
            update dispatcher.deliveries d
            set state = case when next.state = 'pending' and d.held_by <> '{}' then 'held' else next.state end, due_at = next.due_at, lease_owner = null, refused_since = since.refused,
                finished_at = case when next.state in ('delivered', 'parked') then clock_timestamp() end,
                detail = next.prefix || o.detail, settled = coalesce(o.settled::jsonb, d.settled)
            from unnest(:ids::text[], :attempts::bigint[], :states::text[], :details::text[], :delays::bigint[],
                        :lives::bigint[], :settled::text[]) as o (id, attempt, state, detail, delay, life, settled)
                 join dispatcher.deliveries claimed on claimed.id = o.id
                 cross join lateral (
                     select claimed.live_from + o.life * interval '1 millisecond' as expiry,
                            case when o.state = 'refused' then coalesce(claimed.refused_since, now()) end as refused
                 ) since
                 cross join lateral (
                     select least(now() + o.delay * interval '1 millisecond', since.expiry,
                                  since.refused + interval '10 minutes') as due_at,
                            case when o.state not in ('pending', 'refused') then o.state
                                 when now() >= since.expiry or now() >= since.refused + interval '10 minutes' then 'parked'
                                 else 'pending' end as state,
                            case when o.state not in ('pending', 'refused') then ''
                                 when now() >= since.expiry
                                 then 'not delivered within its time to live; the last attempt: '
                                 when now() >= since.refused + interval '10 minutes'
                                 then 'refused for 10 minutes; the last attempt: '
                                 else '' end as prefix
                 ) next
            where d.id = o.id and d.state = 'pending' and d.lease_owner = :owner and d.attempts = o.attempt
            returning d.id, d.alert_id, d.receiver, d.state, d.detail,
                      (extract(epoch from clock_timestamp() - d.created_at) * 1000)::bigint as age
            """;

    /** A recorded outcome: the state and detail that the delivery has now, and its age. */
    record Recorded(String id, String alert, String receiver, String state, String detail, Duration age) {
        boolean isRetried() {
            return state.equals("pending") || state.equals("held");
        }
    }

    /** Records outcomes; one whose lease is owned by another instance now is neither recorded nor returned. */
    List<Recorded> record(String owner, Collection<Verdict> verdicts) {
        var recorded = jdbc.sql(RECORD)
                .param("owner", owner)
                .param("ids", Columns.texts(verdicts, verdict -> verdict.claim().id()))
                .param("attempts", Columns.numbers(verdicts, verdict -> verdict.claim()
                        .attempt()))
                .param("states", Columns.texts(verdicts, Verdict::state))
                .param("details", Columns.texts(verdicts, Verdict::detail))
                .param("delays", Columns.millis(verdicts, Verdict::delay))
                .param("lives", Columns.millis(verdicts, Verdict::timeToLive))
                .param("settled", Columns.texts(verdicts, Verdict::settled))
                .query((row, n) -> new Recorded(
                        row.getString("id"),
                        row.getString("alert_id"),
                        row.getString("receiver"),
                        row.getString("state"),
                        row.getString("detail"),
                        Duration.ofMillis(row.getLong("age"))))
                .list();
        captured.store(recorded, verdicts);
        attempts.store(recorded, verdicts);
        log.addDeliveries(NotificationEvent.Type.DELIVERY_DELIVERED, ids(recorded, "delivered"));
        log.addDeliveries(NotificationEvent.Type.DELIVERY_PARKED, ids(recorded, "parked"));
        log.addDeliveries(NotificationEvent.Type.DELIVERY_HELD, ids(recorded, "held"));
        var retried = recorded.stream().filter(Recorded::isRetried).toList();
        outdated.supersede(retried.stream().map(Recorded::alert).distinct().toList());
        reminders.dropAcknowledged(retried.stream().map(Recorded::id).toList());
        postponeFollowers(retried.stream().map(Recorded::id).toList());
        return recorded;
    }

    private static List<String> ids(List<Recorded> recorded, String state) {
        return recorded.stream()
                .filter(delivery -> delivery.state().equals(state))
                .map(Recorded::id)
                .toList();
    }

    private static final String POSTPONE_FOLLOWERS = """
            with postponed as materialized (
                select follower.id, head.due_at
                from dispatcher.deliveries head
                     join dispatcher.deliveries follower
                     on follower.alert_id = head.alert_id and follower.receiver = head.receiver
                where head.id = any(:heads) and head.state = 'pending'
                  and coalesce(jsonb_array_length(head.settled -> 'accepted'), 0) = 0
                  and follower.sequence > head.sequence and follower.state = 'pending' and follower.lease_owner is null
                  and follower.due_at < head.due_at
                order by follower.sequence, follower.id
                for update of follower
            )
            update dispatcher.deliveries follower
            set due_at = postponed.due_at
            from postponed
            where follower.id = postponed.id
            """;

    /** Postpones the deliveries behind a retry until it is due, so that claims do not scan them. */
    private void postponeFollowers(List<String> heads) {
        if (!heads.isEmpty()) {
            jdbc.sql(POSTPONE_FOLLOWERS)
                    .param("heads", heads.toArray(String[]::new))
                    .update();
        }
    }

    /** The result of one round of the loop. */
    record Round(List<Recorded> recorded, List<Claim> claims) {}

    /**
     * Records outcomes and claims due deliveries. It commits asynchronously: a crash of the database within the next second loses
     * the transaction, and the same deliveries are attempted again, as after a crash of the dispatcher.
     */
    Round round(String owner, Collection<Verdict> verdicts, Collection<Room> rooms) {
        if (verdicts.isEmpty() && !isAnyDue(rooms)) {
            return new Round(List.of(), List.of());
        }
        return transaction.execute(status -> {
            jdbc.sql("set local synchronous_commit = off").update();
            HoldLock.shared(jdbc);
            List<Recorded> recorded = verdicts.isEmpty() ? List.of() : record(owner, verdicts);
            List<Claim> claims = rooms.isEmpty() ? List.of() : claim(owner, rooms);
            return new Round(recorded, claims);
        });
    }

    private static final String RELEASE = """
            update dispatcher.deliveries
            set lease_owner = null, due_at = clock_timestamp(), state = case when held_by = '{}' then state else 'held' end
            where state = 'pending' and lease_owner like :owner || '%'
            returning id, state
            """;

    private record Released(String id, String state) {}

    /** Releases all leases of an owner that does not work on them any longer, and returns how many. */
    int release(String owner) {
        return transaction.execute(status -> {
            HoldLock.shared(jdbc);
            var released = jdbc.sql(RELEASE)
                    .param("owner", owner)
                    .query((row, n) -> new Released(row.getString("id"), row.getString("state")))
                    .list();
            log.addDeliveries(
                    NotificationEvent.Type.DELIVERY_HELD,
                    released.stream()
                            .filter(delivery -> delivery.state().equals("held"))
                            .map(Released::id)
                            .toList());
            return released.size();
        });
    }
}
