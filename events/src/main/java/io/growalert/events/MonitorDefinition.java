package io.growalert.events;

import static io.growalert.events.Contract.frozen;
import static io.growalert.events.Contract.require;
import static io.growalert.events.Contract.required;

import java.time.Duration;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What to query and how to judge it: the value of {@link Topics#MONITORS}, with the monitor's id as key. A tombstone removes
 * a monitor.
 *
 * @param id matches {@code [a-z0-9-]{1,64}}
 * @param origin the name of the file set it came from; only the same origin may remove it
 * @param every the interval between slots, 1 s to 366 days
 * @param timeout a longer run ends in an error; at most 366 days
 * @param source the name of the source to query, or {@link #PUSH}
 * @param language the query's language where the source supports several, such as {@code flux}
 * @param window the length of the query's window, which ends at the slot; null without a window
 * @param fail a series beyond this failed
 * @param degraded a series beyond this, and not beyond {@code fail}, is degraded
 * @param summary a Mustache template over the series' labels and {@code value}
 * @param maxSeries the maximum number of judged series, 1 to 100,000; null for {@link #DEFAULT_MAX_SERIES}. New series beyond
 *     it are ignored, counted and reported by the monitor's own alert
 * @param silentAfter how long the monitor may send no result, 60 s to 366 days; null for three intervals and the timeout,
 *     and at least 60 s
 * @param resolve hysteresis: a series that failed has passed only when its value is beyond this; null: whenever it does not fail
 * @param resolveOnAbsence true when a series that is absent from a complete run passed, which requires {@code noData} to be
 *     {@code IGNORE}; false is stored as null
 * @param unit of the values, such as {@code ppm}, 1 to 32 characters; for people only
 * @param customer the id of the customer who pays for the monitor, which matches {@link #CUSTOMER}; null for none
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
        @Nullable String summary,
        @Nullable Integer maxSeries,
        @Nullable Duration silentAfter,
        @Nullable Threshold resolve,
        @Nullable Boolean resolveOnAbsence,
        @Nullable String unit,
        @Nullable String customer) {

    /** The pattern of a customer's id at Stripe. */
    public static final Pattern CUSTOMER = Pattern.compile("cus_[A-Za-z0-9]{1,64}");

    /** The pattern of a monitor's id. */
    public static final Pattern ID = Pattern.compile("[a-z0-9-]{1,64}");

    /** The source, with an empty query, of a monitor that is never run: a service publishes its results. */
    public static final String PUSH = "push";

    /** The shortest interval between slots. */
    public static final Duration MIN_EVERY = Duration.ofSeconds(1);

    /** The longest interval between slots, and the longest timeout: calculations with them must not overflow. */
    public static final Duration MAX_SPAN = Duration.ofDays(366);

    /** The default of {@code maxSeries}. */
    public static final int DEFAULT_MAX_SERIES = 10_000;

    /** The largest {@code maxSeries}. */
    public static final int MAX_MAX_SERIES = 100_000;

    /** The shortest time without a result after which a monitor is reported as silent. */
    public static final Duration MIN_SILENCE = Duration.ofSeconds(60);

    /** The longest unit, in characters. */
    public static final int MAX_UNIT = 32;

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
        require(
                maxSeries == null || (maxSeries >= 1 && maxSeries <= MAX_MAX_SERIES),
                "maxSeries must be from 1 to 100,000",
                maxSeries);
        require(
                silentAfter == null || silentAfter.compareTo(MIN_SILENCE) >= 0,
                "silentAfter must be at least 60 s",
                silentAfter);
        require(
                silentAfter == null || silentAfter.compareTo(MAX_SPAN) <= 0,
                "silentAfter must be at most 366 days",
                silentAfter);
        resolveOnAbsence = Boolean.TRUE.equals(resolveOnAbsence) ? Boolean.TRUE : null;
        require(
                unit == null || (!unit.isBlank() && unit.length() <= MAX_UNIT),
                "unit must have from 1 to 32 characters",
                unit);
        // the value is not shown: it may be an address
        require(customer == null || CUSTOMER.matcher(customer).matches(), "customer must match " + CUSTOMER);
    }

    /** Without {@code customer}. */
    public MonitorDefinition(
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
            @Nullable String summary,
            @Nullable Integer maxSeries,
            @Nullable Duration silentAfter,
            @Nullable Threshold resolve,
            @Nullable Boolean resolveOnAbsence,
            @Nullable String unit) {
        this(
                id,
                origin,
                every,
                timeout,
                source,
                language,
                query,
                window,
                fail,
                degraded,
                noData,
                onError,
                alert,
                labels,
                summary,
                maxSeries,
                silentAfter,
                resolve,
                resolveOnAbsence,
                unit,
                null);
    }

    /** Without {@code resolve}, {@code resolveOnAbsence}, {@code unit} and {@code customer}. */
    public MonitorDefinition(
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
            @Nullable String summary,
            @Nullable Integer maxSeries,
            @Nullable Duration silentAfter) {
        this(
                id,
                origin,
                every,
                timeout,
                source,
                language,
                query,
                window,
                fail,
                degraded,
                noData,
                onError,
                alert,
                labels,
                summary,
                maxSeries,
                silentAfter,
                null,
                null,
                null,
                null);
    }

    /** The maximum number of judged series. */
    public int seriesLimit() {
        return maxSeries == null ? DEFAULT_MAX_SERIES : maxSeries;
    }

    /** Whether it is never run: a service publishes its results. */
    public boolean pushed() {
        return source.equals(PUSH) && query.isEmpty();
    }

    /** Whether an absent series passed. */
    public boolean absencePasses() {
        return noData == OnMissing.IGNORE && resolveOnAbsence != null;
    }

    /** How long the monitor may send no result before it is reported as silent. */
    public Duration silenceLimit() {
        if (silentAfter != null) {
            return silentAfter;
        }
        var expected = every.multipliedBy(3).plus(timeout);
        return expected.compareTo(MIN_SILENCE) > 0 ? expected : MIN_SILENCE;
    }
}
