package io.growalert.sandbox.fault;

import org.jspecify.annotations.Nullable;

/**
 * What a fault applies to.
 *
 * @param method the HTTP method of a request; null: any. Webhooks have none
 * @param prefix how a request's path begins ({@code /v1/charges}), or a webhook's event type ({@code invoice.}); empty: any
 * @param next so many matching requests or events, then the fault is over; 0: until it is cleared
 * @param share the part of the matching ones that it hits, above 0 and up to 1
 */
public record When(@Nullable String method, String prefix, int next, double share) {
    /** Everything, until it is cleared. */
    public static final When ALWAYS = new When(null, "", 0, 1);

    public When {
        if (next < 0) {
            throw new IllegalArgumentException("next must not be negative, but is " + next);
        }
        if (!(share > 0 && share <= 1)) {
            throw new IllegalArgumentException("share must be above 0 and at most 1, not " + share);
        }
    }

    /** The next so many of everything. */
    public static When next(int count) {
        return ALWAYS.times(count);
    }

    /** Requests with this method whose path begins so. */
    public When on(String method, String path) {
        return new When(method, path, next, share);
    }

    /** Events whose type begins so. */
    public When ofType(String type) {
        return new When(null, type, next, share);
    }

    public When times(int count) {
        return new When(method, prefix, count, share);
    }

    public When share(double part) {
        return new When(method, prefix, next, part);
    }

    boolean fits(@Nullable String actualMethod, String actual) {
        return (method == null || method.equals(actualMethod)) && actual.startsWith(prefix);
    }
}
