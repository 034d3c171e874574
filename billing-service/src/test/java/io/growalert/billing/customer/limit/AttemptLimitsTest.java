package io.growalert.billing.customer.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.billing.TestDatabase;
import io.growalert.billing.customer.Running;
import io.growalert.billing.customer.Settings;
import io.growalert.billing.customer.limit.AttemptLimits.Decision;
import io.growalert.billing.customer.session.Seals;
import io.growalert.definitions.Secret;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;

class AttemptLimitsTest {
    private final TestDatabase database = TestDatabase.migrated();
    private final AttemptLimits limits = limits();

    private AttemptLimits limits() {
        return new AttemptLimits(
                database.jdbc(),
                database.transaction(),
                Seals.with(List.of(new Secret(Running.KEY))),
                Settings.customer());
    }

    @AfterEach
    void close() {
        database.close();
    }

    private static MockHttpServletRequest from(String address) {
        var http = new MockHttpServletRequest();
        http.setRemoteAddr(address);
        return http;
    }

    private void later(String by) {
        database.jdbc()
                .sql("update billing.attempts set at = at - :by::interval")
                .param("by", by)
                .update();
    }

    @Test
    void after_five_failures_a_customer_waits_for_an_hour_at_any_address() {
        for (int i = 0; i < 5; i++) {
            assertThat(limits.payment("cus_1", from("192.0.2." + i))).isInstanceOf(Decision.Allowed.class);
        }

        var refused = limits().payment("cus_1", from("192.0.2.99"));

        assertThat(refused).isInstanceOfSatisfying(Decision.Refused.class, wait -> assertThat(wait.retryAfter())
                .isBetween(Duration.ofMinutes(59), Duration.ofHours(1)));
        assertThat(limits.payment("cus_2", from("192.0.2.99"))).isInstanceOf(Decision.Allowed.class);
        later("1 hour");
        assertThat(limits.payment("cus_1", from("192.0.2.99"))).isInstanceOf(Decision.Allowed.class);
    }

    @Test
    void after_ten_failures_an_address_waits_for_every_customer() {
        for (int i = 0; i < 10; i++) {
            assertThat(limits.payment("cus_" + i, from("192.0.2.1"))).isInstanceOf(Decision.Allowed.class);
        }

        assertThat(limits.payment("cus_99", from("192.0.2.1"))).isInstanceOf(Decision.Refused.class);
        assertThat(limits.payment("cus_99", from("192.0.2.2"))).isInstanceOf(Decision.Allowed.class);
    }

    @Test
    void failures_further_apart_than_the_window_refuse_no_attempt() {
        for (int i = 0; i < 12; i++) {
            assertThat(limits.payment("cus_1", from("192.0.2.1"))).isInstanceOf(Decision.Allowed.class);
            later("16 minutes");
        }
    }

    @Test
    void payments_that_did_not_fail_are_not_counted() {
        for (int i = 0; i < 30; i++) {
            var allowed = limits.payment("cus_1", from("192.0.2.1"));
            limits.takeBack((Decision.Allowed) allowed);
        }

        assertThat(limits.payment("cus_1", from("192.0.2.1"))).isInstanceOf(Decision.Allowed.class);
    }

    @Test
    void many_at_once_are_no_way_around() {
        var allowed = IntStream.range(0, 40)
                .parallel()
                .mapToObj(i -> limits.payment("cus_1", from("192.0.2.1")))
                .filter(Decision.Allowed.class::isInstance)
                .count();

        assertThat(allowed).isEqualTo(5);
    }

    @Test
    void a_network_of_one_provider_customer_is_one_address_and_none_is_kept() {
        for (int i = 0; i < 20; i++) {
            assertThat(limits.newCustomer(from("2001:db8:1:2::" + i))).isInstanceOf(Decision.Allowed.class);
        }

        assertThat(limits.newCustomer(from("2001:db8:1:2:ffff::1"))).isInstanceOf(Decision.Refused.class);
        assertThat(limits.newCustomer(from("2001:db8:1:3::1"))).isInstanceOf(Decision.Allowed.class);
        assertThat(database.jdbc()
                        .sql("select subject from billing.attempts")
                        .query(String.class)
                        .list())
                .allMatch(subject -> subject.length() == 43 && !subject.contains("2001"));
    }

    @Test
    void new_customers_of_an_address_wait_until_the_hour_has_room_again() {
        for (int i = 0; i < 20; i++) {
            limits.newCustomer(from("192.0.2.1"));
        }
        later("50 minutes");

        assertThat(limits.newCustomer(from("192.0.2.1")))
                .isInstanceOfSatisfying(Decision.Refused.class, wait -> assertThat(wait.retryAfter())
                        .isBetween(Duration.ofMinutes(9), Duration.ofMinutes(10)));
        later("10 minutes");
        assertThat(limits.newCustomer(from("192.0.2.1"))).isInstanceOf(Decision.Allowed.class);
    }

    @Test
    void attempts_past_every_window_are_deleted() {
        limits.payment("cus_1", from("192.0.2.1"));
        later("3 hours 1 minute");
        limits.payment("cus_1", from("192.0.2.1"));

        assertThat(limits.deleteOld(100)).isEqualTo(2);
    }
}
