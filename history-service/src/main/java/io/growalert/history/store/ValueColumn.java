package io.growalert.history.store;

import org.jspecify.annotations.Nullable;

/**
 * Values as an array of reals where each survives the way through its shortest decimal text, and of doubles otherwise: no value is rounded. Most measurements have few digits, and take half the space.
 */
final class ValueColumn {
    private final float @Nullable [] reals;
    private final double @Nullable [] doubles;

    private ValueColumn(float @Nullable [] reals, double @Nullable [] doubles) {
        this.reals = reals;
        this.doubles = doubles;
    }

    static ValueColumn of(double[] values) {
        var reals = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            if (!survives(values[i])) {
                return new ValueColumn(null, values);
            }
            reals[i] = (float) values[i];
        }
        return new ValueColumn(reals, null);
    }

    /** Null when one is no real. */
    float @Nullable [] reals() {
        return reals;
    }

    /** Null when all are reals. */
    double @Nullable [] doubles() {
        return doubles;
    }

    /** Texts of the smallest reals, which are not normalized, differ between Java and PostgreSQL. */
    private static boolean survives(double value) {
        float real = (float) value;
        return (value == 0 || (Float.isFinite(real) && Math.abs(real) >= Float.MIN_NORMAL))
                && Double.doubleToLongBits(decoded(real)) == Double.doubleToLongBits(value);
    }

    /** As {@code real::text::float8} in SQL. */
    static double decoded(float real) {
        return Double.parseDouble(Float.toString(real));
    }

    /** From what JDBC reads; one of the two is there. */
    static double[] decoded(Float @Nullable [] reals, Double @Nullable [] doubles) {
        int length = reals != null ? reals.length : doubles == null ? 0 : doubles.length;
        var values = new double[length];
        for (int i = 0; i < length; i++) {
            values[i] = reals != null ? decoded(reals[i]) : doubles == null ? 0 : doubles[i];
        }
        return values;
    }
}
