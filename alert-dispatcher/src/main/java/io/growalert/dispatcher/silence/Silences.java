package io.growalert.dispatcher.silence;

import io.growalert.dispatcher.outbox.NotificationLog;
import io.growalert.dispatcher.silence.Silence.Origin;
import io.growalert.events.AlertEvent;
import io.growalert.events.NotificationEvent;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

/**
 * The silences, in the database. One begins, changes and ends with its holds in one transaction, and no event arrives during it:
 * arrivals lock shared, changes lock exclusively.
 */
public final class Silences {
    private static final Logger LOG = LoggerFactory.getLogger(Silences.class);
    private static final int MAX_LISTED = 1_000;

    private final JdbcClient jdbc;
    private final TransactionOperations transaction;
    private final InstantSource clock;
    private final SilenceTable table;
    private final Holds holds;
    private final SilenceChanges changes;
    private final Inhibitions inhibitions;
    private final Windows windows;
    private final NotificationLog log;

    public Silences(JdbcClient jdbc, TransactionOperations transaction, InstantSource clock) {
        this.jdbc = jdbc;
        this.transaction = transaction;
        this.clock = clock;
        this.table = new SilenceTable(jdbc);
        this.holds = new Holds(jdbc);
        this.changes = new SilenceChanges(jdbc, transaction, clock, table, holds);
        this.inhibitions = new Inhibitions(jdbc, table);
        this.windows = new Windows(table);
        this.log = new NotificationLog(jdbc);
    }

    /** The result of a change. */
    public sealed interface Change {
        record Changed(Silence before, Silence after) implements Change {}

        record Unknown() implements Change {}

        record Ended() implements Change {}

        /** It has another origin than the API, where it is changed. */
        record Foreign(Origin origin) implements Change {}
    }

    // ---- arriving events: within the caller's transaction

    /**
     * Locks the silences before these events are stored: none begins, changes or ends before the caller's transaction does, so that
     * no delivery is held after its silence ended, or queued after it began.
     *
     * @return whether one of the events may begin an inhibition; then no other event arrives meanwhile, and the caller calls
     *     {@link #inhibit}
     */
    public boolean lock(Collection<AlertEvent> arriving) {
        boolean mayInhibit = inhibitions.mayBegin(arriving);
        if (mayInhibit) {
            HoldLock.exclusive(jdbc);
        } else {
            lockShared();
        }
        return mayInhibit;
    }

    /** Begins the inhibitions that these events cause, which were not stored before. */
    public void inhibit(Collection<AlertEvent> fresh) {
        var now = changes.now();
        inhibitions.begin(fresh, now);
        changes.beginDue(now);
    }

    /** The silences in force now. */
    public InForce inForce() {
        return table.inForce(changes.now());
    }

    /** As {@link #lock}, for deliveries that are redriven. */
    public void lockShared() {
        HoldLock.shared(jdbc);
    }

    /** Holds those of these deliveries that a silence in force holds. */
    public void hold(Collection<String> deliveries) {
        holds.begin(inForce().silences(), deliveries);
    }

    // ---- operators

    /** Creates a silence; one whose start has come begins now. */
    public Silence create(Silence.Terms terms, String author) {
        return changes.run(now -> {
            var startsAt = laterOf(terms.startsAt(), now);
            var silence = new Silence(
                    UUID.randomUUID().toString(),
                    SilenceTable.texts(terms.matchers()),
                    startsAt,
                    terms.endsAt(),
                    terms.comment(),
                    author,
                    now,
                    now,
                    null,
                    Origin.API);
            table.add(silence, null);
            changes.beginDue(now);
            return silence;
        });
    }

    /**
     * Changes a silence. What it holds and still matches stays on hold, what it matches no longer is due, what it newly matches is
     * held.
     */
    public Change change(String id, Silence.Terms terms) {
        return changes.run(now -> {
            var found = table.find(id);
            if (found.isEmpty()) {
                return new Change.Unknown();
            }
            var before = found.get();
            if (before.state(now) == Silence.State.ENDED) {
                return new Change.Ended();
            }
            if (before.origin() != Origin.API) {
                return new Change.Foreign(before.origin());
            }
            table.change(id, terms, changedStart(before, terms.startsAt(), now), now);
            log.addSilences(NotificationEvent.Type.SILENCE_CHANGED, List.of(id), now);
            var changed = table.find(id).orElseThrow();
            if (changed.startsAt().isAfter(now)) {
                holds.end(List.of(id));
            } else {
                holds.retain(new Coverage(id, terms.matchers(), null, List.of()));
                changes.beginDue(now, before.state(now) == Silence.State.ACTIVE ? id : "");
            }
            return new Change.Changed(before, changed);
        });
    }

    private static Instant changedStart(Silence before, @Nullable Instant requested, Instant now) {
        if (requested == null) {
            return before.startsAt();
        }
        return before.startsAt().isAfter(now) || requested.isAfter(now) ? laterOf(requested, now) : before.startsAt();
    }

    private static Instant laterOf(@Nullable Instant requested, Instant now) {
        return requested == null || requested.isBefore(now) ? now : requested;
    }

    /** Ends a silence now; the deliveries that only it held are due. Empty when there is none, or it has ended. */
    public Optional<Change.Changed> end(String id) {
        return changes.run(now -> {
            var before = table.find(id);
            if (!table.end(id, now)) {
                return Optional.empty();
            }
            changes.end(List.of(id), now);
            return before.map(
                    silence -> new Change.Changed(silence, table.find(id).orElseThrow()));
        });
    }

    public Optional<Silence> find(String id) {
        return table.find(id);
    }

    /** Those in this state, or all that are not ended when it is null; limited to 1,000. */
    public List<Silence> list(Silence.@Nullable State state) {
        return new SilenceHistory(jdbc, clock)
                .list(new SilenceHistory.Filter(state, List.of(), null, null), null, "", MAX_LISTED);
    }

    /** How many deliveries each silence holds, by its id. */
    public Map<String, Long> held() {
        return holds.counts(null);
    }

    /** How many deliveries this silence holds. */
    public long held(String id) {
        return holds.counts(id).getOrDefault(id, 0L);
    }

    /** Mutes a monitor, or changes its mute, and returns the mute that it had. */
    public Optional<MonitorMute> mute(MonitorMute mute, String author) {
        return changes.run(now -> {
            var before = table.findMute(mute.monitor());
            table.mute(mute, author, now);
            if (before.isPresent()) {
                log.addSilences(NotificationEvent.Type.SILENCE_CHANGED, List.of(mute.id()), now);
            }
            changes.beginDue(now, before.isPresent() ? mute.id() : "");
            return before;
        });
    }

    /** Ends the mute of a monitor now, and returns it; empty when there is none. */
    public Optional<MonitorMute> unmute(String monitor) {
        return changes.run(now -> {
            var before = table.findMute(monitor);
            before.map(MonitorMute::id).ifPresent(id -> {
                table.end(id, now);
                changes.end(List.of(id), now);
            });
            return before;
        });
    }

    /** The mutes of monitors, the first to end first; limited to 1,000. */
    public List<MonitorMute> mutes() {
        return table.mutes();
    }

    // ---- housekeeping

    /** Begins and ends the silences whose time has come, and returns how many deliveries are due now. */
    public int tick() {
        transaction.executeWithoutResult(_ -> holds.settle());
        var now = changes.now();
        if (!table.isDue(now) && windows.due(now).isEmpty()) {
            return 0;
        }
        return changes.run(_ -> {
            var ended = table.endDue(now);
            int released = changes.end(ended, now);
            windows.due(now).forEach(occurrence -> table.add(occurrence, null));
            report(changes.beginDue(now), ended.size());
            return released;
        });
    }

    /**
     * From now on these are the recurring windows and the rules of inhibition. Silences of removed ones end; the rules apply to the
     * incidents that are open already, too.
     *
     * @return how many deliveries are due now
     */
    public int apply(SilenceRules rules) {
        inhibitions.use(rules.inhibitions());
        windows.use(rules.windows());
        return changes.run(now -> {
            // first what begins, so that what it holds as well is not released meanwhile
            windows.due(now).forEach(occurrence -> table.add(occurrence, null));
            inhibitions.begin(inhibitions.firing(), now);
            changes.beginDue(now);
            return changes.end(table.deleteOthers(Origin.WINDOW, windows.prefixes()), now)
                    + changes.end(table.deleteOthers(Origin.INHIBITION, inhibitions.prefixes()), now);
        });
    }

    /** Deletes the silences that ended before an instant. */
    public int deleteEndedBefore(Instant instant) {
        return table.deleteEndedBefore(instant);
    }

    private static void report(int begun, int ended) {
        if (begun + ended > 0) {
            LOG.atInfo().addKeyValue("begun", begun).addKeyValue("ended", ended).log("Silences began or ended");
        }
    }
}
