package io.growalert.dispatcher.handler;

import java.time.Duration;
import java.util.Optional;

/** What came of telling a receiver. */
public sealed interface Outcome {
    /** The receiver took it; {@code detail} is what it answered. */
    record Delivered(String detail) implements Outcome {}

    /** It may go well another time, not before {@code after} from now if the receiver said so. */
    record Retry(String reason, Optional<Duration> after) implements Outcome {
        public Retry(String reason) {
            this(reason, Optional.empty());
        }
    }

    /** It will never go well as it is. */
    record Rejected(String reason) implements Outcome {}
}
