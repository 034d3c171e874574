package io.growalert.events;

import static io.growalert.events.Contract.require;
import static io.growalert.events.Contract.required;

/**
 * Rows of an answer that were not judged, because they exceed one of the {@link Limits}.
 *
 * @param rows how many, at least 1
 * @param reason which limit the first of them exceeds, and with what
 */
public record DroppedRows(long rows, String reason) {
    public DroppedRows {
        require(rows >= 1, "rows must be at least 1", rows);
        required(reason, "reason");
    }
}
