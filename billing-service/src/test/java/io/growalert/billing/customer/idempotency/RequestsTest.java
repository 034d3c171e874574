package io.growalert.billing.customer.idempotency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.growalert.billing.TestDatabase;
import io.growalert.billing.customer.Settings;
import io.growalert.billing.customer.idempotency.Requests.State;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.web.ErrorResponseException;

class RequestsTest {
    private final TestDatabase database = TestDatabase.migrated();
    private final Requests requests = new Requests(
            database.jdbc(),
            database.transaction(),
            new RequestLeases(database.jdbc(), Settings.stripe(), Settings.customer(), () -> {}));

    @AfterEach
    void close() {
        database.close();
    }

    private static RequestKey ask(String key, String what) {
        var http = new MockHttpServletRequest();
        if (!key.isEmpty()) {
            http.addHeader("Idempotency-Key", key);
        }
        return RequestKey.of(http, "cus_1", "charge", what);
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
        requests.begin(ask("k", "tok_1 1"));

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
                        requests.begin(ask("k", "tok_1 1"));
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
        var first = requests.begin(ask("k", "tok_1 1"));

        assertThatThrownBy(() -> requests.begin(ask("k", "tok_1 2")))
                .satisfies(thrown -> assertThat(code(thrown)).isEqualTo("idempotency_key_reused"));
        requests.end(first, State.DONE, "pi_1");
        assertThatThrownBy(() -> requests.begin(ask("k", "tok_1 2")))
                .satisfies(thrown -> assertThat(code(thrown)).isEqualTo("idempotency_key_reused"));
        leaseEnds();
        assertThatThrownBy(() -> requests.begin(ask("k", "tok_1 2")))
                .satisfies(thrown -> assertThat(code(thrown)).isEqualTo("idempotency_key_reused"));
    }

    @Test
    void after_a_crash_it_is_resumed_with_the_same_keys_to_stripe() {
        var first = requests.made(requests.begin(ask("k", "tok_1 1")), "pi_1");
        leaseEnds();

        var second = requests.begin(ask("k", "tok_1 1"));

        assertThat(second.atStripe()).isEqualTo(first.atStripe());
        assertThat(second.object()).isEqualTo("pi_1");
        assertThat(second.resumed()).isTrue();
        assertThatThrownBy(() -> requests.hold(first))
                .satisfies(thrown -> assertThat(code(thrown)).isEqualTo("request_in_flight"));
    }

    @Test
    void who_lost_the_lease_changes_nothing() {
        var first = requests.begin(ask("k", "tok_1 1"));
        leaseEnds();
        var second = requests.begin(ask("k", "tok_1 1"));

        requests.forget(first);
        requests.end(first, State.FAILED, "pi_lost");
        requests.release(first, true);

        assertThat(requests.hold(second)).isEqualTo(second);
    }

    @Test
    void a_request_that_is_over_is_found_for_a_day() {
        requests.end(requests.begin(ask("k", "tok_1 1")), State.DONE, "pi_1");

        assertThat(requests.begin(ask("k", "tok_1 1")).made()).isEqualTo("pi_1");
        older("23 hours 59 minutes");
        assertThat(requests.begin(ask("k", "tok_1 1")).state()).isEqualTo(State.DONE);
        older("1 minute");
        var fresh = requests.begin(ask("k", "tok_2 7"));
        assertThat(fresh.state()).isEqualTo(State.OPEN);
        assertThat(fresh.resumed()).isFalse();
    }

    @Test
    void old_requests_are_deleted_and_young_ones_stay() {
        requests.end(requests.begin(ask("k1", "tok_1 1")), State.DONE, "pi_1");
        older("24 hours 2 minutes");
        requests.end(requests.begin(ask("k2", "tok_1 1")), State.DONE, "pi_2");

        assertThat(requests.deleteOld(100)).isEqualTo(1);
        assertThat(requests.begin(ask("k2", "tok_1 1")).made()).isEqualTo("pi_2");
    }

    private void older(String by) {
        database.jdbc().sql("""
                    update billing.requests
                    set created_at = created_at - :by::interval, lease_until = lease_until - :by::interval
                    """).param("by", by).update();
    }

    @Test
    void a_derived_key_is_never_a_clients_key() {
        assertThat(ask("", "tok_1 1").key())
                .isNotEqualTo(ask("tok_1 1", "tok_1 1").key());
        assertThat(List.of(ask("", "tok_1 1").derived(), ask("k", "tok_1 1").derived()))
                .containsExactly(true, false);
    }

    @Test
    void a_restart_is_given_to_one_and_has_other_keys() {
        var over = requests.begin(ask("", "price_1"));
        requests.end(over, State.DONE, "sub_1");

        var again = requests.restart(over);

        assertThat(again.atStripe()).isNotEqualTo(over.atStripe());
        assertThat(again.object()).isNull();
        assertThatThrownBy(() -> requests.restart(over))
                .satisfies(thrown -> assertThat(code(thrown)).isEqualTo("request_in_flight"));
    }
}
