package io.growalert.billing.apply;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.billing.TestDatabase;
import io.growalert.billing.mail.Mails;
import io.growalert.runtime.entitlement.EntitlementSettings;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PauseWarningsTest {
    private static final Instant ENDED = Instant.parse("2026-11-20T10:00:00Z");
    private static final Duration GRACE = Duration.ofDays(7);

    private final TestDatabase database = TestDatabase.migrated();
    private final AtomicReference<Instant> now = new AtomicReference<>(ENDED);

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void a_customer_whose_subscription_ended_is_warned_once_three_days_before_the_pause() {
        entitlement("cus_canceled", "canceled", false, ENDED);
        entitlement("cus_unpaid", "unpaid", false, ENDED);
        entitlement("cus_paused", "paused", false, ENDED);
        entitlement("cus_active", "active", true, ENDED);
        entitlement("cus_deleted", "deleted", false, ENDED);
        entitlement("cus_never_paid", "incomplete_expired", false, ENDED);
        entitlement("cus_long_ago", "canceled", false, ENDED.minus(Duration.ofDays(30)));
        var warnings = warnings(true);

        at(ENDED.plus(Duration.ofDays(4)).minusSeconds(1), warnings);
        assertThat(mails()).isEmpty();
        at(ENDED.plus(Duration.ofDays(4)), warnings);
        at(ENDED.plus(Duration.ofDays(6)), warnings);

        assertThat(mails())
                .containsExactly(
                        "monitors_pause cus_canceled 2026-11-27T10:00:00Z",
                        "monitors_pause cus_paused 2026-11-27T10:00:00Z paused",
                        "monitors_pause cus_unpaid 2026-11-27T10:00:00Z unpaid");
    }

    @Test
    void a_customer_who_ends_again_is_warned_again() {
        entitlement("cus_1", "canceled", false, ENDED);
        var warnings = warnings(true);
        at(ENDED.plus(Duration.ofDays(5)), warnings);
        database.jdbc()
                .sql("update billing.entitlements set until = until + interval '30 days'")
                .update();

        at(ENDED.plus(Duration.ofDays(35)), warnings);

        assertThat(mails()).hasSize(2);
    }

    @Test
    void no_customer_is_warned_of_a_pause_that_is_not_enforced() {
        entitlement("cus_1", "canceled", false, ENDED);

        at(ENDED.plus(Duration.ofDays(5)), warnings(false));

        assertThat(mails()).isEmpty();
    }

    private void at(Instant instant, PauseWarnings warnings) {
        now.set(instant);
        warnings.warn();
    }

    private PauseWarnings warnings(boolean enforced) {
        InstantSource clock = now::get;
        return new PauseWarnings(
                database.jdbc(), new Mails(database.jdbc()), new EntitlementSettings(enforced, GRACE), clock);
    }

    private List<String> mails() {
        return database.jdbc().sql("""
                        select concat_ws(' ', kind, customer, content ->> 'pausesAt',
                                         case content ->> 'unpaid' when 'true' then 'unpaid' end,
                                         case content ->> 'paused' when 'true' then 'paused' end) from billing.mails
                        order by customer, id
                        """).query(String.class).list();
    }

    private void entitlement(String customer, String status, boolean entitled, Instant until) {
        database.jdbc()
                .sql("""
                        insert into billing.entitlements (customer, version, as_of, status, entitled, until)
                        values (:customer, 1, now(), :status, :entitled, :until::timestamptz)
                        """)
                .param("customer", customer)
                .param("status", status)
                .param("entitled", entitled)
                .param("until", until.toString())
                .update();
    }
}
