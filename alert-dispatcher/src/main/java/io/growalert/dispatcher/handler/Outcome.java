package io.growalert.dispatcher.handler;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** The outcome of one attempt to notify a receiver. */
public sealed interface Outcome {
    /**
     * The receiver accepted it; {@code detail} is its response.
     *
     * @param captured values of the response for later notifications of the same incident; a value that was captured before stays
     */
    record Delivered(String detail, Map<String, String> captured) implements Outcome {
        public Delivered {
            captured = Map.copyOf(captured);
        }

        public Delivered(String detail) {
            this(detail, Map.of());
        }
    }

    /**
     * A later attempt may succeed, not before {@code after} from now if the receiver requested a delay.
     *
     * @param settled the addresses that the next attempt omits; empty when this attempt settled none
     */
    record Retry(String reason, Optional<Duration> after, Optional<Settled> settled) implements Outcome {
        public Retry(String reason, Optional<Duration> after) {
            this(reason, after, Optional.empty());
        }

        public Retry(String reason) {
            this(reason, Optional.empty());
        }
    }

    /**
     * The receiver refused it, and a change on its side (a deployment, a repaired login) may end that: it is retried for 10
     * minutes from the first of these refusals.
     */
    record Refused(String reason, Optional<Duration> after) implements Outcome {}

    /** The receiver will never accept it unchanged. */
    record Rejected(String reason) implements Outcome {}
}
