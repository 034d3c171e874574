package io.growalert.sandbox.http;

import org.jspecify.annotations.Nullable;

/** What stands around the work of each request, to disturb it. */
public interface CallFilter {

    /** Before any work, outside the lock, so it may wait. An answer ends the request here and is not remembered under its key. */
    default @Nullable ApiResponse before(ApiCall call) {
        return null;
    }

    /** After the work and under the lock, so it must not wait: what is answered, and remembered under the request's key, instead. */
    default ApiResponse after(ApiCall call, ApiResponse answer) {
        return answer;
    }
}
