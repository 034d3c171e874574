package io.growalert.monitor.source;

import io.growalert.events.CheckError;
import org.jspecify.annotations.Nullable;

/** A source gave no answer. The message is fit to be shown to people: it is one clear line without secrets. */
public final class SourceException extends Exception {
    private final CheckError.Kind kind;

    public SourceException(CheckError.Kind kind, String message) {
        this(kind, message, null);
    }

    public SourceException(CheckError.Kind kind, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    /** {@code TIMEOUT}, {@code SOURCE} (it could not be asked) or {@code QUERY} (it refused the query). */
    public CheckError.Kind kind() {
        return kind;
    }
}
