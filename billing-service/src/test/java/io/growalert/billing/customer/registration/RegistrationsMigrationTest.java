package io.growalert.billing.customer.registration;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.billing.TestDatabase;
import io.growalert.billing.customer.Running;
import io.growalert.billing.customer.registration.Registrations.Registration;
import io.growalert.billing.customer.session.Seals;
import io.growalert.definitions.Secret;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A database of a release that knew no registrations. */
class RegistrationsMigrationTest {
    private static final Instant TRIAL = Instant.parse("2026-03-01T10:00:00Z");

    @TempDir
    private Path mails;

    private static TestDatabase ofAnEarlierRelease() {
        var database = TestDatabase.empty();
        Flyway.configure()
                .dataSource(database.pool())
                .schemas("billing")
                .locations("classpath:db/billing-service")
                .target("4")
                .load()
                .migrate();
        database.jdbc().sql("""
                        insert into billing.customers (id, email, balance, delinquent, deleted, created_at) values
                            ('cus_jenny', 'Jenny@Example.com', 0, false, false, '2026-03-01T09:00:00Z'),
                            ('cus_new', 'new@example.com', 0, false, false, null),
                            ('cus_erased', null, 0, false, true, '2026-03-01T09:00:00Z'),
                            ('cus_deleted', 'deleted@example.com', 0, false, true, '2026-03-01T09:00:00Z'),
                            ('cus_mute', null, 0, false, false, '2026-03-01T09:00:00Z')
                        """).update();
        database.jdbc().sql("""
                        insert into billing.subscriptions
                            (id, customer, status, currency, cancel_at_period_end, trial_end, created_at) values
                            ('sub_trial', 'cus_jenny', 'canceled', 'eur', false, '2026-03-15T10:00:00Z', '2026-03-01T10:00:00Z'),
                            ('sub_runs', 'cus_jenny', 'active', 'eur', false, null, '2026-04-01T10:00:00Z'),
                            ('sub_begun', 'cus_jenny', 'incomplete', 'eur', false, null, '2026-05-01T10:00:00Z'),
                            ('sub_over', 'cus_new', 'canceled', 'eur', false, null, '2026-04-01T10:00:00Z')
                        """).update();
        return database;
    }

    @Test
    void registrations_are_filled_and_cookies_remain_valid() throws IOException {
        try (var billing = Running.on(
                ofAnEarlierRelease(),
                Map.of(
                        "growalert.billing.customer.mail.folder",
                        mails,
                        "growalert.billing.customer.mail.site",
                        "http://localhost:8080"))) {
            var registrations = billing.bean(Registrations.class);

            assertThat(registrations.of("cus_jenny"))
                    .contains(new Registration("cus_jenny", "jenny@example.com", true, TRIAL, null, 0));
            assertThat(registrations.of("cus_new"))
                    .contains(new Registration("cus_new", "new@example.com", false, null, null, 0));
            for (var none : List.of("cus_erased", "cus_deleted", "cus_mute")) {
                assertThat(registrations.of(none)).isEmpty();
            }
            assertThat(registrations.isOwned("JENNY@example.com")).isTrue();
            assertThat(registrations.isOwned("new@example.com")).isFalse();
            for (var customer : List.of("cus_jenny", "cus_mute")) {
                assertThat(billing.post("/renew-session", cookieOfAnEarlierRelease(customer), "{}")
                                .code())
                        .isEqualTo("session_not_expired");
            }
            assertThat(billing.post("/create-customer", null, "{\"email\": \"jenny@example.com\"}")
                            .code())
                    .isEqualTo("sign_in_needed");
        }
    }

    /** SealsTest shows that these are the same. */
    private static String cookieOfAnEarlierRelease(String customer) {
        return Seals.with(List.of(new Secret(Running.KEY)))
                .seal(new Seals.Sealed(customer, 0, Instant.now().plusSeconds(60)));
    }
}
