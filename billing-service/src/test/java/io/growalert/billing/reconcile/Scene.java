package io.growalert.billing.reconcile;

import com.stripe.exception.StripeException;
import io.growalert.billing.TestDatabase;
import io.growalert.billing.apply.TestApplier;
import io.growalert.billing.records.OpenRecords;
import io.growalert.billing.records.RecordComparison;
import io.growalert.billing.stripe.Pace;
import io.growalert.billing.stripe.StripeReaders;
import io.growalert.billing.stripe.StripeSettings;
import io.growalert.billing.webhook.StoredEvents;
import io.growalert.billing.webhook.TestInbox;
import io.growalert.definitions.Secret;
import io.growalert.runtime.loop.Progress;
import io.growalert.sandbox.StripeSandbox;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** A database, and a Stripe account of which nothing is recorded. */
final class Scene implements AutoCloseable {
    static final int PER_SECOND = 100;

    static final List<String> TABLES = List.of(
            "customers",
            "subscriptions",
            "subscription_items",
            "invoices",
            "payments",
            "charges",
            "invoice_payments",
            "refunds",
            "device_orders");
    /** Of each table, after {@link #trade}. */
    static final List<Long> ROWS = List.of(3L, 1L, 1L, 1L, 2L, 2L, 1L, 1L, 1L);

    static final int OBJECTS = 11;
    static final int RECORDS = OBJECTS + 1;

    final TestDatabase database = TestDatabase.migrated();
    final AtomicLong nanos = new AtomicLong();
    final Shop shop = new Shop();
    final Progress scheduled = new Progress("reconcile", nanos::get);
    final Pauses pauses = new Pauses();
    private final TestInbox inbox = new TestInbox(database.jdbc());
    private final TestApplier applier = new TestApplier(database);
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    @Override
    public void close() {
        inbox.close();
        shop.close();
        database.close();
    }

    void trade() throws StripeException {
        shop.register("one@example.com");
        shop.refund(shop.pay(shop.register("two@example.com")));
        shop.subscribe("three@example.com");
    }

    ReconciliationReport reconcile() {
        try (var run = reconciler().begin().orElseThrow()) {
            return run.reconcile(aWeekAgo(), _ -> applier.applyDue());
        }
    }

    List<String> progress() {
        var reported = new ArrayList<String>();
        try (var run = reconciler().begin().orElseThrow()) {
            run.reconcile(aWeekAgo(), words -> {
                reported.add(words);
                applier.applyDue();
            });
        }
        return reported;
    }

    /** All events are stored, and the new ones are marked as applied without being applied. */
    void forgetEvents() {
        new EventCheck(inbox.missed(), new StoredEvents(database.jdbc()), pauses, Duration.ZERO)
                .check(readers().open(pauses::pause), aWeekAgo(), new Tally(meters), _ -> {});
        database.jdbc()
                .sql("update billing.stripe_events set state = 'applied' where state = 'received'")
                .update();
    }

    /** Dates all recorded states back by a day. */
    void aDayPasses() {
        database.jdbc()
                .sql("update billing.objects set as_of = as_of - interval '1 day'")
                .update();
    }

    static Instant aWeekAgo() {
        return Instant.now().minus(Duration.ofDays(7));
    }

    Reconciler reconciler() {
        var jdbc = database.jdbc();
        var comparison = new RecordComparison(jdbc, database.transaction());
        return new Reconciler(
                () -> readers().open(pauses::pause),
                new EventCheck(inbox.missed(), new StoredEvents(jdbc), pauses, Duration.ofMillis(500)),
                new ObjectCheck(comparison, new Repairs(comparison, applier.recorder()), new OpenRecords(jdbc), pauses),
                ReconcileConfiguration.lock(database.dataSource()),
                new ReconciliationReports(jdbc),
                meters,
                InstantSource.system());
    }

    StripeReaders readers() {
        var settings = new StripeSettings(
                shop.address(),
                new Secret(StripeSandbox.SECRET_KEY),
                StripeSandbox.PUBLISHABLE_KEY,
                Duration.ofSeconds(5),
                Duration.ofSeconds(20),
                0,
                PER_SECOND,
                null,
                Duration.ofSeconds(10));
        return new StripeReaders(shop.client(), new Pace(database.jdbc(), PER_SECOND), settings);
    }

    long count(String sql) {
        return database.jdbc().sql(sql).query(Long.class).single();
    }

    String text(String sql) {
        return database.jdbc().sql(sql).query(String.class).single();
    }

    List<Long> rows() {
        return rows(TABLES.toArray(String[]::new));
    }

    List<Long> rows(String... tables) {
        return List.of(tables).stream()
                .map(table -> count("select count(*) from billing." + table))
                .toList();
    }

    List<Map<String, Object>> records() {
        return TABLES.stream()
                .flatMap(
                        table -> database
                                .jdbc()
                                .sql("select * from billing.%s order by id".formatted(table))
                                .query()
                                .listOfRows()
                                .stream())
                .toList();
    }

    /** All records, versions, published and stored events. */
    List<Map<String, Object>> everything() {
        var everything = new ArrayList<>(records());
        for (var table : List.of("objects", "outbox", "stripe_events")) {
            everything.addAll(database.jdbc()
                    .sql("select * from billing.%s order by 1".formatted(table))
                    .query()
                    .listOfRows());
        }
        return everything;
    }
}
