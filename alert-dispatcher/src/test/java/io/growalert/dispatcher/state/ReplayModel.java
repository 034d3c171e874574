package io.growalert.dispatcher.state;

import io.growalert.events.AlertPolicy;
import io.growalert.events.CheckResult;
import io.growalert.events.MonitorDefinition;
import io.growalert.events.OnMissing;
import io.growalert.events.SeriesResult;
import io.growalert.events.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The reference: what a monitor's complete runs, in the order of their slots, imply. It keeps no counters; at every slot it
 * looks back over the whole history. Errors and runs without rows belong to the monitor's own alert, which has no labels
 * here and is distinguished by {@code own}.
 */
final class ReplayModel {
    record ExpectedEvent(boolean own, Map<String, String> series, String type, Instant slot, Instant since) {}

    /** The result of one run for one alert: F failed, P passed, H held by {@code resolve}, A absent, X forgotten. */
    private record Seen(char what, Instant slot) {}

    private final MonitorDefinition definition;
    private final AlertPolicy policy;
    private final List<ExpectedEvent> events = new ArrayList<>();

    private ReplayModel(MonitorDefinition definition) {
        this.definition = definition;
        this.policy = definition.alert();
    }

    static List<ExpectedEvent> of(MonitorDefinition definition, List<CheckResult> runs) {
        var model = new ReplayModel(definition);
        var all = new LinkedHashSet<Map<String, String>>();
        runs.forEach(run -> run.series().forEach(series -> all.add(series.labels())));
        for (var series : all) {
            model.alert(false, series, model.history(runs, series));
        }
        model.alert(true, Map.of(), model.ownHistory(runs));
        return model.events;
    }

    private List<Seen> history(List<CheckResult> runs, Map<String, String> series) {
        var history = new ArrayList<Seen>();
        boolean known = false;
        Instant awaySince = null;
        for (var run : runs) {
            if (run.error() != null) {
                continue;
            }
            var found = find(run, series);
            if (found.isPresent()) {
                known = true;
                awaySince = null;
                history.add(new Seen(seen(found.get()), run.slot()));
            } else if (known) {
                awaySince = awaySince == null ? run.slot() : awaySince;
                boolean forgotten = !Duration.between(awaySince, run.slot())
                        .minus(policy.forgetAfter())
                        .isNegative();
                history.add(new Seen(forgotten ? 'X' : 'A', run.slot()));
                known = !forgotten;
                awaySince = forgotten ? null : awaySince;
            }
        }
        return history;
    }

    private char seen(SeriesResult result) {
        if (result.status() == Status.FAILED) {
            return 'F';
        }
        var resolve = definition.resolve();
        return resolve == null || resolve.breachedBy(result.value()) ? 'P' : 'H';
    }

    private List<Seen> ownHistory(List<CheckResult> runs) {
        var history = new ArrayList<Seen>();
        for (int i = 0; i < runs.size(); i++) {
            var run = runs.get(i);
            boolean fails;
            if (run.error() != null) {
                fails = definition.onError() == OnMissing.FAIL;
            } else {
                fails = run.series().isEmpty()
                        && !anyKnown(runs.subList(0, i))
                        && definition.noData() == OnMissing.FAIL;
            }
            history.add(new Seen(fails ? 'F' : 'P', run.slot()));
        }
        return history;
    }

    private boolean anyKnown(List<CheckResult> before) {
        Set<Map<String, String>> all = new LinkedHashSet<>();
        before.forEach(run -> run.series().forEach(series -> all.add(series.labels())));
        return all.stream().anyMatch(series -> history(before, series).getLast().what() != 'X');
    }

    private static Optional<SeriesResult> find(CheckResult run, Map<String, String> series) {
        return run.series().stream()
                .filter(found -> found.labels().equals(series))
                .findFirst();
    }

    private void alert(boolean own, Map<String, String> series, List<Seen> history) {
        Instant since = null;
        Instant lastTold = null;
        int from = 0; // what is before the last end of an incident, or the last forgetting, no longer counts
        for (int i = 0; i < history.size(); i++) {
            var now = history.get(i);
            var past = history.subList(from, i + 1);
            @Nullable String type = null;
            if (now.what() == 'X') {
                type = since == null ? null : "resolved";
                from = i + 1;
            } else if (since == null) {
                type = fires(past) ? "firing" : null;
            } else if (isPass(now, past, since) && passes(past, since) >= policy.resolveAfter()) {
                type = "resolved";
                from = i + 1;
            } else if (policy.repeat() != null
                    && Duration.between(lastTold, now.slot()).compareTo(policy.repeat()) >= 0) {
                type = "reminder";
            }
            if (type != null) {
                since = type.equals("firing") ? now.slot() : since;
                lastTold = now.slot();
                events.add(new ExpectedEvent(own, series, type, now.slot(), Objects.requireNonNull(since)));
            }
            since = now.what() == 'X' || "resolved".equals(type) ? null : since;
        }
    }

    private boolean fires(List<Seen> past) {
        var now = past.getLast();
        return switch (now.what()) {
            case 'F' ->
                enough(past.reversed().stream()
                        .filter(seen -> !isNeutralToFailures(seen))
                        .takeWhile(seen -> seen.what() == 'F')
                        .toList());
            case 'A' ->
                definition.noData() == OnMissing.FAIL
                        && enough(past.reversed().stream()
                                .takeWhile(seen -> seen.what() == 'A')
                                .toList());
            default -> false;
        };
    }

    private boolean isNeutralToFailures(Seen seen) {
        return seen.what() == 'H' || (seen.what() == 'A' && !definition.absencePasses());
    }

    /** Whether it passes in the incident; a value within {@code resolve} does not after one that failed. */
    private boolean isPass(Seen seen, List<Seen> past, Instant since) {
        return switch (seen.what()) {
            case 'P' -> true;
            case 'A' -> definition.absencePasses();
            case 'H' -> !isBreached(past, since);
            default -> false;
        };
    }

    /** Whether a value failed in the incident, or failed without recovery before the missing data that fired it. */
    private boolean isBreached(List<Seen> past, Instant since) {
        boolean after =
                past.stream().anyMatch(seen -> seen.what() == 'F' && seen.slot().isAfter(since));
        return after
                || past.reversed().stream()
                        .filter(seen -> !seen.slot().isAfter(since) && !isNeutralToFailures(seen))
                        .findFirst()
                        .filter(seen -> seen.what() == 'F')
                        .isPresent();
    }

    /** @param streak the latest first */
    private boolean enough(List<Seen> streak) {
        return policy.failingFor() == null
                ? streak.size() >= policy.after()
                : Duration.between(streak.getLast().slot(), streak.getFirst().slot())
                                .compareTo(policy.failingFor())
                        >= 0;
    }

    private long passes(List<Seen> past, Instant since) {
        return past.reversed().stream()
                .takeWhile(seen -> seen.slot().isAfter(since))
                .filter(seen ->
                        seen.what() != 'A' || definition.noData() == OnMissing.FAIL || definition.absencePasses())
                .takeWhile(seen -> isPass(seen, past, since))
                .count();
    }
}
