package io.growalert.sandbox;

import java.util.Set;

/**
 * A price of a plan.
 *
 * @param lookupKey by which the price is found
 * @param product the plan's name
 * @param unitAmount of one interval, in the currency's smallest unit
 * @param currency three small letters, ISO 4217
 * @param interval {@code day}, {@code week}, {@code month} or {@code year}
 */
public record PlanPrice(String lookupKey, String product, long unitAmount, String currency, String interval) {
    private static final Set<String> INTERVALS = Set.of("day", "week", "month", "year");

    public PlanPrice {
        if (unitAmount < 0) {
            throw new IllegalArgumentException("the unit amount of " + lookupKey + " must not be negative");
        }
        if (!INTERVALS.contains(interval)) {
            throw new IllegalArgumentException("the interval of " + lookupKey + " must be one of " + INTERVALS);
        }
    }
}
