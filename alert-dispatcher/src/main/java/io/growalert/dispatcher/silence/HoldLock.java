package io.growalert.dispatcher.silence;

import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The database's lock between the transactions that begin and end holds, which are exclusive, and those that change many deliveries
 * otherwise, which are shared: in another order of rows, each could wait for the other.
 */
public final class HoldLock {
    private static final String KEY = "hashtext('growalert.dispatcher.silences')";

    private HoldLock() {}

    /** No silence begins or ends until the end of the transaction. */
    public static void shared(JdbcClient jdbc) {
        jdbc.sql("select pg_advisory_xact_lock_shared(" + KEY + ")").query(row -> {});
    }

    /** Waits for the transactions that hold it, and excludes others until the end of this one. */
    static void exclusive(JdbcClient jdbc) {
        jdbc.sql("select pg_advisory_xact_lock(" + KEY + ")").query(row -> {});
    }
}
