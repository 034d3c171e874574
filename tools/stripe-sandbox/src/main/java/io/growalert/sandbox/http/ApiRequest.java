package io.growalert.sandbox;

import org.jspecify.annotations.Nullable;

/**
 * A request as it came.
 *
 * @param path decoded, without the query
 * @param form whether the body is a form
 */
record Request(
        String method,
        String path,
        String query,
        String body,
        boolean form,
        @Nullable String authorization,
        @Nullable String idempotencyKey) {

    Params params() {
        return Form.parse(query, form ? body : "");
    }
}
