package io.growalert.billing.outbox;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.growalert.events.BillingEvent;
import io.growalert.events.CloudEvent;
import io.growalert.events.Entitlement;
import io.growalert.events.Ids;
import io.growalert.events.Json;
import io.growalert.events.Topics;
import io.growalert.runtime.outbox.Outbox;
import io.growalert.runtime.outbox.OutboxEvent;
import io.growalert.runtime.outbox.OutboxRow;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The outbox of growalert.billing and growalert.entitlements, {@code billing.outbox}; the type of an event decides its topic. */
public final class BillingOutbox {
    private static final String SOURCE = "/growalert/billing-service";
    private static final String ENTITLEMENT = "entitlement.changed";
    private static final String HEARTBEAT = "entitlement.heartbeat";

    private static final Duration MOST_BEHIND = Duration.ofMinutes(1);

    private final JdbcClient jdbc;
    private final Outbox outbox;

    public BillingOutbox(JdbcClient jdbc) {
        this.jdbc = jdbc;
        outbox = new Outbox(jdbc, "billing.outbox");
    }

    /**
     * Adds these events in this order, in the current transaction, which must have locked their keys, or another transaction
     * could get between. Call {@link #wake} after the commit.
     *
     * @throws org.springframework.dao.DuplicateKeyException when one of the events was added before
     */
    public void add(List<BillingEvent> events) {
        outbox.add(events.stream().map(BillingOutbox::event).toList());
    }

    /**
     * As {@link #add}, the entitlements of customers.
     *
     * @throws org.springframework.dao.DuplicateKeyException when one of the versions was added before
     */
    public void addEntitlements(List<Entitlement> changed) {
        outbox.add(changed.stream()
                .map(entitlement -> new OutboxEvent(
                        Ids.entitlement(entitlement.customer(), entitlement.version()),
                        entitlement.customer(),
                        ENTITLEMENT,
                        entitlement.customer(),
                        entitlement.asOf(),
                        new String(Json.write(entitlement), UTF_8)))
                .toList());
    }

    // of either kind what waits, and what is parked of the entitlements
    private static final String BEHIND = """
            select exists (select from billing.outbox
                           where relayed_at is null and error is null and type in ('entitlement.changed', 'entitlement.heartbeat')
                             and created_at < clock_timestamp() - :most * interval '1 millisecond')
                or exists (select from billing.outbox where error is not null and type = 'entitlement.changed')
            """;

    /**
     * Adds a record by which consumers of the entitlements know that those that were added a minute before its time are published. None
     * while that is not so.
     */
    void addHeartbeat(Instant now) {
        boolean isBehind = jdbc.sql(BEHIND)
                .param("most", MOST_BEHIND.toMillis())
                .query(Boolean.class)
                .single();
        if (isBehind) {
            return;
        }
        outbox.add(List.of(new OutboxEvent(
                Entitlement.HEARTBEAT + "/" + now, Entitlement.HEARTBEAT, HEARTBEAT, Entitlement.HEARTBEAT, now, "")));
    }

    private static OutboxEvent event(BillingEvent event) {
        return new OutboxEvent(
                event.id(),
                event.key(),
                event.type(),
                event.record().id(),
                event.asOf(),
                new String(Json.write(event), UTF_8));
    }

    /** The relay publishes at once, rather than at its next poll. */
    public void wake() {
        outbox.wake();
    }

    Outbox outbox() {
        return outbox;
    }

    static ProducerRecord<String, byte[]> message(OutboxRow row) {
        var body = row.body().getBytes(UTF_8);
        return switch (row.type()) {
            case ENTITLEMENT -> message(row, Topics.ENTITLEMENTS, CloudEvent.ENTITLEMENT_CHANGED, body);
            case HEARTBEAT -> message(row, Topics.ENTITLEMENTS, CloudEvent.HEARTBEAT, null);
            default -> message(row, Topics.BILLING, CloudEvent.BILLING + row.type(), body);
        };
    }

    private static ProducerRecord<String, byte[]> message(
            OutboxRow row, String topic, String type, byte @Nullable [] value) {
        var headers = new CloudEvent(row.id(), SOURCE, type, row.subject(), row.time()).headers();
        return new ProducerRecord<>(topic, null, row.key(), value, headers);
    }

    /**
     * The latest event of a record, published or not.
     *
     * @param kind such as {@code device_order}
     */
    public record Latest(String kind, @Nullable String customer, long version) {}

    private static final String LATEST = """
            select split_part(max(type), '.', 1) as kind, nullif(max(key), subject) as customer,
                   max((body::jsonb ->> 'version')::bigint) as version
            from billing.outbox where subject = :record and type not like 'entitlement.%' group by subject
            """;

    public Optional<Latest> latest(String record) {
        return jdbc.sql(LATEST)
                .param("record", record)
                .query((row, n) -> new Latest(row.getString("kind"), row.getString("customer"), row.getLong("version")))
                .optional();
    }
}
