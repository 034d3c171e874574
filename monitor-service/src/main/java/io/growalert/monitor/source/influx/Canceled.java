package io.growalert.monitor.source.influx;

import io.growalert.events.CheckError;
import io.growalert.monitor.source.SourceException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * InfluxDB's messages for a query that took too long, or was ended by {@code KILL QUERY}. They have no code: {@code query-timeout
 * limit exceeded}, {@code query interrupted} and {@code query killed} of version 1, and the messages of Go's contexts that version 2
 * passes on.
 */
final class Canceled {
    private static final Pattern WORDS = Pattern.compile(
            "timeout limit exceeded|query (?:interrupted|killed|aborted|timed out|terminated)"
                    + "|context (?:deadline exceeded|canceled)",
            Pattern.CASE_INSENSITIVE);

    private Canceled() {}

    static boolean isMeantBy(String message) {
        return WORDS.matcher(message).find();
    }

    /** The exception for an answer with this error: canceled, or rejected. */
    static SourceException orRefused(String message, @Nullable Throwable cause) {
        return isMeantBy(message)
                ? SourceException.canceled(message, cause)
                : new SourceException(CheckError.Kind.QUERY, message, cause);
    }
}
