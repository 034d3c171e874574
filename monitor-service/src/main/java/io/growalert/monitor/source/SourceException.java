package io.growalert.monitor.source;

import io.growalert.events.CheckError;
import org.jspecify.annotations.Nullable;

/** A source gave no answer. The message is fit to be shown to people: it is one clear line without secrets. */
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

    /** The source answered that it canceled the query, which took too long: a timeout that only its monitor is to blame for. */
    public static SourceException canceled(String message, @Nullable Throwable cause) {
        return new SourceException(CheckError.Kind.TIMEOUT, message, cause, true);
    }

    /** Whether the failure is an answer of the source, which proves that it is alive. */
    public boolean isAnswer() {
        return alive;
    }

    /** {@code TIMEOUT}, {@code SOURCE} (it could not be asked) or {@code QUERY} (it refused the query). */
    public CheckError.Kind kind() {
        return kind;
    }
}
