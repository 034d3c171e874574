package io.growalert.dispatcher.pause;

import io.growalert.events.Json;
import io.growalert.events.MonitorDefinition;
import io.growalert.events.Topics;
import io.growalert.events.UnreadableValue;
import io.growalert.runtime.entitlement.CustomerPauses;
import io.growalert.runtime.entitlement.EntitlementSettings;
import io.growalert.runtime.kafka.CompactedTopic;
import io.growalert.runtime.kafka.KafkaConnection;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;

/** The paused monitors of all partitions, by the customers that their definitions name. */
public final class PausedMonitors implements Pausing, SmartLifecycle {
    static final Duration PATIENCE = Duration.ofSeconds(10);

    private final CustomerPauses pauses;
    private final boolean enforced;
    /** Only monitors with a customer. */
    private final CompactedTopic<String> customers;

    private final LongSupplier nanoTime;
    private volatile @Nullable Long startedAt;

    public PausedMonitors(KafkaConnection connection, EntitlementSettings settings, CustomerPauses pauses) {
        this(connection, settings, pauses, System::nanoTime);
    }

    PausedMonitors(
            KafkaConnection connection, EntitlementSettings settings, CustomerPauses pauses, LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.pauses = pauses;
        this.enforced = settings.enforce();
        this.customers = new CompactedTopic<>(connection, Topics.MONITORS, PausedMonitors::customer);
    }

    /** Null for a monitor without one, and for what is no definition. */
    private static @Nullable String customer(ConsumerRecord<String, byte[]> record) {
        if (record.value() == null) {
            return null;
        }
        try {
            return Json.read(record.value(), MonitorDefinition.class).customer();
        } catch (UnreadableValue | StackOverflowError e) {
            // the alert state reports it
            return null;
        }
    }

    @Override
    public boolean isReady() {
        return !enforced || isPatienceOver() || (pauses.isReady() && customers.isReady());
    }

    /** Also without a broker: what waits for an answer is in the database, and must not wait for Kafka. */
    private boolean isPatienceOver() {
        var started = startedAt;
        return started != null && nanoTime.getAsLong() - started > PATIENCE.toNanos();
    }

    @Override
    public boolean isPaused(String monitor) {
        return enforced && pauses.isPaused(byMonitor().get(monitor));
    }

    @Override
    public Set<String> monitors() {
        return enforced
                ? byMonitor().entrySet().stream()
                        .filter(entry -> pauses.isPaused(entry.getValue()))
                        .map(Map.Entry::getKey)
                        .collect(Collectors.toSet())
                : Set.of();
    }

    private Map<String, String> byMonitor() {
        return customers.values().orElse(Map.of());
    }

    /** Why the monitor is paused, as operators see it; null when it is not. */
    public @Nullable String reason(String monitor) {
        return isPaused(monitor) ? CustomerPauses.REASON : null;
    }

    @Override
    public void start() {
        if (enforced) {
            startedAt = nanoTime.getAsLong();
            customers.start();
        }
    }

    @Override
    public void stop() {
        customers.stop();
    }

    @Override
    public boolean isRunning() {
        return customers.isRunning();
    }

    /** Started before what decides by it, and stopped after. */
    @Override
    public int getPhase() {
        return SmartLifecycle.DEFAULT_PHASE - 200;
    }
}
