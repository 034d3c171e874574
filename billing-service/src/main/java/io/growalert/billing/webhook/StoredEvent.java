package io.growalert.billing.webhook;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A stored event that the current transaction has claimed.
 *
 * @param object the id of its object, where it is known
 * @param payload null when it was erased
 * @param attempts the failed attempts to apply it
 * @param error the reason of the last failure
 * @param awaits the object whose fetch it waited for without result, as the fetch is not done
 * @param age since it was received
 */
public record StoredEvent(
        String id,
        String type,
        Instant created,
        @Nullable String object,
        @Nullable String payload,
        int attempts,
        @Nullable String error,
        @Nullable String awaits,
        Duration age) {}
