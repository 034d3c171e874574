package io.growalert.history;

import io.growalert.testkit.TestPostgres;

/** The history's database of one test. */
public final class HistoryDatabase extends TestPostgres {
    private HistoryDatabase() {}

    private HistoryDatabase(String schema, String location) {
        super(schema, location);
    }

    public static HistoryDatabase empty() {
        return new HistoryDatabase();
    }

    /** One with the history's tables. */
    public static HistoryDatabase migrated() {
        return new HistoryDatabase("history", "classpath:db/history-service");
    }

    /** How many values are stored. */
    public long values() {
        return jdbc().sql("select count(*) from history.values")
                .query(Long.class)
                .single();
    }
}
