package io.growalert.sandbox.object;

import io.growalert.sandbox.http.ApiCall;
import io.growalert.sandbox.http.JsonNodes;
import java.time.InstantSource;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Emits an event for every change: the object after it, and the previous values of what changed. */
public final class EventLog {
    public static final String API_VERSION = "2026-07-29.dahlia";

    private final Store store;
    private final InstantSource clock;
    private @Nullable Consumer<ObjectNode> sink;
    private @Nullable ApiCall cause;

    public EventLog(Store store, InstantSource clock) {
        this.store = store;
        this.clock = clock;
    }

    /**
     * From now on each new event is passed to the sink too, under the lock, with {@code pending_webhooks} 1. The sink sets
     * that to 0 and saves the event once it is delivered: until then {@code delivery_success=false} lists it.
     */
    public void deliverTo(Consumer<ObjectNode> sink) {
        this.sink = sink;
    }

    /** The request that causes the next events; null when time passing does. */
    public void causedBy(@Nullable ApiCall cause) {
        this.cause = cause;
    }

    /** Stores a new object and emits its event. */
    public ObjectNode created(ObjectNode object, String type) {
        store.save(object);
        emit(type, object, null);
        return object;
    }

    /** Changes an object and emits an event with the previous values; emits none when nothing visible changed. */
    public void changed(ObjectNode object, String type, Consumer<ObjectNode> change) {
        var before = JsonNodes.shown(object);
        change.accept(object);
        store.save(object);
        var previous = JsonNodes.previous(before, JsonNodes.shown(object));
        if (previous != null) {
            emit(type, object, type.endsWith(".updated") || type.equals("charge.refunded") ? previous : null);
        }
    }

    public ObjectNode emit(String type, ObjectNode object, @Nullable ObjectNode previousAttributes) {
        var event = JsonNodes.object();
        event.put("id", ObjectIds.next("evt"));
        event.put("object", "event");
        event.put("api_version", API_VERSION);
        event.put("created", clock.instant().getEpochSecond());
        var data = event.putObject("data");
        data.set("object", JsonNodes.shown(object));
        if (previousAttributes != null) {
            data.set("previous_attributes", previousAttributes);
        }
        event.put("livemode", false);
        event.put("pending_webhooks", sink == null ? 0 : 1);
        var request = event.putObject("request");
        request.put("id", cause == null ? null : cause.requestId());
        request.put("idempotency_key", cause == null ? null : cause.idempotencyKey());
        event.put("type", type);
        store.save(event);
        if (sink != null) {
            sink.accept(event);
        }
        return event;
    }
}
