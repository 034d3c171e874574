package io.growalert.billing.apply;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.billing.TestDatabase;
import io.growalert.billing.projection.EntitlementDecision;
import io.growalert.billing.projection.EntitlementDecision.Terms;
import io.growalert.events.Entitlement;
import io.growalert.events.Ids;
import io.growalert.events.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Customers of a database of the previous version. */
class EntitlementsMigrationTest {
    private static final Instant CREATED = Instant.parse("2026-09-01T10:00:00Z");
    private static final List<String> STATUSES = List.of(
            "active", "trialing", "past_due", "canceled", "unpaid", "paused", "incomplete", "incomplete_expired");

    private final TestDatabase database = TestDatabase.empty();
    private final TreeMap<String, List<Terms>> terms = new TreeMap<>();
    private final TreeMap<String, Instant> deleted = new TreeMap<>();

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void have_the_entitlements_that_the_service_would_decide_and_each_is_published_once() {
        migrate("13");
        int number = 0;
        for (var one : STATUSES) {
            subscription("cus_%02d".formatted(number), one, number++);
            for (var other : STATUSES) {
                var customer = "cus_%02d".formatted(number);
                subscription(customer, one, number);
                subscription(customer, other, number + 40);
                if (number % 5 == 0) {
                    delete(customer, number);
                }
                number++;
            }
        }
        delete("cus_without_subscription", 3);
        customer("cus_who_ordered_a_device", false);

        migrate("latest");

        var expected = new ArrayList<Entitlement>();
        var customers = new TreeMap<String, Boolean>();
        terms.keySet().forEach(customer -> customers.put(customer, true));
        deleted.keySet().forEach(customer -> customers.put(customer, true));
        customers
                .keySet()
                .forEach(customer -> expected.add(EntitlementDecision.of(
                                customer, terms.getOrDefault(customer, List.of()), deleted.get(customer), null)
                        .orElseThrow()));
        assertThat(published()).containsExactlyElementsOf(expected);
        assertThat(database.jdbc()
                        .sql("select id from billing.outbox order by key")
                        .query(String.class)
                        .list())
                .containsExactlyElementsOf(expected.stream()
                        .map(entitlement -> Ids.entitlement(entitlement.customer(), 1))
                        .toList());
        assertThat(database.jdbc()
                        .sql(
                                "select count(*) from billing.outbox where key <> subject or type <> 'entitlement.changed'")
                        .query(Long.class)
                        .single())
                .isZero();
    }

    private List<Entitlement> published() {
        return database.jdbc().sql("select body from billing.outbox order by key").query(String.class).list().stream()
                .map(body -> Json.read(body.getBytes(UTF_8), Entitlement.class))
                .toList();
    }

    private void migrate(String target) {
        Flyway.configure()
                .dataSource(database.dataSource())
                .schemas("billing")
                .locations("classpath:db/billing-service")
                .target(target)
                .load()
                .migrate();
    }

    /** @param day makes its times differ from others' */
    private void subscription(String customer, String status, int day) {
        var created = CREATED.plus(Duration.ofDays(day));
        var asOf = created.plusSeconds(30);
        var trialEnd = day % 2 == 0 ? created.plus(Duration.ofDays(14)) : null;
        var cancelAt = day % 3 == 0 ? created.plus(Duration.ofDays(20)) : null;
        var endedAt = day % 4 != 0 && status.equals("canceled") ? created.plus(Duration.ofDays(25)) : null;
        var periodEnd = day % 7 == 0 ? null : created.plus(Duration.ofDays(30));
        var id = "sub_%s_%d".formatted(customer, day);
        database.jdbc()
                .sql("""
                        insert into billing.subscriptions
                               (id, customer, status, currency, cancel_at_period_end, cancel_at, ended_at, trial_end, created_at)
                        values (:id, :customer, :status, 'eur', false, cast(:cancel as timestamptz), cast(:ended as timestamptz),
                                cast(:trial as timestamptz), :created::timestamptz)
                        """)
                .param("id", id)
                .param("customer", customer)
                .param("status", status)
                .param("cancel", text(cancelAt))
                .param("ended", text(endedAt))
                .param("trial", text(trialEnd))
                .param("created", created.toString())
                .update();
        if (periodEnd != null) {
            database.jdbc()
                    .sql("""
                            insert into billing.subscription_items (id, subscription, price, period_end)
                            values (:id, :subscription, 'price_1', :end::timestamptz)
                            """)
                    .param("id", "si_" + id)
                    .param("subscription", id)
                    .param("end", periodEnd.toString())
                    .update();
        }
        register(id, "subscription", customer, asOf);
        terms.computeIfAbsent(customer, _ -> new ArrayList<>())
                .add(new Terms(status, asOf, created, trialEnd, cancelAt, endedAt, periodEnd, null));
    }

    private static @Nullable String text(@Nullable Instant instant) {
        return instant == null ? null : instant.toString();
    }

    private void delete(String customer, int day) {
        var at = CREATED.plus(Duration.ofDays(day + 22L));
        customer(customer, true);
        register(customer, "customer", customer, at);
        deleted.put(customer, at);
    }

    private void customer(String id, boolean isDeleted) {
        database.jdbc().sql("""
                        insert into billing.customers (id, balance, delinquent, deleted) values (:id, 0, false, :deleted)
                        """).param("id", id).param("deleted", isDeleted).update();
    }

    private void register(String id, String kind, String customer, Instant asOf) {
        database.jdbc()
                .sql("""
                        insert into billing.objects (id, kind, customer, as_of, fetched, rank, version, digest)
                        values (:id, :kind, :customer, :asOf::timestamptz, false, 3, 2, '-')
                        """)
                .param("id", id)
                .param("kind", kind)
                .param("customer", customer)
                .param("asOf", asOf.toString())
                .update();
    }
}
