package io.growalert.sandbox.subscription;

import io.growalert.sandbox.http.JsonNodes;
import java.time.Instant;
import java.time.ZoneOffset;
import tools.jackson.databind.node.ObjectNode;

/** The periods of a recurring price, each counted from the anchor so that the 31st stays the 31st. */
final class BillingPeriods {
    private BillingPeriods() {}

    /** The end of the period that begins at or holds a second, in seconds. */
    static long end(ObjectNode price, long anchor, long start) {
        var recurring = price.path("recurring");
        var interval = JsonNodes.textOf(recurring, "interval");
        var count = Math.max(1, JsonNodes.number(recurring, "interval_count"));
        for (long n = 1; ; n++) {
            var end = plus(anchor, interval, n * count);
            if (end > start) {
                return end;
            }
        }
    }

    private static long plus(long anchor, String interval, long n) {
        var from = Instant.ofEpochSecond(anchor).atZone(ZoneOffset.UTC);
        var to =
                switch (interval) {
                    case "day" -> from.plusDays(n);
                    case "week" -> from.plusWeeks(n);
                    case "month" -> from.plusMonths(n);
                    default -> from.plusYears(n);
                };
        return to.toEpochSecond();
    }
}
