package io.growalert.sandbox.server;

import io.growalert.sandbox.http.ApiCall;
import io.growalert.sandbox.http.ApiError;
import io.growalert.sandbox.http.ApiResponse;
import io.growalert.sandbox.http.JsonNodes;
import io.growalert.sandbox.object.Store;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Stores the response to each idempotency key for 24 hours, as an object of its own kind in the store. */
final class Idempotency {
    private static final String KIND = "sandbox.idempotency_key";
    private static final Duration KEPT = Duration.ofHours(24);

    private final Store store;
    private final Set<String> inUse = ConcurrentHashMap.newKeySet();

    Idempotency(Store store) {
        this.store = store;
    }

    /**
     * Acquires the key for a request.
     *
     * @throws ApiError 409 when another request with it is under way; 400 when it is too long
     */
    void enter(String key) {
        if (key.length() > 255) {
            throw ApiError.idempotency("The idempotency key must not be longer than 255 characters.");
        }
        if (!inUse.add(key)) {
            throw ApiError.keyInUse(key);
        }
    }

    void leave(String key) {
        inUse.remove(key);
    }

    /**
     * The stored response to the same request; null for the first.
     *
     * @param now in seconds
     * @throws ApiError 400 when it is another request with the same key
     */
    @Nullable
    ApiResponse replay(String key, ApiCall call, long now) {
        var kept = kept(key, now);
        if (kept == null) {
            return null;
        }
        if (!fingerprint(call).equals(JsonNodes.text(kept, "_request"))) {
            throw ApiError.idempotency(
                    "Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '%s' if you meant to execute a different request."
                            .formatted(key));
        }
        return ApiResponse.text(
                        (int) JsonNodes.number(kept, "_status"), "application/json", JsonNodes.textOf(kept, "_body"))
                .with("Idempotent-Replayed", "true")
                .with("Original-Request", JsonNodes.textOf(kept, "_request_id"));
    }

    void remember(String key, ApiCall call, ApiResponse answer, long now) {
        var kept = JsonNodes.object();
        kept.put("id", id(key));
        kept.put("object", KIND);
        kept.put("created", now);
        kept.put("_request", fingerprint(call));
        kept.put("_request_id", call.requestId());
        kept.put("_status", answer.status());
        kept.put("_body", answer.body());
        store.save(kept);
    }

    private @Nullable ObjectNode kept(String key, long now) {
        var kept = store.find(KIND, id(key));
        return kept == null || JsonNodes.number(kept, "created") + KEPT.toSeconds() < now ? null : kept;
    }

    private static String id(String key) {
        return "key:" + key;
    }

    private static String fingerprint(ApiCall call) {
        return "%s %s %s".formatted(call.method(), call.path(), call.params().fingerprint());
    }
}
