package io.growalert.alerts;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A check, an alert, an interval and a timeout, under a name. Runs when added to {@link Monitors}.
 *
 * @param name not blank; unique in its {@link Monitors}
 * @param timeout longer than zero, up to 366 days
 */
public record Monitor(String name, Check check, Alert alert, Interval interval, Duration timeout) {
    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration LONGEST_TIMEOUT = Duration.ofDays(366);

    public Monitor {
        if (name.isBlank()) {
            throw new IllegalArgumentException("a monitor needs a name");
        }
        Objects.requireNonNull(check, "check");
        Objects.requireNonNull(alert, "alert");
        Objects.requireNonNull(interval, "interval");
        if (!timeout.isPositive() || timeout.compareTo(LONGEST_TIMEOUT) > 0) {
            throw new IllegalArgumentException(
                    "monitor " + name + ": a timeout is longer than zero and at most 366 days, not " + timeout);
        }
    }

    /** Starts the description of a monitor. It needs a check and an interval. */
    public static Builder named(String name) {
        return new Builder(name);
    }

    /** Collects the parts of a {@link Monitor}. */
    public static final class Builder {
        private final String name;
        private @Nullable Check check;
        private Alert alert = Alert.none();
        private @Nullable Interval interval;
        private Duration timeout = DEFAULT_TIMEOUT;

        private Builder(String name) {
            this.name = name;
        }

        public Builder check(Check check) {
            this.check = check;
            return this;
        }

        /** None by default. */
        public Builder alert(Alert alert) {
            this.alert = alert;
            return this;
        }

        /** Runs on stable slots, see {@link Interval#every}. */
        public Builder every(Duration interval) {
            return interval(Interval.every(interval));
        }

        public Builder interval(Interval interval) {
            this.interval = interval;
            return this;
        }

        /** 10 s by default. May be longer than the interval; a run that long misses slots. */
        public Builder timeout(Duration timeout) {
            this.timeout = timeout;
            return this;
        }

        /** @throws IllegalArgumentException when the check or the interval is missing, or a part is invalid */
        public Monitor build() {
            return new Monitor(name, given(check, "check"), alert, given(interval, "interval"), timeout);
        }

        private <T> T given(@Nullable T part, String what) {
            if (part == null) {
                throw new IllegalArgumentException("monitor " + name + " has no " + what);
            }
            return part;
        }
    }
}
