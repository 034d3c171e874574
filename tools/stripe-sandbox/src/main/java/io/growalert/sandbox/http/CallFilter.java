package io.growalert.sandbox;

import org.jspecify.annotations.Nullable;

/** What stands around the work of each request, to disturb it. */
interface Filter {

    /** Before any work, outside the lock, so it may wait. An answer ends the request here and is not remembered under its key. */
    default @Nullable Answer before(Call call) {
        return null;
    }

    /** After the work and under the lock, so it must not wait: what is answered, and remembered under the request's key, instead. */
    default Answer after(Call call, Answer answer) {
        return answer;
    }
}
