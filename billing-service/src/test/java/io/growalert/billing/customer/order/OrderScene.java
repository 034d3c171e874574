package io.growalert.billing.customer.order;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.billing.customer.BillingScene;
import io.growalert.billing.customer.Running;
import io.growalert.billing.customer.Running.Answer;
import io.growalert.sandbox.fault.Fault;
import io.growalert.sandbox.fault.When;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** A service whose customers order devices, and what happens to their orders at Stripe and in the database. */
final class OrderScene extends BillingScene {
    static final String GOOD = "4242424242424242";
    static final String ASKS_ITS_OWNER = "4000002760003184";
    static final String DECLINED = "4000000000000002";

    /** An order is two calls, and a circuit breaker judges the last 20. */
    private static final int ORDERS_THAT_A_BREAKER_JUDGES = 10;

    @Override
    protected Running start() throws IOException {
        return Running.started(Map.of(
                "logging.level.io.growalert", "debug",
                "growalert.billing.stripe.customer-requests-per-second", 1_000,
                "growalert.billing.customer.limits.customers-per-address", 1_000,
                "growalert.billing.customer.limits.failures-per-address", 1_000));
    }

    Answer charge(String cookie, String token, int quantity, String... headers) {
        return billing()
                .post("/charge", cookie, "{\"token\": \"%s\", \"quantity\": %d}".formatted(token, quantity), headers);
    }

    /**
     * From now on the circuit breaker of payments has seen no failure. The tests that lose answers would open it together, and the
     * calls of the next ones would not be sent.
     */
    void forgetFailures() {
        var cookie = billing().register("regular@example.com");
        for (int order = 0; order < ORDERS_THAT_A_BREAKER_JUDGES; order++) {
            assertThat(charge(cookie, billing().token(GOOD), 1).status()).isEqualTo(200);
        }
    }

    /** The next confirmation of a payment. */
    static When confirming() {
        return When.next(1).on("POST", "/v1/payment_intents/pi");
    }

    /** Charges a card; until faults are cleared, nobody can know. */
    Answer chargeWithUnknownOutcome(String cookie) {
        var faults = billing().stripe.faults();
        faults.add(new Fault.ErrorAfter(), confirming());
        faults.add(new Fault.ErrorBefore(), When.ALWAYS.on("GET", "/v1/payment_intents"));
        var unknown = charge(cookie, billing().token(GOOD), 1);
        faults.clear();
        return unknown;
    }

    /** The states of a customer's requests. */
    List<String> states(String cookie) {
        return billing()
                .database
                .jdbc()
                .sql("select state from billing.requests where customer = :customer")
                .param("customer", Running.customerIn(cookie))
                .query(String.class)
                .list();
    }

    /** As time does it after a crash. */
    void expireLeases(String cookie) {
        billing()
                .database
                .jdbc()
                .sql("""
                    update billing.requests set lease_until = clock_timestamp()
                    where customer = :customer and state = 'open'
                    """)
                .param("customer", Running.customerIn(cookie))
                .update();
    }

    /** While these statements of a table fail. */
    void failing(String table, String at, String when, Runnable work) {
        triggering("raise exception 'down';", table, at, when, work);
    }

    /** While these statements of a table run others. */
    void triggering(String statements, String table, String at, String when, Runnable work) {
        var jdbc = billing().database.jdbc();
        jdbc.sql("create function billing.triggered() returns trigger language plpgsql as $$ begin %s end $$"
                        .formatted(statements))
                .update();
        jdbc.sql("create trigger triggered %s on billing.%s for each row when (%s) execute function billing.triggered()"
                        .formatted(at, table, when))
                .update();
        try {
            work.run();
        } finally {
            jdbc.sql("drop trigger triggered on billing." + table).update();
            jdbc.sql("drop function billing.triggered").update();
        }
    }
}
