package io.growalert.billing.fetch;

import io.growalert.billing.projection.RecordingResult;
import io.growalert.billing.stripe.Kind;
import java.time.Instant;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/** Where a fetched object goes: the apply stage, which records it. */
@FunctionalInterface
public interface FetchedObjects {
    /**
     * Records an object, unless a later state of it is recorded.
     *
     * @param asOf all that happened at Stripe before this second is included in the object
     * @param inTransaction called with the result in the transaction that records it
     * @throws io.growalert.billing.stripe.MalformedObject when a field is missing or wrong
     */
    RecordingResult record(Kind kind, JsonNode object, Instant asOf, Consumer<RecordingResult> inTransaction);
}
