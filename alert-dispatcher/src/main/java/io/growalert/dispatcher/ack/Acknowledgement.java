package io.growalert.dispatcher.ack;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An operator works on an incident: no receiver is reminded, and nothing escalates.
 *
 * @param by the operator, or {@code link:} and the receiver whose message had the link
 * @param until its end; null for the incident's end
 * @param comment may be empty
 */
public record Acknowledgement(
        String incident, String by, @Nullable Instant until, String comment, Instant at) {
    /**
     * The SQL condition that a row {@code a} of the acknowledgements is in force, unless its incident is resolved.
     *
     * @param now the time, such as {@code :now}
     */
    public static String inForce(String now) {
        return "a.ended_at is null and (a.until is null or a.until > " + now + ")";
    }
}
