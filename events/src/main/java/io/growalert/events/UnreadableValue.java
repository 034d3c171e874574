package io.growalert.events;

import org.jspecify.annotations.Nullable;

/** A record's value that cannot be parsed; the record is dead-lettered. */
public final class UnreadableValue extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    UnreadableValue(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
