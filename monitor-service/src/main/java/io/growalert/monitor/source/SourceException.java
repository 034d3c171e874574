package io.growalert.monitor.source;

import io.growalert.events.CheckError;
import org.jspecify.annotations.Nullable;

/** A query failed. The message is shown to operators and receivers: one clear line without secrets. */
public final class SourceException extends Exception {
    private final CheckError.Kind kind;
    private final boolean alive;

    public SourceException(CheckError.Kind kind, String message) {
        this(kind, message, null);
    }

    public SourceException(CheckError.Kind kind, String message, @Nullable Throwable cause) {
        this(kind, message, cause, kind == CheckError.Kind.QUERY);
    }

    private SourceException(CheckError.Kind kind, String message, @Nullable Throwable cause, boolean alive) {
        super(message, cause);
        this.kind = kind;
        this.alive = alive;
    }

    /** The source canceled the query, which took too long: a timeout caused by the query, not by the source. */
    public static SourceException canceled(String message, @Nullable Throwable cause) {
        return new SourceException(CheckError.Kind.TIMEOUT, message, cause, true);
    }

    /** Whether the failure is an answer of the source, which proves that it is alive. */
    public boolean isAnswer() {
        return alive;
    }

    /** {@code TIMEOUT}, {@code SOURCE} (it was unreachable) or {@code QUERY} (it rejected the query). */
    public CheckError.Kind kind() {
        return kind;
    }
}
