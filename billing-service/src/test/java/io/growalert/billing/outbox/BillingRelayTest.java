package io.growalert.billing.outbox;

import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.growalert.billing.TestDatabase;
import io.growalert.events.BillingEvent;
import io.growalert.events.BillingRecord;
import io.growalert.runtime.kafka.KafkaConnection;
import io.growalert.runtime.loop.Progress;
import io.growalert.runtime.outbox.OutboxHealth;
import io.growalert.runtime.outbox.OutboxRelay;
import io.growalert.testkit.TestKafka;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.kafka.clients.producer.Producer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Status;
import org.springframework.jdbc.core.simple.JdbcClient;

class BillingRelayTest {
    private static final Duration WHILE_KAFKA_COMES = Duration.ofMinutes(1);
    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final TestDatabase database = TestDatabase.migrated();
    private final AtomicLong nanos = new AtomicLong();
    private final BillingOutbox outbox = new BillingOutbox(database.jdbc());
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final List<OutboxRelay> relays = new ArrayList<>();
    private final String prefix = "cus_%d_".formatted(NUMBER.incrementAndGet());
    private final Reader reader = new Reader(TestKafka.bootstrapServers(), prefix);

    @AfterEach
    void stop() {
        relays.forEach(OutboxRelay::stop);
        reader.close();
        database.close();
    }

    @Test
    void an_event_is_published_under_its_customer_with_the_headers_of_the_contract() {
        var event = version("a", 1);
        add(List.of(event));
        relay();

        await().untilAsserted(() -> assertThat(reader.events()).containsExactly(event));
        var record = reader.records().getFirst();
        assertThat(record.key()).isEqualTo(event.customer());
        assertThat(Reader.header(record, "ce_id")).isEqualTo(event.id());
        assertThat(Reader.header(record, "ce_source")).isEqualTo("/growalert/billing-service");
        assertThat(Reader.header(record, "ce_type")).isEqualTo("io.growalert.billing.customer.created");
        assertThat(Reader.header(record, "ce_subject")).isEqualTo(event.record().id());
        assertThat(Reader.header(record, "ce_time")).isEqualTo(event.asOf().toString());
        await().until(() -> waiting() == 0);
    }

    @Test
    void events_of_one_key_are_published_once_and_in_order() {
        relay();
        for (int round = 0; round < 20; round++) {
            int first = round * 10;
            add(LongStream.rangeClosed(first + 1, first + 10)
                    .boxed()
                    .flatMap(version -> IntStream.range(0, 50).mapToObj(key -> version("k" + key, version)))
                    .toList());
        }

        await().until(() -> reader.records().size() >= 10_000);
        assertThat(reader.events()).hasSize(10_000);
        isInOrder(reader.events(), 200);
    }

    @Test
    void an_event_committed_late_is_published_after_later_ones() {
        relay();
        database.transaction().executeWithoutResult(_ -> {
            add(List.of(version("late", 1)));
            // on a separate connection, and committed before
            new BillingOutbox(JdbcClient.create(database.pool())).add(List.of(version("early", 1)));
            await().until(() -> reader.records().size() == 1);
        });

        await().until(() -> reader.records().size() == 2);
        assertThat(reader.events())
                .extracting(BillingEvent::customer)
                .containsExactly(prefix + "early", prefix + "late");
    }

    @Test
    void one_of_several_instances_publishes_and_another_takes_over() {
        var first = relay();
        await().until(first::isRelaying);
        var second = relay();
        add(List.of(version("a", 1)));
        await().until(() -> reader.records().size() == 1);
        assertThat(second.isRelaying()).isFalse();

        first.stop();

        await().until(second::isRelaying);
        add(List.of(version("a", 2)));
        await().until(() -> reader.records().size() == 2);
        isInOrder(reader.events(), 2);
    }

    @Test
    void killed_connections_cost_only_repetitions() {
        relay();
        relay();
        var random = new Random(1);
        for (int round = 1; round <= 100; round++) {
            int version = round;
            add(IntStream.range(0, 50)
                    .mapToObj(key -> version("k" + key, version))
                    .toList());
            if (random.nextInt(4) == 0) {
                killTheRelay();
            }
        }

        await().atMost(Duration.ofMinutes(1)).until(() -> {
            reader.records();
            return waiting() == 0 && reader.distinct().size() == 5_000;
        });
        isInOrder(reader.distinct(), 100);
    }

    @Test
    void publishing_resumes_when_the_database_recovers() {
        var relay = relay();
        await().until(relay::isRelaying);
        database.refuseWhen(() -> true);
        killTheRelay();
        await().until(() -> relay.obstacle().isPresent());
        assertThat(new OutboxHealth(relay).health().getStatus()).isEqualTo(Status.DOWN);

        database.refuseWhen(() -> false);
        add(List.of(version("a", 1)));

        await().until(() -> reader.records().size() == 1);
        await().until(() -> relay.obstacle().isEmpty());
        assertThat(new OutboxHealth(relay).health().getStatus()).isEqualTo(Status.UP);
    }

    @Test
    void an_event_that_is_too_large_is_parked_and_holds_back_nothing() {
        var large = new BillingRecord.Customer(prefix + "a", "x".repeat(2 << 20), 0, false, false, Instant.EPOCH);
        add(List.of(version("a", 1), BillingEvent.of(large, 2, Instant.EPOCH), version("a", 3), version("b", 1)));
        relay();

        await().until(() -> reader.records().size() == 3);
        await().until(() -> waiting() == 0);
        assertThat(reader.events())
                .filteredOn(event -> event.key().equals(prefix + "a"))
                .containsExactly(version("a", 1), version("a", 3));
        assertThat(database.jdbc()
                        .sql("select error from billing.outbox where error is not null")
                        .query(String.class)
                        .single())
                .contains("larger");
    }

    @Test
    void published_events_past_retention_are_deleted_in_small_steps() {
        add(LongStream.rangeClosed(1, 1_200)
                .mapToObj(version -> version("a", version))
                .toList());
        database.jdbc()
                .sql(
                        "update billing.outbox set relayed_at = clock_timestamp() - interval '8 days' where sequence <= 1100")
                .update();
        relay();

        await().until(() -> database.jdbc()
                        .sql("select count(*) from billing.outbox")
                        .query(Integer.class)
                        .single()
                == 100);
        await().until(() -> reader.records().size() == 100);
    }

    @Test
    void publishing_resumes_when_kafka_starts_late_or_recovers() {
        try (var kafka = new TestKafka()) {
            kafka.stop();
            add(List.of(version("a", 1)));
            var relay = relay(kafka.address());
            await().atMost(WHILE_KAFKA_COMES).until(() -> relay.obstacle().isPresent());

            kafka.restart();
            try (var events = new Reader(kafka.address(), prefix)) {
                await().atMost(WHILE_KAFKA_COMES).until(() -> events.records().size() == 1);
                await().until(() -> waiting() == 0);

                kafka.stop();
                add(List.of(version("a", 2), version("b", 1)));
                await().atMost(WHILE_KAFKA_COMES).until(() -> relay.obstacle().isPresent());
                add(List.of(version("a", 3)));
                kafka.restart();

                await().atMost(WHILE_KAFKA_COMES).until(() -> {
                    events.records();
                    return waiting() == 0 && events.distinct().size() == 4;
                });
                assertThat(events.distinct())
                        .filteredOn(event -> event.key().equals(prefix + "a"))
                        .containsExactly(version("a", 1), version("a", 2), version("a", 3));
                await().until(() -> relay.obstacle().isEmpty());
            }
        }
    }

    private static void isInOrder(List<BillingEvent> events, int versions) {
        var byKey = events.stream().collect(groupingBy(BillingEvent::key));
        assertThat(byKey.values()).allSatisfy(ofKey -> assertThat(ofKey.stream().map(BillingEvent::version))
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, versions).boxed().toList()));
    }

    private void killTheRelay() {
        JdbcClient.create(database.pool()).sql("""
                select pg_terminate_backend(pid) from pg_locks
                where locktype = 'advisory' and granted
                  and database = (select oid from pg_database where datname = current_database())
                """).query(row -> {});
    }

    private int waiting() {
        return database.jdbc()
                .sql("select count(*) from billing.outbox where relayed_at is null and error is null")
                .query(Integer.class)
                .single();
    }

    @Test
    void health_is_down_while_the_relay_hangs() {
        var requested = new AtomicBoolean();
        var answer = new Semaphore(0);
        var relay = relay(() -> {
            requested.set(true);
            answer.acquireUninterruptibly();
            throw new IllegalStateException("no answer");
        });
        await().untilTrue(requested);
        var health = new OutboxHealth(relay);
        assertThat(health.health().getStatus()).isEqualTo(Status.UP);

        nanos.addAndGet(Duration.ofSeconds(31).toNanos());

        assertThat(health.health().getStatus()).isEqualTo(Status.DOWN);
        assertThat(health.health().getDetails()).containsEntry("obstacle", "no progress for 31 s");
        answer.release(1_000);
    }

    private void add(List<BillingEvent> events) {
        outbox.add(events);
        outbox.wake();
    }

    private OutboxRelay relay() {
        return relay(TestKafka.bootstrapServers());
    }

    private OutboxRelay relay(String kafka) {
        return relay(new BillingKafka(KafkaConnection.at(kafka), 3)::connect);
    }

    private OutboxRelay relay(Supplier<Producer<String, byte[]>> kafka) {
        var settings = new OutboxSettings(Duration.ofMillis(50), Duration.ofDays(7));
        var relay = new OutboxRelay(
                new BillingOutbox(database.jdbc()).outbox(),
                OutboxConfiguration.lock(database.dataSource()),
                kafka,
                OutboxConfiguration.options(settings, Duration.ofSeconds(3)),
                meters,
                new Progress("outbox-relay", nanos::get));
        relays.add(relay);
        relay.start();
        return relay;
    }

    private BillingEvent version(String key, long version) {
        var customer = new BillingRecord.Customer(prefix + key, "eur", version, false, false, Instant.EPOCH);
        return BillingEvent.of(customer, version, Instant.EPOCH.plusSeconds(version));
    }
}
