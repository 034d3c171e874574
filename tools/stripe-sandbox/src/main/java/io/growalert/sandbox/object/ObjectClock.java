package io.growalert.sandbox;

import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The time that an object lives in, in seconds: its test clock's, or everybody's. */
final class Time {
    static final String CLOCK = "test_helpers.test_clock";

    private final Store store;
    private final InstantSource clock;

    Time(Store store, InstantSource clock) {
        this.store = store;
        this.clock = clock;
    }

    long now() {
        return clock.instant().getEpochSecond();
    }

    /** The time of a customer, or of anything else that may name a test clock or a customer. */
    long of(JsonNode object) {
        var own = Json.text(object, "test_clock");
        if (own == null) {
            return ofCustomer(Json.text(object, "customer"));
        }
        var testClock = store.find(CLOCK, own);
        return testClock == null ? now() : Json.number(testClock, "frozen_time");
    }

    long ofCustomer(@Nullable String customer) {
        var found = store.find("customer", customer);
        return found == null ? now() : of(found);
    }
}
