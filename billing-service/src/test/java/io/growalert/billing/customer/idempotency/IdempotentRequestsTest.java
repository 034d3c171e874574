package io.growalert.billing.customer.idempotency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.growalert.billing.TestDatabase;
import io.growalert.billing.customer.Settings;
import io.growalert.billing.customer.idempotency.RequestState.Answered;
import io.growalert.billing.customer.idempotency.RequestState.Done;
import io.growalert.billing.customer.idempotency.RequestState.Held;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.web.ErrorResponseException;

class IdempotentRequestsTest {
    private final TestDatabase database = TestDatabase.migrated();
    private final IdempotentRequests requests = new IdempotentRequests(
            database.jdbc(),
            database.transaction(),
            new RequestLeases(database.jdbc(), Settings.stripe(), Settings.customer(), () -> {}));

    @AfterEach
    void close() {
        database.close();
    }

    private static RequestKey key(String clientKey, String what) {
        return RequestKey.of("cus_1", "charge", clientKey.isEmpty() ? null : clientKey, what);
    }

    private Held begin(String clientKey, String what) {
        return (Held) requests.begin(key(clientKey, what));
    }

    private Answered find(String clientKey, String what) {
        return (Answered) requests.begin(key(clientKey, what));
    }

    private void leaseEnds() {
        database.jdbc()
                .sql("update billing.requests set lease_until = clock_timestamp() - interval '1 second'")
                .update();
    }

    private static String code(Throwable thrown) {
        var properties = ((ErrorResponseException) thrown).getBody().getProperties();
        return String.valueOf(properties == null ? null : properties.get("code"));
    }

    @Test
    void the_lease_of_a_holder_that_died_expires_within_12_seconds() {
        requests.begin(key("k", "tok_1 1"));

        var left = database.jdbc()
                .sql("select extract(epoch from lease_until - clock_timestamp()) from billing.requests")
                .query(Double.class)
                .single();
        assertThat(left).isBetween(3.0, 12.0);
    }

    @Test
    void of_many_at_once_one_gets_it() {
        var outcomes = IntStream.range(0, 16)
                .parallel()
                .mapToObj(i -> {
                    try {
                        requests.begin(key("k", "tok_1 1"));
                        return "mine";
                    } catch (ErrorResponseException e) {
                        return code(e);
                    }
                })
                .toList();

        assertThat(outcomes).containsOnlyOnce("mine").filteredOn("mine"::equals).hasSize(1);
        assertThat(outcomes).filteredOn("request_in_flight"::equals).hasSize(15);
    }

    @Test
    void another_body_under_the_same_key_is_refused_in_flight_and_after() {
        var first = begin("k", "tok_1 1");

        assertThatThrownBy(() -> requests.begin(key("k", "tok_1 2")))
                .satisfies(thrown -> assertThat(code(thrown)).isEqualTo("idempotency_key_reused"));
        first.complete("pi_1");
        assertThatThrownBy(() -> requests.begin(key("k", "tok_1 2")))
                .satisfies(thrown -> assertThat(code(thrown)).isEqualTo("idempotency_key_reused"));
        leaseEnds();
        assertThatThrownBy(() -> requests.begin(key("k", "tok_1 2")))
                .satisfies(thrown -> assertThat(code(thrown)).isEqualTo("idempotency_key_reused"));
    }

    @Test
    void after_a_crash_it_is_resumed_with_the_same_keys_to_stripe() {
        var first = begin("k", "tok_1 1").created("pi_1");
        leaseEnds();

        var second = begin("k", "tok_1 1");

        assertThat(second.atStripe()).isEqualTo(first.atStripe());
        assertThat(second.object()).isEqualTo("pi_1");
        assertThat(second.resumed()).isTrue();
        assertThatThrownBy(() -> first.renew())
                .satisfies(thrown -> assertThat(code(thrown)).isEqualTo("request_in_flight"));
    }

    @Test
    void a_former_holder_of_the_lease_changes_nothing() {
        var first = begin("k", "tok_1 1");
        leaseEnds();
        var second = begin("k", "tok_1 1");

        first.forget();
        first.fail("pi_lost");
        first.releaseWithNewKeys();

        assertThat(second.renew().row()).isEqualTo(second.row());
    }

    @Test
    void a_request_is_not_forgotten_once_an_object_may_have_been_created() {
        var stored = begin("k1", "tok_1 1");
        stored.created("pi_1");
        var retried = begin("k2", "tok_1 1");
        retried.withNewKeys();
        var untouched = begin("k3", "tok_1 1");

        stored.forgetUnlessResumed();
        retried.forgetUnlessResumed();
        untouched.forgetUnlessResumed();

        assertThat(begin("k1", "tok_1 1").object()).isEqualTo("pi_1");
        assertThat(begin("k2", "tok_1 1").resumed()).isTrue();
        assertThat(begin("k3", "tok_1 1").resumed()).isFalse();
    }

    @Test
    void a_request_that_is_over_is_found_for_a_day() {
        begin("k", "tok_1 1").complete("pi_1");

        assertThat(find("k", "tok_1 1").object()).isEqualTo("pi_1");
        older("23 hours 59 minutes");
        assertThat(requests.begin(key("k", "tok_1 1"))).isInstanceOf(Done.class);
        older("1 minute");
        var fresh = begin("k", "tok_2 7");
        assertThat(fresh.resumed()).isFalse();
    }

    @Test
    void old_requests_are_deleted_and_young_ones_stay() {
        begin("k1", "tok_1 1").complete("pi_1");
        older("24 hours 2 minutes");
        begin("k2", "tok_1 1").complete("pi_2");

        assertThat(requests.deleteOld(100)).isEqualTo(1);
        assertThat(find("k2", "tok_1 1").object()).isEqualTo("pi_2");
    }

    @Test
    void a_refund_whose_outcome_is_unknown_is_resumed_after_days() {
        var refund = RequestKey.of("operator", "refund", "k", "ord_1");
        var first = (Held) requests.begin(refund);
        begin("k", "tok_1 1");
        older("72 hours");

        assertThat(requests.deleteOld(100)).isEqualTo(1);

        var again = (Held) requests.begin(refund);
        assertThat(again.resumed()).isTrue();
        assertThat(again.atStripe()).isEqualTo(first.atStripe());
        again.complete("re_1");
        older("25 hours");
        assertThat(requests.deleteOld(100)).isEqualTo(1);
    }

    private void older(String by) {
        database.jdbc().sql("""
                    update billing.requests
                    set created_at = created_at - :by::interval, lease_until = lease_until - :by::interval
                    """).param("by", by).update();
    }

    @Test
    void a_derived_key_is_never_a_clients_key() {
        assertThat(key("", "tok_1 1").key())
                .isNotEqualTo(key("tok_1 1", "tok_1 1").key());
        assertThat(List.of(key("", "tok_1 1").derived(), key("k", "tok_1 1").derived()))
                .containsExactly(true, false);
    }

    @Test
    void a_restart_is_given_to_one_and_has_other_keys() {
        begin("", "price_1").complete("sub_1");
        var over = find("", "price_1");

        var again = over.restart();

        assertThat(again.atStripe()).isNotEqualTo(over.atStripe());
        assertThat(again.object()).isNull();
        assertThatThrownBy(() -> over.restart())
                .satisfies(thrown -> assertThat(code(thrown)).isEqualTo("request_in_flight"));
    }
}
