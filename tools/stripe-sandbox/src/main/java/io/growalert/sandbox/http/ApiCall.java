package io.growalert.sandbox.http;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request that found its route.
 *
 * @param variables of the route's path, by name
 * @param params of the query and the form
 * @param body as it came, for routes whose body is no form
 * @param publishable whether it came with the publishable key, as from a browser
 */
public record ApiCall(
        String method,
        String path,
        Map<String, String> variables,
        Params params,
        String body,
        String requestId,
        @Nullable String idempotencyKey,
        boolean publishable) {

    /** The id in the path. */
    public String id() {
        var id = variables.get("id");
        if (id == null) {
            throw new IllegalStateException("the route of " + path + " has no {id}");
        }
        return id;
    }
}
