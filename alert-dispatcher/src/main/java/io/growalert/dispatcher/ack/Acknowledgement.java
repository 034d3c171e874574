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
        String incident, String by, @Nullable Instant until, String comment, Instant at) {}
