package io.growalert.sandbox.object;

import io.growalert.sandbox.http.JsonNodes;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The time of an object in seconds: its test clock's, or the computer's. */
public final class ObjectClock {
    public static final String CLOCK = "test_helpers.test_clock";

    private final Store store;
    private final InstantSource clock;

    public ObjectClock(Store store, InstantSource clock) {
        this.store = store;
        this.clock = clock;
    }

    public long now() {
        return clock.instant().getEpochSecond();
    }

    /** The time of a customer, or of another object that may name a test clock or a customer. */
    public long of(JsonNode object) {
        var own = JsonNodes.text(object, "test_clock");
        if (own == null) {
            return ofCustomer(JsonNodes.text(object, "customer"));
        }
        var testClock = store.find(CLOCK, own);
        return testClock == null ? now() : JsonNodes.number(testClock, "frozen_time");
    }

    public long ofCustomer(@Nullable String customer) {
        var found = store.find("customer", customer);
        return found == null ? now() : of(found);
    }
}
