package io.growalert.runtime.entitlement;

import io.growalert.events.Entitlement;
import io.growalert.events.Json;
import io.growalert.events.Topics;
import io.growalert.events.UnreadableValue;
import io.growalert.runtime.kafka.CompactedTopic;
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

    private final EntitlementSettings settings;
    private final InstantSource clock;
    private final CompactedTopic<Entitlement> topic;
    private volatile Instant heartbeat = Instant.EPOCH;

    public EntitlementTopic(String bootstrapServers, EntitlementSettings settings, InstantSource clock) {
        this.settings = settings;
        this.clock = clock;
        topic = new CompactedTopic<>(bootstrapServers, Topics.ENTITLEMENTS, this::read);
    }

    /** Null for what is no entitlement, which is as if it were absent. */
    private @Nullable Entitlement read(ConsumerRecord<String, byte[]> record) {
        if (Entitlement.HEARTBEAT.equals(record.key())) {
            var sent = Instant.ofEpochMilli(record.timestamp());
            heartbeat = sent.isAfter(heartbeat) ? sent : heartbeat;
            return null;
        }
        if (record.value() == null) {
            return null;
        }
        try {
            return Json.read(record.value(), Entitlement.class);
        } catch (UnreadableValue e) {
            LOG.atWarn()
                    .addKeyValue("customerId", record.key())
                    .addKeyValue("partition", record.partition())
                    .addKeyValue("offset", record.offset())
                    .log("Entitlement unreadable; the customer's monitors run");
            return null;
        }
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
        var entitlement = topic.values().map(all -> all.get(customer));
        return entitlement.isPresent() && entitlement.get().isOver(settings.grace(), now) && !isStale(now);
    }

    private boolean isStale(Instant now) {
        return Duration.between(heartbeat, now).compareTo(STALE_AFTER) > 0;
    }

    /** Why no monitor is paused although the setting demands it; empty in normal operation. */
    public Optional<String> obstacle() {
        if (!settings.enforce()) {
            return Optional.empty();
        }
        if (topic.values().isEmpty()) {
            return Optional.of("%s was not read to its end".formatted(Topics.ENTITLEMENTS));
        }
        return isStale(clock.instant())
                ? Optional.of("%s is stale: no heartbeat of the billing-service for %d min"
                        .formatted(Topics.ENTITLEMENTS, STALE_AFTER.toMinutes()))
                : Optional.empty();
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
