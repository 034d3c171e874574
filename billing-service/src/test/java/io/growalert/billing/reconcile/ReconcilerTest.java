package io.growalert.billing.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

import com.stripe.exception.StripeException;
import io.growalert.sandbox.fault.Fault;
import io.growalert.sandbox.fault.When;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReconcilerTest {
    private final Scene scene = new Scene();

    @AfterEach
    void close() {
        scene.close();
    }

    @Test
    void lost_webhooks_are_found_and_applied() throws StripeException {
        scene.trade();
        var events = scene.count("select count(*) from billing.stripe_events");

        var report = scene.reconcile();

        assertThat(events).isZero();
        assertThat(report.events().undelivered()).isEqualTo(report.events().read());
        assertThat(report.events().missing())
                .isPositive()
                .isEqualTo(scene.count("select count(*) from billing.stripe_events where state <> 'ignored'"))
                .isEqualTo(scene.count("select count(*) from billing.stripe_events"));
        assertThat(scene.rows()).isEqualTo(Scene.ROWS);
    }

    @Test
    void nothing_is_changed_when_nothing_is_missing() throws StripeException {
        scene.trade();
        scene.reconcile();
        var before = scene.everything();

        var report = scene.reconcile();

        assertThat(report.events().read()).isPositive();
        assertThat(report.events().missing()).isZero();
        assertThat(report.objects().read()).isEqualTo(Scene.OBJECTS);
        assertThat(report.objects().repairs()).isZero();
        assertThat(scene.everything()).isEqualTo(before);
    }

    @Test
    void objects_without_listed_events_are_recorded_in_their_current_state() throws StripeException {
        scene.trade();
        scene.forgetEvents();

        var report = scene.reconcile();

        assertThat(scene.rows()).isEqualTo(Scene.ROWS);
        assertThat(report.objects().repaired()).hasSize(Scene.RECORDS);
        assertThat(report.objects().repaired())
                .extracting(ReconciliationReport.Repair::change)
                .containsOnly("created");
    }

    @Test
    void an_object_that_changed_without_an_event_is_repaired() throws StripeException {
        var customer = scene.shop.register("old@example.com");
        scene.reconcile();
        scene.aDayPasses();
        scene.shop.rename(customer, "new@example.com");
        scene.forgetEvents();

        var report = scene.reconcile();

        assertThat(report.objects().repaired())
                .containsExactly(new ReconciliationReport.Repair("customer", customer, "changed", List.of("email")));
        assertThat(scene.text("select email from billing.customers")).isEqualTo("new@example.com");
    }

    @Test
    void a_customer_deleted_without_an_event_is_erased() throws StripeException {
        var customer = scene.shop.register("left@example.com");
        scene.reconcile();
        scene.aDayPasses();
        scene.shop.leave(customer);
        scene.forgetEvents();

        var report = scene.reconcile();

        assertThat(report.objects().repaired())
                .extracting(ReconciliationReport.Repair::id)
                .containsExactly(customer);
        assertThat(scene.count("select count(*) from billing.customers where deleted and email is null"))
                .isOne();
    }

    @Test
    void lost_rows_are_restored() throws StripeException {
        scene.trade();
        scene.reconcile();
        var before = scene.records();
        scene.aDayPasses();
        scene.database
                .jdbc()
                .sql("truncate billing.%s".formatted(String.join(", billing.", Scene.TABLES)))
                .update();

        var report = scene.reconcile();

        assertThat(scene.records()).isEqualTo(before);
        assertThat(report.objects().repairs()).isEqualTo(Scene.RECORDS);
        assertThat(report.complete()).isTrue();
        assertThat(scene.reconcile().objects().repairs()).isZero();
    }

    @Test
    void an_altered_row_is_restored() throws StripeException {
        scene.trade();
        scene.reconcile();
        var before = scene.records();
        scene.database
                .jdbc()
                .sql("update billing.charges set amount = 1, currency = 'usd' where amount = 9800")
                .update();

        var report = scene.reconcile();

        assertThat(scene.records()).isEqualTo(before);
        assertThat(report.objects().repaired())
                .extracting(
                        ReconciliationReport.Repair::kind,
                        ReconciliationReport.Repair::change,
                        ReconciliationReport.Repair::fields)
                .containsExactly(tuple("charge", "changed", List.of("amount", "currency")));
    }

    @Test
    void an_altered_order_is_restored() throws StripeException {
        scene.trade();
        scene.reconcile();
        assertThat(scene.text("select refunded_amount || ' ' || disputed from billing.device_orders"))
                .isEqualTo("4900 false");
        var before = scene.records();
        scene.database
                .jdbc()
                .sql("update billing.device_orders set refunded_amount = 0, disputed = true")
                .update();

        var report = scene.reconcile();

        assertThat(scene.records()).isEqualTo(before);
        assertThat(report.objects().repaired())
                .extracting(
                        ReconciliationReport.Repair::kind,
                        ReconciliationReport.Repair::change,
                        ReconciliationReport.Repair::fields)
                .containsExactly(tuple("device_order", "changed", List.of("disputed", "refunded_amount")));
    }

    @Test
    void objects_of_other_software_are_counted_and_neither_missing_nor_recorded() throws StripeException {
        scene.trade();
        scene.reconcile();
        scene.shop.registerElsewhere("jo@elsewhere.example");
        scene.forgetEvents();

        var report = scene.reconcile();

        assertThat(report.complete()).isTrue();
        assertThat(report.problems()).isEmpty();
        assertThat(report.objects().repairs()).isZero();
        assertThat(report.objects().foreign()).isEqualTo(3);
        assertThat(scene.rows()).isEqualTo(Scene.ROWS);
        assertThat(scene.reconcile().objects().foreign()).isEqualTo(3);
    }

    @Test
    void a_lost_item_is_restored() throws StripeException {
        scene.trade();
        scene.reconcile();
        var before = scene.records();
        scene.database.jdbc().sql("delete from billing.subscription_items").update();

        var report = scene.reconcile();

        assertThat(scene.records()).isEqualTo(before);
        assertThat(report.objects().repaired())
                .extracting(ReconciliationReport.Repair::kind, ReconciliationReport.Repair::fields)
                .containsExactly(tuple("subscription", List.of("items")));
    }

    @Test
    void no_version_is_published_twice_after_versions_were_lost() throws StripeException {
        scene.trade();
        scene.reconcile();
        var before = scene.records();
        scene.database.jdbc().sql("truncate billing.objects").update();

        scene.reconcile();

        assertThat(scene.records()).isEqualTo(before);
        assertThat(scene.count("select count(*) from billing.objects where digest <> ''"))
                .isEqualTo(Scene.RECORDS);
        assertThat(scene.count("select count(*) from billing.outbox where type not like 'entitlement.%'"))
                .isEqualTo(scene.count("select sum(version) from billing.objects"));
    }

    @Test
    void a_temporary_failure_of_stripe_is_retried() throws StripeException {
        scene.shop.register("one@example.com");
        scene.shop
                .faults()
                .add(new Fault.RateLimit(Duration.ofSeconds(1)), When.next(1).on("GET", "/v1/events"));
        scene.shop.faults().add(new Fault.ErrorBefore(), When.next(1).on("GET", "/v1/customers"));

        var report = scene.reconcile();

        assertThat(report.events().missing()).isPositive();
        assertThat(report.objects().read()).isOne();
        assertThat(scene.count("select count(*) from billing.customers")).isOne();
    }

    @Test
    void each_request_waits_for_a_permit_of_the_pace() throws StripeException {
        scene.trade();
        var start = Instant.parse(scene.text("select to_json(clock_timestamp()) #>> '{}'"));

        var report = scene.reconcile();

        var turns = Duration.ofMillis(1_000 / Scene.PER_SECOND * report.requests());
        assertThat(Instant.parse(scene.text("select to_json(next_at) #>> '{}' from billing.pace")))
                .isAfterOrEqualTo(start.plus(turns));
    }

    @Test
    void one_runs_at_a_time() {
        try (var first = scene.reconciler().begin().orElseThrow()) {
            assertThat(first).isNotNull();
            assertThat(scene.reconciler().begin()).isEmpty();
        }
        scene.reconciler().begin().orElseThrow().close();
    }

    @Test
    void it_ends_when_its_client_disconnects_and_its_repairs_stay() throws StripeException {
        scene.trade();
        scene.forgetEvents();
        try (var run = scene.reconciler().begin().orElseThrow()) {

            assertThatExceptionOfType(UncheckedIOException.class)
                    .isThrownBy(() -> run.reconcile(Scene.aWeekAgo(), words -> {
                        if (words.endsWith("(payments)")) {
                            throw new UncheckedIOException(new IOException("gone"));
                        }
                    }));
        }

        assertThat(scene.rows("customers", "payments", "charges")).containsExactly(3L, 2L, 2L);
        assertThat(scene.count("select count(*) from billing.reconciliations")).isZero();
    }

    @Test
    void it_ends_when_the_service_stops() {
        try (var run = scene.reconciler().begin().orElseThrow()) {
            scene.pauses.stop();

            assertThatExceptionOfType(Pauses.Stopped.class).isThrownBy(() -> run.reconcile(Scene.aWeekAgo(), _ -> {}));
        }
    }

    @Test
    void a_failure_of_the_database_is_reported() throws StripeException {
        scene.trade();
        try (var run = scene.reconciler().begin().orElseThrow()) {
            var report = run.reconcile(
                    Scene.aWeekAgo(), words -> scene.database.refuseWhen(() -> words.startsWith("events")));
            scene.database.refuseWhen(() -> false);

            assertThat(report.complete()).isFalse();
            assertThat(report.problems()).singleElement().asString().contains("see the log");
        }
        scene.reconcile();
        assertThat(scene.rows("customers", "payments", "charges")).containsExactly(3L, 2L, 2L);
    }

    @Test
    void progress_is_reported_after_each_page() throws StripeException {
        scene.trade();

        assertThat(scene.progress())
                .anyMatch(words -> words.matches("events: \\d+ read, \\d+ missing"))
                .anyMatch(words -> words.matches("objects: 3 read, \\d+ repaired \\(customers\\)"))
                .anyMatch(words -> words.matches("objects: 11 read, \\d+ repaired \\(refunds\\)"));
    }
}
