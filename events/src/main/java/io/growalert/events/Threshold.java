package io.growalert.events;

import static io.growalert.events.Contract.require;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonValue;
import java.math.BigDecimal;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/**
 * A limit of a value; in JSON {@code {"above": 1000}} or {@code {"outside": [18, 26]}}. Limits are finite. A value
 * that equals a limit of {@code above}, {@code below} or {@code outside} is not breached; {@code inside} includes both
 * its limits, so that {@code inside} and {@code outside} of one range are opposites.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, include = JsonTypeInfo.As.WRAPPER_OBJECT)
@JsonSubTypes({
    @JsonSubTypes.Type(value = Threshold.Above.class, name = "above"),
    @JsonSubTypes.Type(value = Threshold.Below.class, name = "below"),
    @JsonSubTypes.Type(value = Threshold.Outside.class, name = "outside"),
    @JsonSubTypes.Type(value = Threshold.Inside.class, name = "inside")
})
public sealed interface Threshold {
    boolean breachedBy(double value);

    /** The threshold as text, such as {@code above 1000}: the reason of a breach. */
    String inWords();

    /** As {@link #inWords()}, with the unit of the values if there is one, such as {@code above 1000 ppm}. */
    default String inWords(@Nullable String unit) {
        return unit == null ? inWords() : inWords() + " " + unit;
    }

    record Above(@JsonValue double limit) implements Threshold {
        @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
        public Above {
            finite(limit);
        }

        /** PostgreSQL's jsonb writes {@code 1e19} as an integer beyond 64 bits. */
        @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
        static Above of(BigInteger limit) {
            return new Above(limit.doubleValue());
        }

        @Override
        public boolean breachedBy(double value) {
            return value > limit;
        }

        @Override
        public String inWords() {
            return "above " + plain(limit);
        }
    }

    record Below(@JsonValue double limit) implements Threshold {
        @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
        public Below {
            finite(limit);
        }

        /** As {@link Above#of}. */
        @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
        static Below of(BigInteger limit) {
            return new Below(limit.doubleValue());
        }

        @Override
        public boolean breachedBy(double value) {
            return value < limit;
        }

        @Override
        public String inWords() {
            return "below " + plain(limit);
        }
    }

    record Outside(double low, double high) implements Threshold {
        public Outside {
            ordered(low, high);
        }

        @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
        static Outside of(double[] range) {
            two(range);
            return new Outside(range[0], range[1]);
        }

        @JsonValue
        double[] range() {
            return new double[] {low, high};
        }

        @Override
        public boolean breachedBy(double value) {
            return value < low || value > high;
        }

        @Override
        public String inWords() {
            return "outside " + plain(low) + " to " + plain(high);
        }
    }

    record Inside(double low, double high) implements Threshold {
        public Inside {
            ordered(low, high);
        }

        @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
        static Inside of(double[] range) {
            two(range);
            return new Inside(range[0], range[1]);
        }

        @JsonValue
        double[] range() {
            return new double[] {low, high};
        }

        @Override
        public boolean breachedBy(double value) {
            return value >= low && value <= high;
        }

        @Override
        public String inWords() {
            return "inside " + plain(low) + " to " + plain(high);
        }
    }

    /** A number without exponent and without {@code .0} at the end. */
    static String plain(double number) {
        return BigDecimal.valueOf(number).stripTrailingZeros().toPlainString();
    }

    private static void finite(double limit) {
        require(Double.isFinite(limit), "a threshold's limit must be a finite number", limit);
    }

    private static void two(double[] range) {
        require(range.length == 2, "a threshold's range must be two numbers", range.length);
    }

    private static void ordered(double low, double high) {
        finite(low);
        finite(high);
        require(low < high, "a threshold's range must go from low to high", low + " to " + high);
    }
}
