package io.growalert.monitor.definitions;

import io.growalert.definitions.DurationText;
import io.growalert.definitions.Section;
import io.growalert.events.AlertPolicy;
import io.growalert.events.Limits;
import io.growalert.events.MonitorDefinition;
import io.growalert.events.OnMissing;
import io.growalert.events.Threshold;
import io.growalert.monitor.source.SourceConfig;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads one monitor of a definition file.
 *
 * <p>Defaults: {@code timeout} is the smaller of {@code every} and 10 s; {@code noData} and {@code onError} are
 * {@code fail}; {@code after} and {@code resolveAfter} are 1; {@code forgetAfter} is 24 h, or {@code every} if that is longer; without {@code repeat} a firing
 * series is notified once. A timeout longer than {@code every} is allowed: the slots during such a run are counted as missed.
 * A monitor with neither {@code fail} nor {@code degraded} only checks that there is data. {@code resolveOnAbsence} is false.
 * {@code source: push} is a monitor that is never run.
 */
final class MonitorSection {
    private static final Duration MAX_DEFAULT_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration YEAR = Duration.ofDays(366);
    private static final int MAX_COUNT = 10_000;
    /** The longest query, in bytes of UTF-8. */
    private static final int MAX_QUERY_BYTES = 64 * 1024;

    private static final String NO_FAIL = "needs the key fail: without it no series fires";

    private static final String NEVER_RUN = "a monitor with source: push is never run; its publisher judges";

    /** The keys that only a monitor which is run may have. */
    private static final List<String> OF_RUNS =
            List.of("timeout", "language", "query", "window", "fail", "degraded", "resolve", "onError");

    private static final String NO_CUSTOMER =
            "must be a customer's id at Stripe, %s; addresses and names are not accepted"
                    .formatted(MonitorDefinition.CUSTOMER);

    private static final List<String> THRESHOLDS = List.of("above", "below", "outside", "inside");

    private static final Map<String, OnMissing> ON_MISSING =
            Map.of("fail", OnMissing.FAIL, "degraded", OnMissing.DEGRADED, "ignore", OnMissing.IGNORE);

    /**
     * The names that a monitor may refer to. An invalid source is empty, and reported already.
     *
     * @param routes whether the files have routes
     */
    record Names(Map<String, Optional<SourceConfig>> sources, Set<String> receivers, boolean routes) {}

    private final String origin;
    private final Names names;

    MonitorSection(String origin, Names names) {
        this.origin = origin;
        this.names = names;
    }

    /** Empty when something is missing or invalid; every problem is reported. */
    Optional<MonitorDefinition> read(Section monitor) {
        var id = monitor.requiredText("id").filter(text -> matchesId(monitor, text));
        var every = monitor.required("every", monitor.duration("every", SECOND, Duration.ofDays(7)));
        var timeout = monitor.duration("timeout", Duration.ofMillis(100), Duration.ofMinutes(10));
        boolean pushed = isPushed(monitor);
        var source = monitor.requiredText("source").filter(name -> pushed || isThere(monitor, name));
        var language = monitor.text("language").orElse(null);
        var query = pushed ? Optional.of("") : monitor.requiredText("query");
        var window = monitor.duration("window", Duration.ofMillis(1), YEAR);
        var fail = threshold(monitor, "fail");
        var degraded = threshold(monitor, "degraded");
        var resolve = threshold(monitor, "resolve");
        checkResolve(monitor, resolve, fail, degraded);
        var noData = monitor.choice("noData", ON_MISSING);
        var resolveOnAbsence = monitor.flag("resolveOnAbsence").orElse(false);
        if (resolveOnAbsence) {
            checkAbsence(monitor, noData, pushed);
        }
        var onError = monitor.choice("onError", ON_MISSING).orElse(OnMissing.FAIL);
        var alert = alert(monitor, every.orElse(SECOND));
        var labels = monitor.labels("labels");
        Limits.exceededBy(labels).ifPresent(limit -> monitor.problem("labels", limit));
        var unit = monitor.text("unit").filter(text -> isUnit(monitor, text));
        var customer = monitor.text("customer").filter(text -> isCustomer(monitor, text));
        var summary = monitor.text("summary");
        summary.ifPresent(template ->
                SummaryCheck.problemWith(template).ifPresent(problem -> monitor.problem("summary", problem)));
        var maxSeries = monitor.integer("maxSeries", 1, MonitorDefinition.MAX_MAX_SERIES);
        var silentAfter = monitor.duration("silentAfter", MonitorDefinition.MIN_SILENCE, YEAR)
                .filter(silence -> isLongerThan(every, silence, monitor));
        if (pushed) {
            OF_RUNS.stream().filter(monitor::has).forEach(key -> monitor.problem(key, NEVER_RUN));
        } else {
            query.ifPresent(text -> checkQuery(monitor, source.orElse(""), language, text));
        }
        monitor.finish();
        if (id.isEmpty() || every.isEmpty() || source.isEmpty() || query.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new MonitorDefinition(
                id.get(),
                origin,
                every.get(),
                timeout.orElse(min(every.get(), MAX_DEFAULT_TIMEOUT)),
                source.get(),
                language,
                query.get(),
                window.orElse(null),
                fail,
                degraded,
                noData.orElse(OnMissing.FAIL),
                onError,
                alert,
                labels,
                summary.orElse(null),
                maxSeries.orElse(null),
                silentAfter.orElse(null),
                resolve,
                resolveOnAbsence,
                unit.orElse(null),
                customer.orElse(null)));
    }

    private static void checkResolve(
            Section monitor, @Nullable Threshold resolve, @Nullable Threshold fail, @Nullable Threshold degraded) {
        if (resolve != null && !monitor.has("fail")) {
            monitor.problem("resolve", NO_FAIL);
        } else if (resolve != null && fail != null) {
            ResolveCheck.problemWith(resolve, fail, degraded).ifPresent(problem -> monitor.problem("resolve", problem));
        }
    }

    /** A source of this name in the files is a source as any other. */
    private boolean isPushed(Section monitor) {
        return !names.sources().containsKey(MonitorDefinition.PUSH)
                && monitor.text("source").equals(Optional.of(MonitorDefinition.PUSH));
    }

    /** @param noData empty when it is absent or invalid */
    private static void checkAbsence(Section monitor, Optional<OnMissing> noData, boolean pushed) {
        boolean isInvalid = noData.isEmpty() && monitor.has("noData");
        if (!isInvalid && !noData.equals(Optional.of(OnMissing.IGNORE))) {
            monitor.problem(
                    "resolveOnAbsence",
                    "needs noData: ignore; with %s an absent series does not pass"
                            .formatted(noData.isEmpty() ? "fail, the default," : shown(noData.get())));
        } else if (!pushed && !monitor.has("fail")) {
            monitor.problem("resolveOnAbsence", NO_FAIL);
        }
    }

    private static String shown(OnMissing choice) {
        return choice.name().toLowerCase(Locale.ROOT);
    }

    private static boolean isUnit(Section monitor, String unit) {
        boolean is = !unit.isBlank()
                && unit.length() <= MonitorDefinition.MAX_UNIT
                && unit.chars().noneMatch(Character::isISOControl);
        if (!is) {
            monitor.problem(
                    "unit",
                    "must have from 1 to %d characters, none of them a control character"
                            .formatted(MonitorDefinition.MAX_UNIT));
        }
        return is;
    }

    /** The problem does not show the value, which may be an address. */
    private static boolean isCustomer(Section monitor, String customer) {
        boolean is = MonitorDefinition.CUSTOMER.matcher(customer).matches();
        if (!is) {
            monitor.problem("customer", NO_CUSTOMER);
        }
        return is;
    }

    private static boolean matchesId(Section monitor, String id) {
        boolean matches = MonitorDefinition.ID.matcher(id).matches();
        if (!matches) {
            monitor.problem("id", "must match %s, not '%s'".formatted(MonitorDefinition.ID, id));
        }
        return matches;
    }

    private boolean isThere(Section monitor, String source) {
        boolean there = names.sources().containsKey(source);
        if (!there) {
            monitor.problem(
                    "source",
                    "unknown source '%s'; expected %s"
                            .formatted(source, oneOf(names.sources().keySet(), "sources")));
        }
        return there;
    }

    private void checkQuery(Section monitor, String source, @Nullable String language, String query) {
        int bytes = Limits.bytes(query);
        if (bytes > MAX_QUERY_BYTES) {
            monitor.problem("query", "has %,d bytes; the limit is %,d".formatted(bytes, MAX_QUERY_BYTES));
            return;
        }
        var config = names.sources().getOrDefault(source, Optional.empty());
        boolean usesFrom = config.map(known -> known.usesFrom(language, query)).orElse(monitor.has("window"));
        if (monitor.has("window") && !usesFrom) {
            monitor.problem(
                    "window", "there is a window, but the query does not use :from; use it, or drop the window");
        }
        if (usesFrom && !monitor.has("window")) {
            monitor.problem("query", "the query uses :from, which needs a window; expected the key window beside it");
        }
        config.flatMap(known -> known.problemWith(language, query))
                .ifPresent(message -> monitor.problem("query", message));
    }

    private static boolean isLongerThan(Optional<Duration> every, Duration silence, Section monitor) {
        boolean longer = every.isEmpty() || silence.compareTo(every.get()) > 0;
        if (!longer) {
            monitor.problem("silentAfter", "must be longer than every, %s".formatted(DurationText.of(every.get())));
        }
        return longer;
    }

    private static @Nullable Threshold threshold(Section monitor, String key) {
        return monitor.section(key)
                .flatMap(section -> {
                    var kinds = THRESHOLDS.stream().filter(section::has).toList();
                    section.finish();
                    if (kinds.size() == 1) {
                        return bound(section, kinds.getFirst());
                    }
                    if (kinds.size() == section.keys().size()) {
                        monitor.problem(key, "expected exactly one of " + String.join(", ", THRESHOLDS));
                    }
                    return Optional.empty();
                })
                .orElse(null);
    }

    private static Optional<Threshold> bound(Section section, String kind) {
        return switch (kind) {
            case "above" -> section.number(kind).map(Threshold.Above::new);
            case "below" -> section.number(kind).map(Threshold.Below::new);
            case "outside" -> section.range(kind).map(range -> new Threshold.Outside(range.get(0), range.get(1)));
            default -> section.range(kind).map(range -> new Threshold.Inside(range.get(0), range.get(1)));
        };
    }

    private AlertPolicy alert(Section monitor, Duration every) {
        var section = monitor.section("alert");
        if (section.isEmpty()) {
            return new AlertPolicy(1, null, 1, null, max(every, AlertPolicy.DEFAULT_FORGET_AFTER), List.of());
        }
        var alert = section.get();
        var after = alert.integer("after", 1, MAX_COUNT);
        var failingFor = alert.duration("for", SECOND, YEAR);
        if (alert.has("after") && alert.has("for")) {
            alert.problem("for", "give either after or for, not both");
        }
        var resolveAfter = alert.integer("resolveAfter", 1, MAX_COUNT);
        var repeat = alert.duration("repeat", SECOND, YEAR);
        var forgetAfter = alert.duration("forgetAfter", every, YEAR);
        var receivers = alert.texts("receivers");
        for (var receiver : receivers) {
            if (!names.receivers().contains(receiver)) {
                alert.problem(
                        "receivers",
                        "unknown receiver '%s'; expected %s"
                                .formatted(receiver, oneOf(names.receivers(), "receivers")));
            }
        }
        var routes = alert.flag("routes").filter(used -> used);
        if (routes.isPresent() && !names.routes()) {
            alert.problem("routes", "there are no routes; expected a section routes in one of the files");
        }
        alert.finish();
        return new AlertPolicy(
                after.orElse(1),
                failingFor.orElse(null),
                resolveAfter.orElse(1),
                repeat.orElse(null),
                forgetAfter.orElse(max(every, AlertPolicy.DEFAULT_FORGET_AFTER)),
                receivers,
                routes.orElse(null));
    }

    static String oneOf(Set<String> names, String key) {
        return names.isEmpty()
                ? "a name that is defined under " + key
                : "one of " + String.join(", ", names.stream().sorted().toList());
    }

    private static Duration max(Duration a, Duration b) {
        return a.compareTo(b) >= 0 ? a : b;
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) <= 0 ? a : b;
    }
}
