package io.growalert.billing;

import io.growalert.testkit.TestPostgres;

/** Billing's database of one test. */
public final class TestDatabase extends TestPostgres {
    private TestDatabase() {}

    private TestDatabase(String schema, String location) {
        super(schema, location);
    }

    public static TestDatabase empty() {
        return new TestDatabase();
    }

    /** One with billing's tables. */
    public static TestDatabase migrated() {
        return new TestDatabase("billing", "classpath:db/billing-service");
    }
}
