package io.growalert.events;

import static io.growalert.events.Contract.frozen;
import static io.growalert.events.Contract.require;
import static io.growalert.events.Contract.required;

import java.time.Duration;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What to watch and how to judge it: the value of {@link Topics#MONITORS}, under the monitor's id. A tombstone removes
 * a monitor.
 *
 * @param id matches {@code [a-z0-9-]{1,64}}
 * @param origin the name of the file set it came from; only the same origin may remove it
 * @param every the interval between slots, 1 s to 366 days
 * @param timeout a run that takes longer failed with an error; at most 366 days
 * @param source the name of the source to ask
 * @param language the query's language where the source speaks several, such as {@code flux}
 * @param window how far back from its slot a run looks; null when the query has no window
 * @param fail a series beyond this failed
 * @param degraded a series beyond this, and not beyond {@code fail}, is degraded
 * @param summary a Mustache template over the series' labels and {@code value}
 */
public record MonitorDefinition(
        String id,
        String origin,
        Duration every,
        Duration timeout,
        String source,
        @Nullable String language,
        String query,
        @Nullable Duration window,
        @Nullable Threshold fail,
        @Nullable Threshold degraded,
        OnMissing noData,
        OnMissing onError,
        AlertPolicy alert,
        Map<String, String> labels,
        @Nullable String summary) {

    /** What a monitor may be called. */
    public static final Pattern ID = Pattern.compile("[a-z0-9-]{1,64}");

    /** The shortest interval between slots. */
    public static final Duration MIN_EVERY = Duration.ofSeconds(1);

    /** The longest interval between slots, and the longest timeout: what is reckoned from them must not overflow. */
    public static final Duration MAX_SPAN = Duration.ofDays(366);

    public MonitorDefinition {
        require(ID.matcher(required(id, "id")).matches(), "a monitor's id must match " + ID, id);
        required(origin, "origin");
        require(required(every, "every").compareTo(MIN_EVERY) >= 0, "every must be at least 1 s", every);
        require(every.compareTo(MAX_SPAN) <= 0, "every must be at most 366 days", every);
        require(required(timeout, "timeout").isPositive(), "timeout must be longer than nothing", timeout);
        require(timeout.compareTo(MAX_SPAN) <= 0, "timeout must be at most 366 days", timeout);
        required(source, "source");
        required(query, "query");
        require(window == null || window.isPositive(), "window must be longer than nothing", window);
        required(noData, "noData");
        required(onError, "onError");
        required(alert, "alert");
        labels = frozen(labels, "labels");
    }
}
