package io.growalert.sandbox.clock;

import io.growalert.sandbox.http.JsonNodes;
import io.growalert.sandbox.object.ObjectClock;
import io.growalert.sandbox.object.Store;
import io.growalert.sandbox.payment.Payments;
import io.growalert.sandbox.subscription.SubscriptionLifecycle;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Runs what is due because time passed: debits of bank accounts, and the steps of subscriptions in the order in which they are due. */
public final class Clockwork {
    private final Store store;
    private final ObjectClock time;
    private final SubscriptionLifecycle lives;
    private final Payments payments;
    private long last = Long.MIN_VALUE;

    public Clockwork(Store store, ObjectClock time, SubscriptionLifecycle lives, Payments payments) {
        this.store = store;
        this.time = time;
        this.lives = lives;
        this.payments = payments;
    }

    /** Runs what is due on the computer's clock, at most once a second; under the lock. */
    public void tick() {
        var now = time.now();
        if (now == last) {
            return;
        }
        last = now;
        payments.settleDue();
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
            // deleted with its test clock
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
