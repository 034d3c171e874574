package io.growalert.sandbox.server;

import io.growalert.sandbox.http.ApiCall;
import io.growalert.sandbox.http.ApiError;
import io.growalert.sandbox.http.ApiResponse;
import io.growalert.sandbox.http.ApiRoutes;
import io.growalert.sandbox.http.JsonNodes;
import io.growalert.sandbox.object.ObjectIds;
import io.growalert.sandbox.object.Store;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.node.ObjectNode;

/** Restricted keys, {@code rk_test_...}, which are stored like other objects, and what was requested with each since the start. */
public final class RestrictedKeys {
    private static final String KIND = "sandbox.restricted_key";
    private static final String PREFIX = "rk_test_";

    private final Store store;
    private final Map<String, Usage> usages = new ConcurrentHashMap<>();

    public RestrictedKeys(Store store) {
        this.store = store;
    }

    /** The requests with a key, and the rights that they needed: those that it has, and those that it lacks. */
    private record Usage(Set<String> requests, Set<String> used, Set<String> refused) {
        Usage() {
            this(ConcurrentHashMap.newKeySet(), ConcurrentHashMap.newKeySet(), ConcurrentHashMap.newKeySet());
        }
    }

    public void routes(ApiRoutes routes) {
        routes.open("GET", "/sandbox/keys", _ -> ApiResponse.json(200, all()));
        routes.open(
                "POST",
                "/sandbox/keys",
                call -> ApiResponse.json(200, shown(store.get(KIND, create(rights(call.body()))))));
        routes.open("DELETE", "/sandbox/keys/{id}", call -> {
            revoke(call.id());
            return ApiResponse.json(200, all());
        });
    }

    /**
     * Issues a key.
     *
     * @param rights such as {@code rak_customer_write}, which includes {@code rak_customer_read}
     * @throws ApiError 400 for a name that is no right
     */
    public String create(Collection<String> rights) {
        for (var right : rights) {
            if (!KeyRights.isName(right)) {
                throw ApiError.invalid("Invalid right '%s': expected such as rak_customer_read.".formatted(right))
                        .param("rights");
            }
        }
        return store.locked(() -> {
            var key = JsonNodes.object();
            key.put("id", PREFIX + ObjectIds.random(24));
            key.put("object", KIND);
            var list = key.putArray("rights");
            new TreeSet<>(rights).forEach(list::add);
            return JsonNodes.id(store.save(key));
        });
    }

    /** From now on requests with the key are refused as unknown. */
    public void revoke(String key) {
        store.locked(() -> store.save(store.get(KIND, key).put("deleted", true)));
    }

    /** The rights that requests with the key needed and had, as they needed them: read where read sufficed. */
    public Set<String> used(String key) {
        return new TreeSet<>(usage(key).used());
    }

    /** The rights for lack of which requests with the key were refused. */
    public Set<String> refused(String key) {
        return new TreeSet<>(usage(key).refused());
    }

    /** The kinds of requests with the key, permitted or not, such as {@code POST /v1/payment_intents/{id}/confirm}. */
    public Set<String> requests(String key) {
        return new TreeSet<>(usage(key).requests());
    }

    boolean isKnown(String key) {
        return store.locked(() -> {
            var found = store.find(KIND, key);
            return found != null && !JsonNodes.flag(found, "deleted");
        });
    }

    /** @throws ApiError 403, which names the first right that the request needs and the key lacks */
    void check(String key, ApiCall call) {
        usage(key).requests().add(request(call));
        var granted = Set.copyOf(store.locked(() -> rights(store.get(KIND, key))));
        for (var needed : KeyRights.neededBy(call)) {
            if (!KeyRights.permits(granted, needed)) {
                usage(key).refused().add(needed);
                throw ApiError.permission(
                        ("The provided key '%s' does not have the required permissions for this endpoint on account"
                                        + " 'acct_sandbox'. Having the '%s' permission would allow this request to continue.")
                                .formatted(ApiKeys.hidden(key), needed));
            }
            usage(key).used().add(needed);
        }
    }

    private static String request(ApiCall call) {
        var path = call.path();
        for (var variable : call.variables().entrySet()) {
            path = path.replace(variable.getValue(), "{%s}".formatted(variable.getKey()));
        }
        return "%s %s".formatted(call.method(), path);
    }

    private Usage usage(String key) {
        return usages.computeIfAbsent(key, _ -> new Usage());
    }

    private ObjectNode all() {
        var all = JsonNodes.object();
        var list = all.putArray("keys");
        store.all(KIND).stream().filter(key -> !JsonNodes.flag(key, "deleted")).forEach(key -> list.add(shown(key)));
        return all;
    }

    private ObjectNode shown(ObjectNode key) {
        var id = JsonNodes.id(key);
        var shown = JsonNodes.object().put("key", id);
        shown.set("rights", key.path("rights"));
        var used = shown.putArray("used");
        used(id).forEach(used::add);
        var refused = shown.putArray("refused");
        refused(id).forEach(refused::add);
        return shown;
    }

    private static List<String> rights(String json) {
        try {
            if (JsonNodes.MAPPER.readTree(json) instanceof ObjectNode body
                    && body.path("rights").isArray()) {
                return rights(body);
            }
        } catch (JacksonException _) {
            // reported below, since the message quotes the body
        }
        throw ApiError.invalid("A key is a JSON object such as {\"rights\": [\"rak_customer_read\"]}.");
    }

    private static List<String> rights(ObjectNode key) {
        var rights = new ArrayList<String>();
        key.path("rights").forEach(right -> rights.add(right.asString("")));
        return rights;
    }
}
