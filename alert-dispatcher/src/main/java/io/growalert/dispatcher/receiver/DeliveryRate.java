package io.growalert.dispatcher.receiver;

import io.growalert.definitions.DurationText;
import java.time.Duration;
import java.util.Optional;

/**
 * How many attempts a receiver may get from one instance: at most {@code attempts} at once, and on average so many in the duration.
 */
public record DeliveryRate(int attempts, Duration per) {
    private static final int MAX_ATTEMPTS = 1_000_000;
    private static final Duration MAX_DURATION = Duration.ofDays(1);

    /** Reads such as {@code 30/1m}. */
    static Optional<DeliveryRate> parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 1 || !text.substring(0, slash).matches("\\d{1,7}")) {
            return Optional.empty();
        }
        int attempts = Integer.parseInt(text.substring(0, slash));
        return DurationText.parse(text.substring(slash + 1))
                .filter(per -> attempts >= 1
                        && attempts <= MAX_ATTEMPTS
                        && per.isPositive()
                        && per.compareTo(MAX_DURATION) <= 0)
                .map(per -> new DeliveryRate(attempts, per));
    }
}
