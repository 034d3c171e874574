package io.growalert.sandbox.clock;

import io.growalert.sandbox.http.JsonNodes;
import io.growalert.sandbox.object.ObjectClock;
import io.growalert.sandbox.object.Store;
import io.growalert.sandbox.subscription.SubscriptionLifecycle;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Lets subscriptions do what is due, in the order in which it is due. */
public final class Clockwork {
    private final Store store;
    private final ObjectClock time;
    private final SubscriptionLifecycle lives;
    private long last = Long.MIN_VALUE;

    public Clockwork(Store store, ObjectClock time, SubscriptionLifecycle lives) {
        this.store = store;
        this.time = time;
        this.lives = lives;
    }

    /** Everybody's time has passed. Looks once a second; under the lock. */
    public void tick() {
        var now = time.now();
        if (now == last) {
            return;
        }
        last = now;
        Predicate<ObjectNode> free = subscription -> JsonNodes.isNull(subscription, "test_clock");
        for (var next = next(free, now); next != null; next = next(free, now)) {
            lives.act(next);
        }
    }

    /**
     * The subscription that is due first.
     *
     * @param until in seconds, inclusive
     * @return null when none is due by then
     */
    @Nullable
    ObjectNode next(Predicate<ObjectNode> which, long until) {
        ObjectNode first = null;
        var earliest = Long.MAX_VALUE;
        for (var subscription : store.kind(SubscriptionLifecycle.KIND).values()) {
            // one that went with its test clock has no life left
            var live = !JsonNodes.flag(subscription, "deleted") && which.test(subscription);
            var due = live ? lives.due(subscription) : Long.MAX_VALUE;
            if (due <= until && due < earliest) {
                first = subscription;
                earliest = due;
            }
        }
        return first;
    }
}
