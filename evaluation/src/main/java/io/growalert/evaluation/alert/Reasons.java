package io.growalert.evaluation.alert;

import io.growalert.events.AlertPolicy;
import io.growalert.events.CheckError;
import io.growalert.events.DroppedRows;
import io.growalert.events.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The reasons of transitions, as text. */
final class Reasons {
    static final String REMOVED = "the monitor was removed";
    static final String FORGOTTEN = "forgotten by an operator";
    static final String BEFORE_RESTART = "failed before the dispatcher started";
    static final String NO_ROW = "without a row";
    static final String NO_DATA = "no data";
    static final String HEARD_AGAIN = "results arrive again";

    private static final int MAX_CHARACTERS = 1_000;

    private Reasons() {}

    static String failed(AlertPolicy policy, @Nullable String why) {
        var what = failed(why);
        var needed = policy.failingFor();
        if (needed != null) {
            return "failed for %s: %s".formatted(DurationWords.of(needed), what);
        }
        return policy.after() == 1 ? what : "%d consecutive results %s".formatted(policy.after(), what);
    }

    static String failed(@Nullable String why) {
        return why == null ? "failed" : cut(why);
    }

    static String noData(AlertPolicy policy) {
        var needed = policy.failingFor();
        if (needed != null) {
            return "no data for " + DurationWords.of(needed);
        }
        return policy.after() == 1 ? NO_DATA : "no data in %d consecutive runs".formatted(policy.after());
    }

    static String passed(AlertPolicy policy, Observation seen) {
        var passed = passed(policy);
        return seen.status() == Status.DEGRADED && seen.why() != null
                ? passed + ", the last one degraded: " + cut(seen.why())
                : passed;
    }

    /** A series passed by its absence. */
    static String absent(AlertPolicy policy) {
        return passed(policy) + ": absent from the result";
    }

    private static String passed(AlertPolicy policy) {
        return policy.resolveAfter() == 1 ? "passed" : "%d consecutive results passed".formatted(policy.resolveAfter());
    }

    static String passing(AlertPolicy policy, int passes) {
        return "%d of %d results passed".formatted(passes, policy.resolveAfter());
    }

    static String still(Instant since, Instant slot, String what) {
        // an incident of a clock that ran ahead may begin after this slot
        var lasted = slot.isAfter(since) ? Duration.between(since, slot) : Duration.ZERO;
        return "firing for %s: %s".formatted(DurationWords.of(lasted), what);
    }

    static String forgotten(AlertPolicy policy) {
        return "not seen for " + DurationWords.of(policy.forgetAfter());
    }

    static String error(CheckError error) {
        return "ended in an error (%s: %s)"
                .formatted(error.kind().name().toLowerCase(Locale.ROOT), cut(error.message()));
    }

    /** Limits the size of events. */
    static String cut(String text) {
        return text.length() <= MAX_CHARACTERS ? text : text.substring(0, MAX_CHARACTERS) + "...";
    }

    static String dropped(DroppedRows dropped) {
        return "%d rows dropped (%s)".formatted(dropped.rows(), cut(dropped.reason()));
    }

    static String beyondLimit(int ignored, int limit) {
        return "%d new series ignored (maxSeries is %d)".formatted(ignored, limit);
    }

    static String silent(Duration patience) {
        return "no results for " + DurationWords.of(patience);
    }
}
