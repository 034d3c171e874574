package io.growalert.billing.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.growalert.billing.TestDatabase;
import io.growalert.billing.fetch.FetchQueue;
import io.growalert.billing.fetch.Fetcher;
import io.growalert.billing.mail.Mails;
import io.growalert.billing.outbox.BillingOutbox;
import io.growalert.billing.projection.ProjectedRecord;
import io.growalert.billing.projection.RecordingResult;
import io.growalert.billing.records.Origins;
import io.growalert.billing.stripe.Kind;
import io.growalert.billing.stripe.Pace;
import io.growalert.billing.stripe.StripeFields;
import io.growalert.billing.webhook.EventRetention;
import io.growalert.billing.webhook.StoredEvents;
import io.growalert.events.BillingEvent;
import io.growalert.events.BillingRecord;
import io.growalert.events.Entitlement;
import io.growalert.events.Json;
import io.growalert.runtime.database.Columns;
import io.growalert.runtime.loop.Loop;
import io.growalert.runtime.loop.Progress;
import io.growalert.runtime.loop.Waiter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A database, a Stripe, and as many instances as a test needs. */
final class Bench implements AutoCloseable {
    final AtomicLong nanos = new AtomicLong();
    final TestDatabase database = TestDatabase.migrated();
    final JdbcClient jdbc = database.jdbc();
    final FakeStripe stripe;
    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    final ApplyMetrics metrics = new ApplyMetrics(meters);
    final Waiter storedEvents = new Waiter();
    final int attempts;
    final EventApplier applier;
    final ObjectRecorder recorder;
    final Fetcher fetcher;
    final ApplyTask task;

    Bench(FakeStripe stripe) {
        this(stripe, 10, 500);
    }

    Bench(FakeStripe stripe, int attempts, int perSecond) {
        this.stripe = stripe;
        this.attempts = attempts;
        applier = applier();
        recorder = new ObjectRecorder(jdbc, database.transaction(), new BillingOutbox(jdbc));
        fetcher = fetcher(perSecond);
        task = new ApplyTask(applier, 200, storedEvents, fetcher, metrics, Duration.ofSeconds(1));
    }

    /** Of a loop, by the time {@link #nanos}. */
    Progress progress(String loop) {
        return new Progress(loop, nanos::get);
    }

    EventApplier applier() {
        var settings = new ApplySettings(2, 200, Duration.ofSeconds(1), attempts, Duration.ofDays(90));
        return new EventApplier(
                jdbc, database.transaction(), new BillingOutbox(jdbc), new Mails(jdbc), Clock.systemUTC(), settings);
    }

    Fetcher fetcher(int perSecond) {
        var options = new Fetcher.Options(Duration.ofMillis(50), Duration.ofSeconds(30), attempts);
        return new Fetcher(
                new FetchQueue(jdbc),
                new StoredEvents(jdbc),
                recorder::record,
                stripe.client(),
                new Pace(jdbc, perSecond),
                meters,
                storedEvents,
                options,
                progress("ledger-fetcher"));
    }

    /** A separate instance with so many loops, until it is closed. */
    AutoCloseable instance(int loops) {
        var own = fetcher(500);
        var workers = workers(
                IntStream.range(0, loops)
                        .mapToObj(n -> ApplyConfiguration.loop(
                                progress("ledger-" + n),
                                storedEvents,
                                new ApplyTask(applier(), 50, storedEvents, own, metrics, Duration.ofMillis(50))))
                        .toList(),
                own);
        workers.start();
        return workers::stop;
    }

    ApplyWorkers workers() {
        return workers(List.of(ApplyConfiguration.loop(progress("ledger-0"), storedEvents, task)), fetcher);
    }

    private ApplyWorkers workers(List<Loop> appliers, Fetcher fetcher) {
        var upkeep = new BacklogTask(jdbc, metrics);
        return new ApplyWorkers(appliers, fetcher, ApplyConfiguration.upkeep(progress("ledger-upkeep"), upkeep));
    }

    RetentionTask retention(InstantSource clock, int step) {
        return new RetentionTask(new EventRetention(jdbc, clock, Duration.ofDays(90)), new Origins(jdbc), clock, step);
    }

    RecordingResult observe(Kind kind, String json, Instant asOf) {
        return recorder.record(kind, StripeFields.parse(json), asOf, _ -> {});
    }

    private static final String STORE = """
            insert into billing.stripe_events (id, type, created, object, payload)
            values (:id, :type, to_timestamp(:created), :object, :payload) on conflict do nothing
            """;

    void store(FakeStripe.SentEvent... sent) {
        store(List.of(sent));
    }

    /** As the webhook does, in this order. */
    void store(Collection<FakeStripe.SentEvent> sent) {
        sent.forEach(event -> jdbc.sql(STORE)
                .param("id", event.id())
                .param("type", event.type())
                .param("created", event.created())
                .param("object", event.object())
                .param("payload", event.payload())
                .update());
        storedEvents.wake();
    }

    /** Applies and fetches until nothing is due any more. */
    void settle() {
        await().atMost(Duration.ofMinutes(1))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> {
                    task.round();
                    fetcher.startDue();
                    return count(
                                            "select count(*) from billing.stripe_events where state = 'received' and (due_at <= clock_timestamp() or awaits is not null)")
                                    == 0
                            && count("select count(*) from billing.fetches") == 0;
                });
    }

    void awaitAllDone() {
        await().atMost(Duration.ofMinutes(2))
                .pollInterval(Duration.ofMillis(50))
                .until(() -> waiting() == 0);
    }

    long waiting() {
        return count("select count(*) from billing.stripe_events where state = 'received'");
    }

    /** Ends the delays of all events. */
    void passTime() {
        jdbc.sql(
                        "update billing.stripe_events set due_at = clock_timestamp() where state = 'received' and awaits is null")
                .update();
    }

    long count(String sql) {
        return jdbc.sql(sql).query(Long.class).single();
    }

    String state(FakeStripe.SentEvent sent) {
        return text("select state from billing.stripe_events where id = :id", sent.id());
    }

    String error(FakeStripe.SentEvent sent) {
        return text("select coalesce(error, '') from billing.stripe_events where id = :id", sent.id());
    }

    String text(String sql) {
        return jdbc.sql(sql).query(String.class).single();
    }

    private String text(String sql, String id) {
        return jdbc.sql(sql).param("id", id).query(String.class).single();
    }

    /** All records, and the digests of their versions. */
    Map<String, List<String>> records() {
        var all = new HashMap<String, List<String>>();
        for (var table : List.of(
                "customers",
                "subscriptions",
                "subscription_items",
                "invoices",
                "invoice_payments",
                "payments",
                "charges",
                "refunds",
                "disputes",
                "device_orders")) {
            all.put(
                    table,
                    jdbc.sql("select to_jsonb(r)::text from billing.%s r order by id".formatted(table))
                            .query(String.class)
                            .list());
        }
        all.put(
                "objects",
                jdbc.sql("select concat_ws(' ', id, kind, customer, digest) from billing.objects order by id")
                        .query(String.class)
                        .list());
        all.put(
                "entitlements",
                jdbc.sql(
                                "select concat_ws(' ', customer, status, entitled) from billing.entitlements order by customer")
                        .query(String.class)
                        .list());
        return all;
    }

    /** All entitlements in the outbox, in order. */
    List<Entitlement> entitlements() {
        return jdbc
                .sql("select body from billing.outbox where type = 'entitlement.changed' order by sequence")
                .query(String.class)
                .list()
                .stream()
                .map(body -> Json.read(body.getBytes(StandardCharsets.UTF_8), Entitlement.class))
                .toList();
    }

    /** Each customer's versions count from 1 on, and the last one is the row. */
    void assertThatTheOutboxHasTheEntitlements() {
        var last = new TreeMap<String, Entitlement>();
        entitlements().forEach(entitlement -> {
            var before = last.put(entitlement.customer(), entitlement);
            assertThat(entitlement.version()).isEqualTo(before == null ? 1 : before.version() + 1);
            assertThat(before == null || !entitlement.asOf().isBefore(before.asOf()))
                    .isTrue();
        });
        assertThat(jdbc.sql("select * from billing.entitlements order by customer")
                        .query((row, n) -> new Entitlement(
                                row.getString("customer"),
                                row.getLong("version"),
                                Columns.instant(row, "as_of"),
                                row.getString("status"),
                                row.getBoolean("entitled"),
                                Columns.optionalInstant(row, "until")))
                        .list())
                .containsExactlyElementsOf(last.values());
    }

    List<BillingEvent> published() {
        return jdbc
                .sql("select body from billing.outbox where type not like 'entitlement.%' order by sequence")
                .query(String.class)
                .list()
                .stream()
                .map(body -> Json.read(body.getBytes(StandardCharsets.UTF_8), BillingEvent.class))
                .toList();
    }

    /** Each record's versions count from 1 on, no record goes back in time, and the last event of each is its row. */
    void assertThatTheOutboxMatchesTheRecords() {
        var byRecord = new HashMap<String, List<BillingEvent>>();
        published().forEach(event -> byRecord.computeIfAbsent(event.record().id(), _ -> new ArrayList<>())
                .add(event));
        assertThat(published()).extracting(BillingEvent::id).doesNotHaveDuplicates();
        byRecord.forEach((id, events) -> {
            assertThat(events)
                    .as(id)
                    .extracting(BillingEvent::version)
                    .containsExactlyElementsOf(IntStream.rangeClosed(1, events.size())
                            .mapToObj(Long::valueOf)
                            .toList());
            assertThat(events).as(id).extracting(BillingEvent::asOf).isSorted();
            assertThat(Long.parseLong(text("select version from billing.objects where id = :id", id)))
                    .as(id)
                    .isEqualTo(events.size());
            var last = events.getLast().record();
            if (last instanceof BillingRecord.Customer customer) {
                assertThat(text("select balance || ' ' || deleted from billing.customers where id = :id", id))
                        .isEqualTo(customer.balance() + " " + customer.deleted());
            } else {
                assertThat(text("select digest from billing.objects where id = :id", id))
                        .as(id)
                        .isEqualTo(ProjectedRecord.of(last).digest());
            }
        });
        assertThatTheOutboxHasTheEntitlements();
        assertThat(byRecord.keySet())
                .containsExactlyInAnyOrderElementsOf(jdbc.sql("select id from billing.objects")
                        .query(String.class)
                        .list());
    }

    @Override
    public void close() {
        database.close();
    }
}
