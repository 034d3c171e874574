package io.growalert.billing.records;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.billing.TestDatabase;
import io.growalert.billing.webhook.EventBacklog;
import io.growalert.events.SeriesResult;
import io.growalert.events.Status;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ProblemFactsTest {
    private final TestDatabase database = TestDatabase.migrated();

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void a_subscription_whose_renewal_failed_is_a_problem_with_the_unpaid_amount() throws Exception {
        execute("""
                insert into billing.subscriptions (id, customer, status, currency, cancel_at_period_end, latest_invoice, created_at)
                values ('sub_1', 'cus_1', 'past_due', 'eur', false, 'in_1', now()),
                       ('sub_2', 'cus_2', 'active', 'eur', false, null, now())
                """);
        execute("""
                insert into billing.invoices (id, status, currency, amount_due, amount_paid, amount_remaining, total,
                                              attempt_count, created_at)
                values ('in_1', 'open', 'eur', 900, 0, 900, 900, 2, now())
                """);

        assertThat(ProblemFacts.failedRenewals(database.jdbc()).measurement().read())
                .singleElement()
                .returns(Status.FAILED, SeriesResult::status)
                .returns(Map.of("subscription", "sub_1", "customer", "cus_1"), SeriesResult::labels)
                .returns(900.0, SeriesResult::value)
                .returns("renewal past_due: 900 eur unpaid after 2 attempts", SeriesResult::reason);
    }

    @Test
    void an_undecided_dispute_is_a_problem_until_it_is_decided() throws Exception {
        execute("""
                insert into billing.disputes (id, charge, status, reason, currency, amount, due_at, created_at)
                values ('dp_1', 'ch_1', 'needs_response', 'fraudulent', 'eur', 900, '2026-12-01T00:00:00Z', now())
                """);
        var disputes = ProblemFacts.disputes(database.jdbc()).measurement();

        assertThat(disputes.read())
                .singleElement()
                .returns(Map.of("dispute", "dp_1", "charge", "ch_1"), SeriesResult::labels)
                .returns(
                        "dispute needs_response (fraudulent): 900 eur, evidence due 2026-12-01T00:00:00Z",
                        SeriesResult::reason);

        execute("update billing.disputes set status = 'won'");
        assertThat(disputes.read()).isEmpty();
    }

    @Test
    void parked_events_are_counted() throws Exception {
        var parked = EventBacklog.parkedFact(database.jdbc()).measurement();
        assertThat(parked.read().getFirst().status()).isEqualTo(Status.PASSED);

        execute("insert into billing.stripe_events (id, type, created, state) values ('evt_1', 'x', now(), 'parked')");

        assertThat(parked.read().getFirst())
                .returns(1.0, SeriesResult::value)
                .returns("1 events parked", SeriesResult::reason);
    }

    private void execute(String sql) {
        database.jdbc().sql(sql).update();
    }
}
