package io.growalert.sandbox.clock;

import io.growalert.sandbox.http.ApiCall;
import io.growalert.sandbox.http.ApiError;
import io.growalert.sandbox.http.JsonNodes;
import io.growalert.sandbox.object.EventLog;
import io.growalert.sandbox.object.ObjectClock;
import io.growalert.sandbox.object.ObjectIds;
import io.growalert.sandbox.object.ResourceRoutes;
import io.growalert.sandbox.object.Store;
import io.growalert.sandbox.object.Templates;
import io.growalert.sandbox.subscription.SubscriptionLifecycle;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Test clocks: a separate time for the customers that are created under them. */
public final class TestClockResource {
    private static final String KIND = ObjectClock.CLOCK;

    private final Store store;
    private final EventLog events;
    private final ObjectClock time;
    private final Clockwork clockwork;
    private final SubscriptionLifecycle lives;

    public TestClockResource(
            Store store, EventLog events, ObjectClock time, Clockwork clockwork, SubscriptionLifecycle lives) {
        this.store = store;
        this.events = events;
        this.time = time;
        this.clockwork = clockwork;
        this.lives = lives;
    }

    public void routes(ResourceRoutes endpoints) {
        endpoints.post("/v1/test_helpers/test_clocks", "frozen_time name", call -> {
            var params = call.params();
            params.require("frozen_time");
            var clock = Templates.of(KIND, ObjectIds.next("clock"), time.now());
            clock.put("deletes_after", time.now() + Duration.ofDays(30).toSeconds());
            clock.put("frozen_time", params.number("frozen_time"));
            clock.put("name", params.text("name"));
            return events.created(clock, "test_helpers.test_clock.created");
        });
        endpoints.list("/v1/test_helpers/test_clocks", KIND, "", _ -> _ -> true);
        endpoints.get("/v1/test_helpers/test_clocks/{id}", call -> store.get(KIND, call.id()));
        endpoints.post("/v1/test_helpers/test_clocks/{id}/advance", "frozen_time", this::advance);
        endpoints.delete("/v1/test_helpers/test_clocks/{id}", "", this::delete);
    }

    /** Stripe responds before it has advanced; here everything has happened before the response. */
    private ObjectNode advance(ApiCall call) {
        var clock = store.get(KIND, call.id());
        call.params().require("frozen_time");
        var target = call.params().number("frozen_time", 0);
        if (target <= JsonNodes.number(clock, "frozen_time")) {
            throw ApiError.invalid("The frozen time must be after the test clock's current frozen time.")
                    .param("frozen_time");
        }
        clock.put("status", "advancing");
        clock.putObject("status_details").putObject("advancing").put("target_frozen_time", target);
        store.save(clock);
        events.emit("test_helpers.test_clock.advancing", clock, null);
        var advancing = clock.deepCopy();
        for (var next = next(clock, target); next != null; next = next(clock, target)) {
            clock.put("frozen_time", Math.max(JsonNodes.number(clock, "frozen_time"), lives.due(next)));
            lives.act(next);
        }
        clock.put("frozen_time", target).put("status", "ready");
        clock.putObject("status_details");
        store.save(clock);
        events.emit("test_helpers.test_clock.ready", clock, null);
        return advancing;
    }

    private @Nullable ObjectNode next(ObjectNode clock, long target) {
        var id = JsonNodes.id(clock);
        return clockwork.next(subscription -> id.equals(JsonNodes.text(subscription, "test_clock")), target);
    }

    private ObjectNode delete(ApiCall call) {
        var clock = store.get(KIND, call.id());
        for (var kind : new String[] {SubscriptionLifecycle.KIND, "customer"}) {
            for (var object : store.all(kind)) {
                if (call.id().equals(JsonNodes.text(object, "test_clock"))) {
                    gone(object);
                }
            }
        }
        events.emit("test_helpers.test_clock.deleted", clock, null);
        return gone(clock);
    }

    private ObjectNode gone(ObjectNode object) {
        var deleted = JsonNodes.object();
        deleted.set("id", object.path("id"));
        deleted.set("object", object.path("object"));
        deleted.put("deleted", true);
        return store.save(deleted);
    }
}
