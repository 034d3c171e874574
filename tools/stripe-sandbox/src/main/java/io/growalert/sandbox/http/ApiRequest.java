package io.growalert.sandbox.http;

import org.jspecify.annotations.Nullable;

/**
 * A request as it came.
 *
 * @param path decoded, without the query
 * @param form whether the body is a form
 */
public record ApiRequest(
        String method,
        String path,
        String query,
        String body,
        boolean form,
        @Nullable String authorization,
        @Nullable String idempotencyKey) {

    public Params params() {
        return FormParser.parse(query, form ? body : "");
    }
}
