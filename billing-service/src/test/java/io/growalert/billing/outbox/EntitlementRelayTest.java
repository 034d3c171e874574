package io.growalert.billing.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.growalert.billing.TestDatabase;
import io.growalert.events.BillingEvent;
import io.growalert.events.BillingRecord;
import io.growalert.events.CloudEvent;
import io.growalert.events.Entitlement;
import io.growalert.events.Json;
import io.growalert.events.Topics;
import io.growalert.runtime.kafka.KafkaConnection;
import io.growalert.runtime.loop.Progress;
import io.growalert.runtime.outbox.OutboxRelay;
import io.growalert.testkit.TestKafka;
import io.growalert.testkit.TopicReader;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Entitlements on their topic, from the outbox of all billing events. */
class EntitlementRelayTest {
    private static final String CUSTOMER = "cus_EntitlementRelayTest";
    private static final Instant AT = Instant.parse("2026-11-20T10:00:00Z");

    @Test
    void entitlements_and_heartbeats_are_published_to_their_topic_and_billing_events_to_theirs() {
        try (var database = TestDatabase.migrated();
                var entitlements = new TopicReader(TestKafka.bootstrapServers(), Topics.ENTITLEMENTS)) {
            var outbox = new BillingOutbox(database.jdbc());
            var first = new Entitlement(CUSTOMER, 1, AT, "active", true, AT.plusSeconds(60));
            var second = new Entitlement(CUSTOMER, 2, AT, "canceled", false, AT);
            var customer = new BillingRecord.Customer(CUSTOMER, "eur", 0, false, false, AT);
            outbox.addEntitlements(List.of(first));
            outbox.add(List.of(BillingEvent.of(customer, 1, AT)));
            outbox.addEntitlements(List.of(second));
            outbox.addHeartbeat(AT);
            var relay = relay(outbox, database);
            relay.start();
            try {
                await().untilAsserted(() -> assertThat(entitlements.records())
                        .filteredOn(record -> record.key().equals(CUSTOMER))
                        .extracting(record -> Json.read(record.value(), Entitlement.class))
                        .containsExactly(first, second));
                await().untilAsserted(() -> assertThat(entitlements.records())
                        .filteredOn(record -> record.key().equals(Entitlement.HEARTBEAT))
                        .isNotEmpty()
                        .allSatisfy(record -> {
                            assertThat(record.value()).isNull();
                            assertThat(Reader.header(record, "ce_type")).isEqualTo(CloudEvent.HEARTBEAT);
                        }));
            } finally {
                relay.stop();
            }
            assertThat(entitlements.records())
                    .filteredOn(record -> record.key().equals(CUSTOMER))
                    .allSatisfy(record -> {
                        assertThat(Reader.header(record, "ce_type")).isEqualTo(CloudEvent.ENTITLEMENT_CHANGED);
                        assertThat(Reader.header(record, "ce_subject")).isEqualTo(CUSTOMER);
                    });
            try (var reader = new Reader(TestKafka.bootstrapServers(), CUSTOMER)) {
                await().untilAsserted(() -> assertThat(reader.events()).hasSize(1));
            }
            assertThat(outbox.latest(CUSTOMER)).hasValueSatisfying(latest -> {
                assertThat(latest.kind()).isEqualTo("customer");
                assertThat(latest.version()).isOne();
            });
        }
    }

    @Test
    void no_heartbeat_is_added_while_an_entitlement_waits_for_a_minute_or_is_parked() {
        try (var database = TestDatabase.migrated()) {
            var outbox = new BillingOutbox(database.jdbc());
            outbox.addEntitlements(List.of(new Entitlement(CUSTOMER, 1, AT, "active", true, AT)));
            outbox.addHeartbeat(AT);
            assertThat(heartbeats(database)).isOne();

            set(database, "created_at = clock_timestamp() - interval '61 s'");
            outbox.addHeartbeat(AT.plusSeconds(60));
            assertThat(heartbeats(database)).isOne();
            set(database, "relayed_at = clock_timestamp()");
            outbox.addHeartbeat(AT.plusSeconds(120));
            assertThat(heartbeats(database)).isEqualTo(2);
            set(database, "relayed_at = null, error = 'too large'");
            outbox.addHeartbeat(AT.plusSeconds(180));

            assertThat(heartbeats(database)).isEqualTo(2);
        }
    }

    private static long heartbeats(TestDatabase database) {
        return database.jdbc()
                .sql("select count(*) from billing.outbox where type = 'entitlement.heartbeat'")
                .query(Long.class)
                .single();
    }

    private static void set(TestDatabase database, String change) {
        database.jdbc()
                .sql("update billing.outbox set %s where type = 'entitlement.changed'".formatted(change))
                .update();
    }

    private static OutboxRelay relay(BillingOutbox outbox, TestDatabase database) {
        var settings = new OutboxSettings(Duration.ofMillis(50), Duration.ofDays(7));
        return new OutboxRelay(
                outbox.outbox(),
                OutboxConfiguration.lock(database.dataSource()),
                new BillingKafka(KafkaConnection.at(TestKafka.bootstrapServers()), 3)::connect,
                OutboxConfiguration.options(settings, Duration.ofSeconds(30)),
                new SimpleMeterRegistry(),
                new Progress("outbox-relay"));
    }
}
