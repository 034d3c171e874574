package io.growalert.dispatcher.state;

import io.growalert.events.AlertPolicy;
import io.growalert.events.CheckError;
import io.growalert.events.CheckResult;
import io.growalert.events.MonitorDefinition;
import io.growalert.events.OnMissing;
import io.growalert.events.SeriesResult;
import io.growalert.events.Status;
import io.growalert.events.Threshold;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The monitor of the tests: every 10 s it queries the CO2 of rooms and fails above 1000 ppm. */
final class ExampleMonitor {
    static final String MONITOR = "room-co2";
    static final Instant START = Instant.parse("2026-11-24T07:00:00Z");
    static final Duration EVERY = Duration.ofSeconds(10);
    static final AlertPolicy AT_ONCE = policy(1, 1);

    private ExampleMonitor() {}

    /** The instant of the nth slot. */
    static Instant slot(int n) {
        return START.plus(EVERY.multipliedBy(n));
    }

    static AlertPolicy policy(int after, int resolveAfter) {
        return new AlertPolicy(after, null, resolveAfter, null, Duration.ofHours(24), List.of("ops"));
    }

    static AlertPolicy failingFor(Duration duration) {
        return new AlertPolicy(1, duration, 1, null, Duration.ofHours(24), List.of("ops"));
    }

    static AlertPolicy repeating(AlertPolicy policy, Duration repeat) {
        return new AlertPolicy(
                policy.after(),
                policy.failingFor(),
                policy.resolveAfter(),
                repeat,
                policy.forgetAfter(),
                policy.receivers());
    }

    static AlertPolicy forgetting(AlertPolicy policy, Duration forgetAfter) {
        return new AlertPolicy(
                policy.after(),
                policy.failingFor(),
                policy.resolveAfter(),
                policy.repeat(),
                forgetAfter,
                policy.receivers());
    }

    static MonitorDefinition monitor(AlertPolicy policy) {
        return monitor(MONITOR, policy, OnMissing.FAIL, OnMissing.FAIL, null);
    }

    static MonitorDefinition monitor(AlertPolicy policy, OnMissing noData, OnMissing onError) {
        return monitor(MONITOR, policy, noData, onError, null);
    }

    static MonitorDefinition monitor(
            String id, AlertPolicy policy, OnMissing noData, OnMissing onError, @Nullable String summary) {
        return new MonitorDefinition(
                id,
                "test",
                EVERY,
                Duration.ofSeconds(5),
                "farm-db",
                null,
                "SELECT room, co2_ppm AS value FROM readings WHERE time > :from",
                Duration.ofMinutes(5),
                new Threshold.Above(1000),
                new Threshold.Above(800),
                noData,
                onError,
                policy,
                Map.of("site", "north"),
                summary,
                null,
                null);
    }

    /** The same monitor with another interval, and so with another patience. */
    static MonitorDefinition runningEvery(Duration every, MonitorDefinition like) {
        return copy(like, every, like.query(), like.maxSeries());
    }

    /** The same monitor with at most so many series. */
    static MonitorDefinition limited(int maxSeries, MonitorDefinition like) {
        return copy(like, like.every(), like.query(), maxSeries);
    }

    /** The same monitor with another query. */
    static MonitorDefinition asking(String query, MonitorDefinition like) {
        return copy(like, like.every(), query, like.maxSeries());
    }

    private static MonitorDefinition copy(
            MonitorDefinition like, Duration every, String query, @Nullable Integer maxSeries) {
        return new MonitorDefinition(
                like.id(),
                like.origin(),
                every,
                like.timeout(),
                like.source(),
                like.language(),
                query,
                like.window(),
                like.fail(),
                like.degraded(),
                like.noData(),
                like.onError(),
                like.alert(),
                like.labels(),
                like.summary(),
                maxSeries,
                like.silentAfter(),
                like.resolve(),
                like.resolveOnAbsence(),
                like.unit());
    }

    /** The same monitor with another bound to resolve, another meaning of absence, and a unit. */
    static MonitorDefinition with(
            @Nullable Threshold resolve, boolean resolveOnAbsence, @Nullable String unit, MonitorDefinition like) {
        return new MonitorDefinition(
                like.id(),
                like.origin(),
                like.every(),
                like.timeout(),
                like.source(),
                like.language(),
                like.query(),
                like.window(),
                like.fail(),
                like.degraded(),
                like.noData(),
                like.onError(),
                like.alert(),
                like.labels(),
                like.summary(),
                like.maxSeries(),
                like.silentAfter(),
                resolve,
                resolveOnAbsence,
                unit);
    }

    /** The same monitor, for which a customer pays; pushed when it has that source. */
    static MonitorDefinition paidBy(String customer, String source, MonitorDefinition like) {
        boolean isPushed = source.equals(MonitorDefinition.PUSH);
        return new MonitorDefinition(
                like.id(),
                like.origin(),
                like.every(),
                like.timeout(),
                source,
                like.language(),
                isPushed ? "" : like.query(),
                isPushed ? null : like.window(),
                like.fail(),
                like.degraded(),
                like.noData(),
                like.onError(),
                like.alert(),
                like.labels(),
                like.summary(),
                like.maxSeries(),
                like.silentAfter(),
                like.resolve(),
                like.resolveOnAbsence(),
                like.unit(),
                customer);
    }

    static SeriesResult room(String room, double value) {
        var status = value > 1000 ? Status.FAILED : value > 800 ? Status.DEGRADED : Status.PASSED;
        var reason = value > 1000 ? "above 1000" : value > 800 ? "above 800" : null;
        return new SeriesResult(Map.of("room", room), value, status, reason);
    }

    static CheckResult run(int slot, SeriesResult... series) {
        return part(slot, 1, 1, series);
    }

    static CheckResult part(int slot, int part, int parts, SeriesResult... series) {
        return result(MONITOR, slot(slot), part, parts, List.of(series), null);
    }

    static CheckResult error(int slot) {
        var error = new CheckError(CheckError.Kind.TIMEOUT, "no answer within 5s");
        return result(MONITOR, slot(slot), 1, 1, List.of(), error);
    }

    static CheckResult result(
            String monitor, Instant slot, int part, int parts, List<SeriesResult> series, @Nullable CheckError error) {
        var status = error != null ? Status.FAILED : Status.PASSED;
        return new CheckResult(
                monitor, slot, slot, 3, status, 0, part, parts, Map.of("site", "north"), series, error, null);
    }
}
