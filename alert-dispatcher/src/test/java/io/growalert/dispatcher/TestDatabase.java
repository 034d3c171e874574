package io.growalert.dispatcher;

import io.growalert.testkit.TestPostgres;

/** The dispatcher's database of one test. */
public final class TestDatabase extends TestPostgres {
    private TestDatabase() {}

    private TestDatabase(String schema, String location) {
        super(schema, location);
    }

    public static TestDatabase empty() {
        return new TestDatabase();
    }

    /** One with the dispatcher's tables. */
    public static TestDatabase migrated() {
        return new TestDatabase("dispatcher", "classpath:db/alert-dispatcher");
    }
}
