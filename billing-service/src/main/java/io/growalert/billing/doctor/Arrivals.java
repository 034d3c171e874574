package io.growalert.billing.doctor;

import java.time.Instant;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;

/** What only a running service knows of the webhooks. */
interface Arrivals {
    /** The ids of these events that did not arrive. */
    Set<String> missing(Collection<String> events);

    /** When an event was last recorded; empty: never. */
    Optional<Instant> last();

    /** Whether the signatures of webhooks are valid. */
    Diagnosis signatures();
}
