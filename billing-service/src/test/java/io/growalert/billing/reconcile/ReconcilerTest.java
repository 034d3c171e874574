package io.growalert.billing.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

import com.stripe.exception.StripeException;
import io.growalert.billing.TestDatabase;
import io.growalert.billing.inbox.TestInbox;
import io.growalert.billing.ledger.Comparison;
import io.growalert.billing.ledger.TestLedger;
import io.growalert.billing.stripe.Pace;
import io.growalert.billing.stripe.StripeReaders;
import io.growalert.billing.stripe.StripeSettings;
import io.growalert.definitions.Secret;
import io.growalert.sandbox.Fault;
import io.growalert.sandbox.StripeSandbox;
import io.growalert.sandbox.When;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReconcilerTest {
    private static final int PER_SECOND = 100;

    private final TestDatabase database = TestDatabase.migrated();
    private final Shop shop = new Shop();
    private final TestInbox inbox = new TestInbox(database.jdbc());
    private final TestLedger ledger = new TestLedger(database);
    private final Pauses pauses = new Pauses();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final Reconciler reconciler = reconciler();

    @AfterEach
    void close() {
        inbox.close();
        shop.close();
        database.close();
    }

    @Test
    void whatWasDroppedOnTheWayIsFoundAndApplied() throws StripeException {
        trade();
        var events = count("select count(*) from billing.stripe_events");

        var report = reconcile();

        assertThat(events).isZero();
        assertThat(report.events().missing())
                .isEqualTo(report.events().read())
                .isEqualTo(report.events().undelivered())
                .isEqualTo(count("select count(*) from billing.stripe_events where state in ('applied', 'ignored')"));
        assertThat(rows("customers", "payments", "charges", "device_orders")).containsExactly(2L, 1L, 1L, 1L);
        assertThat(report.objects().repaired()).isEmpty();
    }

    @Test
    void nothingIsChangedWhenNothingIsMissing() throws StripeException {
        trade();
        reconcile();
        var before = everything();

        var report = reconcile();

        assertThat(report.events().read()).isPositive();
        assertThat(report.events().missing()).isZero();
        assertThat(report.objects().read()).isEqualTo(4);
        assertThat(report.objects().repairs()).isZero();
        assertThat(everything()).isEqualTo(before);
    }

    @Test
    void objectsOfWhichNoEventIsLeftAreRecordedAsTheyAreNow() throws StripeException {
        trade();
        forgetEvents();

        var report = reconcile();

        assertThat(rows("customers", "payments", "charges", "device_orders")).containsExactly(2L, 1L, 1L, 1L);
        assertThat(report.objects().repaired())
                .extracting(Report.Repair::kind)
                .containsExactlyInAnyOrder("customer", "customer", "payment", "device_order", "charge");
        assertThat(report.objects().repaired())
                .extracting(Report.Repair::change)
                .containsOnly("created");
    }

    @Test
    void anObjectThatChangedUnheardOfIsRepaired() throws StripeException {
        var customer = shop.register("old@example.com");
        reconcile();
        aDayPasses();
        shop.rename(customer, "new@example.com");
        forgetEvents();

        var report = reconcile();

        assertThat(report.objects().repaired())
                .containsExactly(new Report.Repair("customer", customer, "changed", List.of("email")));
        assertThat(text("select email from billing.customers")).isEqualTo("new@example.com");
    }

    @Test
    void aCustomerWhoLeftUnheardOfIsForgotten() throws StripeException {
        var customer = shop.register("left@example.com");
        reconcile();
        aDayPasses();
        shop.leave(customer);
        forgetEvents();

        var report = reconcile();

        assertThat(report.objects().repaired()).extracting(Report.Repair::id).containsExactly(customer);
        assertThat(count("select count(*) from billing.customers where deleted and email is null"))
                .isOne();
    }

    @Test
    void rowsThatWereLostComeBackAsTheyWere() throws StripeException {
        trade();
        reconcile();
        var before = records();
        aDayPasses();
        database.jdbc()
                .sql("truncate billing.customers, billing.payments, billing.charges, billing.device_orders")
                .update();

        var report = reconcile();

        assertThat(records()).isEqualTo(before);
        assertThat(report.objects().repairs()).isEqualTo(5);
        assertThat(report.problems().stream().filter(problem -> !problem.contains("the address")))
                .isEmpty();
        assertThat(reconcile().objects().repairs()).isZero();
    }

    @Test
    void aRowThatSomebodyAlteredIsAsItWas() throws StripeException {
        trade();
        reconcile();
        var before = records();
        database.jdbc()
                .sql("update billing.charges set amount = 1, currency = 'usd'")
                .update();

        var report = reconcile();

        assertThat(records()).isEqualTo(before);
        assertThat(report.objects().repaired())
                .extracting(Report.Repair::kind, Report.Repair::change, Report.Repair::fields)
                .containsExactly(tuple("charge", "changed", List.of("amount", "currency")));
    }

    @Test
    void noVersionIsToldTwiceThoughTheRegistersWereLost() throws StripeException {
        trade();
        reconcile();
        var before = records();
        database.jdbc().sql("truncate billing.objects").update();

        reconcile();

        assertThat(records()).isEqualTo(before);
        assertThat(count("select count(*) from billing.objects where digest <> ''"))
                .isEqualTo(5);
        assertThat(count("select count(*) from billing.outbox"))
                .isEqualTo(count("select sum(version) from billing.objects"));
    }

    @Test
    void whatPassesAtStripeIsWaitedFor() throws StripeException {
        shop.register("one@example.com");
        shop.faults()
                .add(new Fault.RateLimit(Duration.ofSeconds(1)), When.next(1).on("GET", "/v1/events"));
        shop.faults().add(new Fault.ErrorBefore(), When.next(1).on("GET", "/v1/customers"));

        var report = reconcile();

        assertThat(report.events().missing()).isOne();
        assertThat(report.objects().read()).isOne();
        assertThat(count("select count(*) from billing.customers")).isOne();
    }

    @Test
    void eachRequestTakesATurnOfThePace() throws StripeException {
        trade();
        var start = Instant.parse(text("select to_json(clock_timestamp()) #>> '{}'"));

        var report = reconcile();

        var turns = Duration.ofMillis(1_000 / PER_SECOND * report.requests());
        assertThat(Instant.parse(text("select to_json(next_at) #>> '{}' from billing.pace")))
                .isAfterOrEqualTo(start.plus(turns));
    }

    @Test
    void oneRunsAtATime() {
        try (var first = reconciler.begin().orElseThrow()) {
            assertThat(first).isNotNull();
            assertThat(reconciler().begin()).isEmpty();
        }
        reconciler().begin().orElseThrow().close();
    }

    @Test
    void itEndsWhenNobodyFollowsItAndKeepsWhatItRepaired() throws StripeException {
        trade();
        forgetEvents();
        try (var run = reconciler.begin().orElseThrow()) {

            assertThatExceptionOfType(UncheckedIOException.class)
                    .isThrownBy(() -> run.reconcile(aWeekAgo(), words -> {
                        if (words.endsWith("(payments)")) {
                            throw new UncheckedIOException(new IOException("gone"));
                        }
                    }));
        }

        assertThat(rows("customers", "payments", "charges")).containsExactly(2L, 1L, 0L);
        assertThat(count("select count(*) from billing.reconciliations")).isZero();
    }

    @Test
    void itEndsWhenTheServiceStops() {
        try (var run = reconciler.begin().orElseThrow()) {
            pauses.stop();

            assertThatExceptionOfType(Pauses.Stopped.class).isThrownBy(() -> run.reconcile(aWeekAgo(), _ -> {}));
        }
    }

    @Test
    void aFaultOfTheDatabaseIsTold() throws StripeException {
        trade();
        try (var run = reconciler.begin().orElseThrow()) {
            var report = run.reconcile(aWeekAgo(), words -> database.refuseWhen(() -> words.startsWith("events")));
            database.refuseWhen(() -> false);

            assertThat(report.complete()).isFalse();
            assertThat(report.problems()).singleElement().asString().contains("the log says which");
        }
        reconcile();
        assertThat(rows("customers", "payments", "charges")).containsExactly(2L, 1L, 1L);
    }

    @Test
    void howFarItIsIsToldAfterEachPage() throws StripeException {
        trade();

        assertThat(progress())
                .containsSubsequence(
                        "events: 0 read, 6 missing",
                        "events: 6 read, 6 missing",
                        "objects: 2 read, 0 repaired (customers)",
                        "objects: 3 read, 0 repaired (payments)",
                        "objects: 4 read, 0 repaired (charges)");
    }

    private void trade() throws StripeException {
        shop.register("one@example.com");
        shop.pay(shop.register("two@example.com"));
    }

    private Report reconcile() {
        try (var run = reconciler.begin().orElseThrow()) {
            return run.reconcile(aWeekAgo(), _ -> ledger.applyDue());
        }
    }

    private List<String> progress() {
        var told = new ArrayList<String>();
        try (var run = reconciler.begin().orElseThrow()) {
            run.reconcile(aWeekAgo(), words -> {
                told.add(words);
                ledger.applyDue();
            });
        }
        return told;
    }

    /** All events are known, and none of those that are new was applied. */
    private void forgetEvents() {
        new EventCheck(inbox.missed(), database.jdbc(), pauses, Duration.ZERO)
                .check(readers().open(pauses::pause), aWeekAgo(), new Tally(meters), _ -> {});
        database.jdbc()
                .sql("update billing.stripe_events set state = 'applied' where state = 'received'")
                .update();
    }

    /** What is known was seen a day ago. */
    private void aDayPasses() {
        database.jdbc()
                .sql("update billing.objects set as_of = as_of - interval '1 day'")
                .update();
    }

    private static Instant aWeekAgo() {
        return Instant.now().minus(Duration.ofDays(7));
    }

    private Reconciler reconciler() {
        var jdbc = database.jdbc();
        var comparison = new Comparison(jdbc, database.transaction());
        return new Reconciler(
                () -> readers().open(pauses::pause),
                new EventCheck(inbox.missed(), jdbc, pauses, Duration.ofSeconds(30)),
                new ObjectCheck(comparison, new Repairs(comparison, ledger.ledger()), jdbc, pauses),
                new OneAtATime(database.dataSource()),
                new Journal(jdbc),
                meters,
                InstantSource.system());
    }

    private StripeReaders readers() {
        var settings = new StripeSettings(
                shop.address(),
                new Secret(StripeSandbox.SECRET_KEY),
                StripeSandbox.PUBLISHABLE_KEY,
                Duration.ofSeconds(5),
                Duration.ofSeconds(20),
                0,
                PER_SECOND);
        return new StripeReaders(shop.client(), new Pace(database.jdbc(), PER_SECOND), settings);
    }

    private long count(String sql) {
        return database.jdbc().sql(sql).query(Long.class).single();
    }

    private String text(String sql) {
        return database.jdbc().sql(sql).query(String.class).single();
    }

    private List<Long> rows(String... tables) {
        return List.of(tables).stream()
                .map(table -> count("select count(*) from billing." + table))
                .toList();
    }

    private List<Map<String, Object>> records() {
        return List.of("customers", "payments", "charges", "device_orders").stream()
                .flatMap(
                        table -> database
                                .jdbc()
                                .sql("select * from billing.%s order by id".formatted(table))
                                .query()
                                .listOfRows()
                                .stream())
                .toList();
    }

    /** All that was ever told or recorded. */
    private List<Map<String, Object>> everything() {
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
