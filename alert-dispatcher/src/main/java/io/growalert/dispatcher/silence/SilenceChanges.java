package io.growalert.dispatcher.silence;

import io.growalert.dispatcher.outbox.NotificationLog;
import io.growalert.events.NotificationEvent;
import io.growalert.runtime.database.Columns;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

/** The transactions in which silences begin and end, together with what they hold. */
final class SilenceChanges {
    private final JdbcClient jdbc;
    private final TransactionOperations transaction;
    private final InstantSource clock;
    private final SilenceTable table;
    private final Holds holds;
    private final NotificationLog log;

    SilenceChanges(
            JdbcClient jdbc, TransactionOperations transaction, InstantSource clock, SilenceTable table, Holds holds) {
        this.jdbc = jdbc;
        this.transaction = transaction;
        this.clock = clock;
        this.table = table;
        this.holds = holds;
        this.log = new NotificationLog(jdbc);
    }

    /** A change of silences. */
    interface Work<T> {
        T run(Instant now);
    }

    /** Runs a change in one transaction, during which no event arrives and no other change runs. */
    <T> T run(Work<T> work) {
        return transaction.execute(_ -> {
            HoldLock.exclusive(jdbc);
            return work.run(now());
        });
    }

    Instant now() {
        return Columns.now(clock);
    }

    /** Begins the silences whose start has come, and returns how many. */
    int beginDue(Instant now) {
        return beginDue(now, "");
    }

    /**
     * As {@link #beginDue(Instant)}.
     *
     * @param changed one that was in force before and begins again, changed; empty for none
     */
    int beginDue(Instant now, String changed) {
        var begun = table.beginDue(now);
        holds.begin(begun);
        var started = begun.stream()
                .map(Coverage::silence)
                .filter(silence -> !silence.equals(changed))
                .toList();
        log.addSilences(NotificationEvent.Type.SILENCE_STARTED, started, now);
        return begun.size();
    }

    /** Ends the holds of silences that ended, and returns how many deliveries are due now. */
    int end(Collection<String> silences, Instant now) {
        log.addSilences(NotificationEvent.Type.SILENCE_ENDED, silences, now);
        return holds.end(silences);
    }
}
