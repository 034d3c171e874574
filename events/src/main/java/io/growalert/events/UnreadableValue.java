package io.growalert.events;

import org.jspecify.annotations.Nullable;

/** A record's value that cannot be read; it belongs on the dead-letter topic. */
public final class UnreadableValue extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    UnreadableValue(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
