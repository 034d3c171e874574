package io.growalert.dispatcher.notify;

import io.growalert.dispatcher.receiver.Receiver;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Stage 4 at rest: the deliveries in the database. All times are the database's, so instances need not agree on theirs. One
 * that is due is claimed by moving {@code due_at} to the end of the lease; if its holder dies, it is simply due again.
 */
public final class Deliveries {
    /** Between the handler's timeout and the end of the lease: for the threads to start and the outcome to be recorded. */
    private static final Duration LEASE_MARGIN = Duration.ofSeconds(5);

    private final JdbcClient jdbc;
    private final TransactionOperations transaction;

    public Deliveries(JdbcClient jdbc, TransactionOperations transaction) {
        this.jdbc = jdbc;
        this.transaction = transaction;
    }

    private static final String ADD = """
            insert into dispatcher.deliveries
                   (id, event_id, sequence, alert_id, incident_id, monitor_id, receiver, state, finished_at, detail)
            select id, event_id, sequence, alert_id, incident_id, monitor_id, receiver, state,
                   case when state = 'muted' then clock_timestamp() end,
                   case when state = 'muted' then 'the monitor is muted' end
            from unnest(:ids::text[], :events::text[], :sequences::bigint[], :alerts::text[], :incidents::text[],
                        :monitors::text[], :receivers::text[], :states::text[])
                 as d (id, event_id, sequence, alert_id, incident_id, monitor_id, receiver, state)
            """;

    void add(List<Pipeline.Planned> planned) {
        if (planned.isEmpty()) {
            return;
        }
        jdbc.sql(ADD)
                .param("ids", Sql.texts(planned, Pipeline.Planned::id))
                .param("events", Sql.texts(planned, delivery -> delivery.recorded()
                        .event()
                        .id()))
                .param("sequences", Sql.numbers(planned, delivery -> delivery.recorded()
                        .sequence()))
                .param("alerts", Sql.texts(planned, Pipeline.Planned::group))
                .param("incidents", Sql.texts(planned, delivery -> delivery.recorded()
                        .event()
                        .incident()))
                .param("monitors", Sql.texts(planned, delivery -> delivery.recorded()
                        .event()
                        .monitor()))
                .param("receivers", Sql.texts(planned, Pipeline.Planned::receiver))
                .param("states", Sql.texts(planned, delivery -> state(delivery.decision())))
                .update();
    }

    private static String state(Mute.Decision decision) {
        return switch (decision) {
            case TELL -> "pending";
            case HOLD -> "held";
            case DROP -> "muted";
        };
    }

    private static final String ON_HOLD = """
            select distinct d.incident_id
            from dispatcher.deliveries d join dispatcher.alert_events e on e.id = d.event_id
            where d.incident_id = any(:incidents) and d.state = 'held' and e.type = 'firing'
            """;

    /** Those of the incidents whose firing is on hold. */
    Set<String> onHold(Collection<String> incidents) {
        return new HashSet<>(jdbc.sql(ON_HOLD)
                .param("incidents", incidents.toArray(String[]::new))
                .query(String.class)
                .list());
    }

    private static final String DROP_HELD = """
            update dispatcher.deliveries
            set state = 'muted', finished_at = clock_timestamp(), detail = 'started and ended while the monitor was muted'
            where incident_id = any(:incidents) and state = 'held'
            """;

    /** What is on hold for these incidents is never told. */
    void dropHeld(Collection<String> incidents) {
        if (!incidents.isEmpty()) {
            jdbc.sql(DROP_HELD)
                    .param("incidents", incidents.toArray(String[]::new))
                    .update();
        }
    }

    /** How many more deliveries a receiver may have under way, and how long each may take. */
    record Room(Receiver receiver, int free, Duration timeout) {}

    /** A delivery that is ours until its lease ends. */
    record Claim(String id, int attempt, String receiver, String body) {}

    private static final String CLAIM = """
            with due as materialized (
                select head.id, room.lease
                from unnest(:receivers::text[], :free::bigint[], :leases::bigint[]) as room (receiver, free, lease)
                cross join lateral (
                    select d.id from dispatcher.deliveries d
                    where d.receiver = room.receiver and d.state = 'pending' and d.due_at <= now()
                      and not exists (select from dispatcher.deliveries earlier
                                      where earlier.alert_id = d.alert_id and earlier.receiver = d.receiver
                                        and earlier.state in ('pending', 'held') and earlier.sequence < d.sequence)
                    order by d.due_at, d.sequence
                    limit room.free
                    for update skip locked
                ) head
            )
            update dispatcher.deliveries d
            set lease_owner = :owner, attempts = d.attempts + 1,
                due_at = clock_timestamp() + due.lease * interval '1 millisecond'
            from due, dispatcher.alert_events e
            where d.id = due.id and e.id = d.event_id
            returning d.id, d.attempts, d.receiver, e.body
            """;

    /** Takes what is due, for each receiver no more than it has room for, and never two of one alert and receiver. */
    List<Claim> claim(String owner, Collection<Room> rooms) {
        return jdbc.sql(CLAIM)
                .param("owner", owner)
                .param("receivers", Sql.texts(rooms, room -> room.receiver().name()))
                .param("free", Sql.numbers(rooms, Room::free))
                .param("leases", Sql.millis(rooms, room -> room.timeout().plus(LEASE_MARGIN)))
                .query((row, n) -> new Claim(
                        row.getString("id"), row.getInt("attempts"), row.getString("receiver"), row.getString("body")))
                .list();
    }

    private static final String RECORD = """
            update dispatcher.deliveries d
            set state = case when o.state = 'pending' and now() >= expiry.at then 'parked' else o.state end,
                due_at = least(now() + o.delay * interval '1 millisecond', expiry.at),
                finished_at = case when o.state <> 'pending' or now() >= expiry.at then clock_timestamp() end,
                detail = case when o.state = 'pending' and now() >= expiry.at
                              then 'not delivered within its time to live; the last attempt: ' || o.detail
                              else o.detail end,
                lease_owner = null
            from unnest(:ids::text[], :attempts::bigint[], :states::text[], :details::text[], :delays::bigint[],
                        :lives::bigint[]) as o (id, attempt, state, detail, delay, life)
                 join dispatcher.deliveries held on held.id = o.id
                 cross join lateral (select held.live_from + o.life * interval '1 millisecond' as at) expiry
            where d.id = o.id and d.state = 'pending' and d.lease_owner = :owner and d.attempts = o.attempt
            returning d.id, d.receiver, d.state, (extract(epoch from clock_timestamp() - d.created_at) * 1000)::bigint as age
            """;

    /** What was recorded of one outcome: the state that the delivery is in now, and how old it is. */
    record Recorded(String id, String receiver, String state, Duration age) {}

    /** Records outcomes; one whose lease is somebody else's by now is not recorded, and not answered. */
    List<Recorded> record(String owner, Collection<Verdict> verdicts) {
        var recorded = jdbc.sql(RECORD)
                .param("owner", owner)
                .param("ids", Sql.texts(verdicts, verdict -> verdict.claim().id()))
                .param("attempts", Sql.numbers(verdicts, verdict -> verdict.claim()
                        .attempt()))
                .param("states", Sql.texts(verdicts, Verdict::state))
                .param("details", Sql.texts(verdicts, Verdict::detail))
                .param("delays", Sql.millis(verdicts, Verdict::delay))
                .param("lives", Sql.millis(verdicts, Verdict::timeToLive))
                .query((row, n) -> new Recorded(
                        row.getString("id"),
                        row.getString("receiver"),
                        row.getString("state"),
                        Duration.ofMillis(row.getLong("age"))))
                .list();
        postponeFollowers(recorded.stream()
                .filter(row -> row.state().equals("pending"))
                .map(Recorded::id)
                .toList());
        return recorded;
    }

    private static final String POSTPONE_FOLLOWERS = """
            update dispatcher.deliveries follower
            set due_at = head.due_at
            from dispatcher.deliveries head
            where head.id = any(:heads)
              and follower.alert_id = head.alert_id and follower.receiver = head.receiver
              and follower.sequence > head.sequence and follower.state = 'pending' and follower.lease_owner is null
              and follower.due_at < head.due_at
            """;

    /** What waits behind a retry is not looked at until then, however much of it there is. */
    private void postponeFollowers(List<String> heads) {
        if (!heads.isEmpty()) {
            jdbc.sql(POSTPONE_FOLLOWERS)
                    .param("heads", heads.toArray(String[]::new))
                    .update();
        }
    }

    /** What one round of the loop did. */
    record Round(List<Recorded> recorded, List<Claim> claims) {}

    /**
     * Records outcomes and claims what is due. It may be lost when the database itself crashes within the next second, and the
     * same deliveries are then made again, as they would be if we had crashed: so nobody waits for the disk here.
     */
    Round round(String owner, Collection<Verdict> verdicts, Collection<Room> rooms) {
        return transaction.execute(status -> {
            jdbc.sql("set local synchronous_commit = off").update();
            List<Recorded> recorded = verdicts.isEmpty() ? List.of() : record(owner, verdicts);
            List<Claim> claims = rooms.isEmpty() ? List.of() : claim(owner, rooms);
            return new Round(recorded, claims);
        });
    }

    private static final String STRANGERS = """
            select distinct receiver from dispatcher.deliveries
            where state = 'pending' and due_at <= now() and receiver <> all(:known)
            """;

    /** Those for whom something is due, and who are none of the known. */
    Set<String> strangers(Set<String> known) {
        return new HashSet<>(jdbc.sql(STRANGERS)
                .param("known", known.toArray(String[]::new))
                .query(String.class)
                .list());
    }

    private static final String PARK_STRANGERS = """
            update dispatcher.deliveries
            set state = 'parked', finished_at = clock_timestamp(), lease_owner = null,
                detail = 'no receiver of this name is defined'
            where state = 'pending' and due_at <= now() and receiver = any(:strangers)
            returning receiver
            """;

    /** Parks what is due for these receivers, which nobody defined, and names the receiver of each. */
    List<String> parkStrangers(Set<String> strangers) {
        return jdbc.sql(PARK_STRANGERS)
                .param("strangers", strangers.toArray(String[]::new))
                .query(String.class)
                .list();
    }

    private static final String RELEASE = """
            update dispatcher.deliveries set lease_owner = null, due_at = clock_timestamp()
            where state = 'pending' and lease_owner like :owner || '%'
            """;

    /** Gives back all leases of an instance that is no longer working on them, and says how many. */
    int release(String owner) {
        return jdbc.sql(RELEASE).param("owner", owner).update();
    }
}
