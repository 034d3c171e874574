package io.growalert.runtime.entitlement;

import io.growalert.events.CloudEvent;
import io.growalert.events.Entitlement;
import io.growalert.events.Json;
import io.growalert.events.Topics;
import io.growalert.events.UnreadableValue;
import io.growalert.runtime.kafka.CompactedTopic;
import io.growalert.runtime.kafka.KafkaConnection;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Decides by growalert.entitlements, which it reads whole and follows. Whatever is unknown pauses nothing: a customer without a
 * readable entitlement, a topic that cannot be read to its end, and one without a heartbeat of the billing-service.
 */
public final class EntitlementTopic implements CustomerPauses, SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(EntitlementTopic.class);

    /** Without a heartbeat for this time the topic is stale; the billing-service sends one every minute. */
    static final Duration STALE_AFTER = Duration.ofMinutes(15);

    /** Results that were appended so long after the topic was read to its end are not ignored: it may have resumed their monitor. */
    static final Duration BEHIND_AFTER = Duration.ofSeconds(15);

    private final EntitlementSettings settings;
    private final InstantSource clock;
    private final CompactedTopic<Fact> topic;

    /** What the topic has under a key. */
    private sealed interface Fact {
        record OfCustomer(Entitlement entitlement) implements Fact {}

        /** @param at when the billing-service added it, and everything before was published */
        record OfService(Instant at) implements Fact {}
    }

    public EntitlementTopic(KafkaConnection connection, EntitlementSettings settings, InstantSource clock) {
        this.settings = settings;
        this.clock = clock;
        topic = new CompactedTopic<>(connection, Topics.ENTITLEMENTS, this::read, EntitlementTopic::latest, clock);
    }

    /** Null for what is no entitlement, which is as if it were absent. */
    private @Nullable Fact read(ConsumerRecord<String, byte[]> record) {
        if (Entitlement.HEARTBEAT.equals(record.key())) {
            return new Fact.OfService(sentAt(record));
        }
        if (record.value() == null) {
            return null;
        }
        try {
            return new Fact.OfCustomer(Json.read(record.value(), Entitlement.class));
        } catch (UnreadableValue e) {
            LOG.atWarn()
                    .addKeyValue("customerId", record.key())
                    .addKeyValue("partition", record.partition())
                    .addKeyValue("offset", record.offset())
                    .log("Entitlement unreadable; the customer's monitors run");
            return null;
        }
    }

    /** Of an entitlement the later one, whatever was read last; a heartbeat may be published long after it was added. */
    private static Fact latest(Fact known, Fact read) {
        return known instanceof Fact.OfCustomer(var before)
                        && read instanceof Fact.OfCustomer(var now)
                        && now.isBefore(before)
                ? known
                : read;
    }

    /** Never in the future, since it would hide for as long that no other follows. */
    private Instant sentAt(ConsumerRecord<String, byte[]> record) {
        var now = clock.instant();
        var appended = Instant.ofEpochMilli(record.timestamp());
        var sent = CloudEvent.time(record.headers()).filter(appended::isAfter).orElse(appended);
        if (sent.isAfter(now.plus(STALE_AFTER))) {
            return Instant.EPOCH;
        }
        return sent.isAfter(now) ? now : sent;
    }

    @Override
    public boolean isReady() {
        return !settings.enforce() || topic.isReady();
    }

    @Override
    public boolean isPaused(@Nullable String customer) {
        if (customer == null || !settings.enforce()) {
            return false;
        }
        var now = clock.instant();
        return isOver(customer, now) && !isStale(now) && isFollowed(now, STALE_AFTER);
    }

    @Override
    public boolean wasPaused(@Nullable String customer, Instant appended) {
        // first, since the values are as recent or more so
        return customer != null
                && settings.enforce()
                && isFollowed(appended, BEHIND_AFTER)
                && isOver(customer, appended)
                && !isStale(appended);
    }

    private boolean isOver(String customer, Instant at) {
        return fact(customer) instanceof Fact.OfCustomer(var entitlement) && entitlement.isOver(settings.grace(), at);
    }

    private boolean isStale(Instant at) {
        return !(fact(Entitlement.HEARTBEAT) instanceof Fact.OfService(var sent))
                || sent.plus(STALE_AFTER).isBefore(at);
    }

    private boolean isFollowed(Instant at, Duration limit) {
        return !topic.readUntil().plus(limit).isBefore(at);
    }

    private @Nullable Fact fact(String key) {
        return topic.values().map(all -> all.get(key)).orElse(null);
    }

    /** Why no monitor is paused although the setting demands it; empty in normal operation. */
    public Optional<String> obstacle() {
        if (!settings.enforce()) {
            return Optional.empty();
        }
        if (topic.values().isEmpty()) {
            return Optional.of("%s was not read to its end".formatted(Topics.ENTITLEMENTS));
        }
        var now = clock.instant();
        if (isStale(now)) {
            return Optional.of("%s is stale: no heartbeat of the billing-service for %d min"
                    .formatted(Topics.ENTITLEMENTS, STALE_AFTER.toMinutes()));
        }
        return isFollowed(now, STALE_AFTER)
                ? Optional.empty()
                : Optional.of("%s was not read to its end for %d min"
                        .formatted(Topics.ENTITLEMENTS, STALE_AFTER.toMinutes()));
    }

    @Override
    public void start() {
        if (settings.enforce()) {
            topic.start();
        }
    }

    @Override
    public void stop() {
        topic.stop();
    }

    @Override
    public boolean isRunning() {
        return topic.isRunning();
    }

    /** Started before what decides by it, and stopped after. */
    @Override
    public int getPhase() {
        return SmartLifecycle.DEFAULT_PHASE - 200;
    }
}
