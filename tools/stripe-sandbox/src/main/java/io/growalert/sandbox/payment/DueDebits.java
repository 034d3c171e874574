package io.growalert.sandbox.payment;

import io.growalert.sandbox.http.JsonNodes;
import io.growalert.sandbox.object.ObjectClock;
import io.growalert.sandbox.object.Store;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** The debits that are being processed, and when each is settled. */
final class DueDebits {
    private static final String AT = "_settles_at";

    private final Store store;
    private final ObjectClock time;
    private @Nullable Map<String, Long> due;

    DueDebits(Store store, ObjectClock time) {
        this.store = store;
        this.time = time;
    }

    /** @param after null: never without a request */
    void add(ObjectNode intent, @Nullable Duration after) {
        if (after != null) {
            var at = time.now() + after.toSeconds();
            intent.put(AT, at);
            all().put(JsonNodes.id(intent), at);
        }
    }

    void remove(ObjectNode intent) {
        all().remove(JsonNodes.id(intent));
    }

    List<ObjectNode> dueNow() {
        var now = time.now();
        return List.copyOf(all().entrySet()).stream()
                .filter(each -> each.getValue() <= now)
                .map(each -> Objects.requireNonNull(store.find(Payments.KIND, each.getKey())))
                .toList();
    }

    /** With those of an earlier run, which the journal restored before the first request. */
    private Map<String, Long> all() {
        if (due == null) {
            var found = new LinkedHashMap<String, Long>();
            for (var intent : store.kind(Payments.KIND).values()) {
                if (intent.has(AT) && "processing".equals(JsonNodes.text(intent, "status"))) {
                    found.put(JsonNodes.id(intent), JsonNodes.number(intent, AT));
                }
            }
            due = found;
        }
        return due;
    }
}
