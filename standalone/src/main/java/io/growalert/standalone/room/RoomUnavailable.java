package io.growalert.standalone.room;

import org.jspecify.annotations.Nullable;

/** The room example cannot run. The message is one line that says why, and what would help. */
public final class RoomUnavailable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    RoomUnavailable(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** The message, which is never absent. */
    public String reason() {
        return String.valueOf(getMessage());
    }
}
