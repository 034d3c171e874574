package io.growalert.events;

import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The built-in monitors by which GrowAlert watches itself. A service publishes their results about itself, each instance with its own
 * series; the section {@code system} of the definition files defines them and names their receivers.
 */
public enum SystemMonitor {
    PARKED_DELIVERIES("growalert-parked-deliveries", Component.DISPATCHER, Shape.PROBLEMS, "deliveries", null),
    DEAD_LETTERS("growalert-dead-letters", Component.DISPATCHER, Shape.PROBLEMS, null, null),
    LAG("growalert-lag", Component.DISPATCHER, Shape.STATE, "s", Duration.ofMinutes(1)),
    DISPATCHER_DISK("growalert-dispatcher-disk", Component.DISPATCHER, Shape.STATE, "%", null),
    DISPATCHER_OUTBOX(
            "growalert-dispatcher-outbox", Component.DISPATCHER, Shape.STATE, "events", Duration.ofMinutes(1)),
    SOURCE_CIRCUITS("growalert-source-circuits", Component.MONITOR, Shape.PROBLEMS, null, Duration.ofMinutes(1)),
    RESULT_BUFFER("growalert-result-buffer", Component.MONITOR, Shape.STATE, "%", null),
    MONITOR_DISK("growalert-monitor-disk", Component.MONITOR, Shape.STATE, "%", null),
    BILLING_OUTBOX("growalert-billing-outbox", Component.BILLING, Shape.STATE, "events", Duration.ofMinutes(1)),
    BILLING_PARKED_EVENTS("growalert-billing-parked-events", Component.BILLING, Shape.STATE, "events", null),
    BILLING_FAILED_RENEWALS("growalert-billing-failed-renewals", Component.BILLING, Shape.PROBLEMS, null, null),
    BILLING_DISPUTES("growalert-billing-disputes", Component.BILLING, Shape.PROBLEMS, null, null);

    /** The interval of the results. */
    public static final Duration EVERY = Duration.ofSeconds(30);

    /** The service that publishes the results. */
    public enum Component {
        DISPATCHER("alert-dispatcher"),
        MONITOR("monitor-service"),
        BILLING("billing-service");

        private final String text;

        Component(String text) {
            this.text = text;
        }

        /** Such as {@code alert-dispatcher}. */
        public String text() {
            return text;
        }
    }

    /** What the series of a result are. */
    public enum Shape {
        /** One of each instance, or one of the service, in every result: without it, the publisher is dead. */
        STATE,
        /** Problems only, of which there may be none: one that is absent passed. */
        PROBLEMS
    }

    private static final Set<String> IDS =
            Arrays.stream(values()).map(SystemMonitor::id).collect(Collectors.toUnmodifiableSet());

    private final String id;
    private final Component component;
    private final Shape shape;
    private final @Nullable String unit;
    private final @Nullable Duration failingFor;

    SystemMonitor(String id, Component component, Shape shape, @Nullable String unit, @Nullable Duration failingFor) {
        this.id = id;
        this.component = component;
        this.shape = shape;
        this.unit = unit;
        this.failingFor = failingFor;
    }

    /** Whether a system monitor has this id. */
    public static boolean isId(String id) {
        return IDS.contains(id);
    }

    /** The monitor's id, which no other monitor may have where the section {@code system} is used. */
    public String id() {
        return id;
    }

    public Component component() {
        return component;
    }

    public Shape shape() {
        return shape;
    }

    public @Nullable String unit() {
        return unit;
    }

    /** How long a series must fail until it fires; null for at once. */
    public @Nullable Duration failingFor() {
        return failingFor;
    }
}
