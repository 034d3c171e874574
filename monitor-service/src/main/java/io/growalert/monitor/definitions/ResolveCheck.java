package io.growalert.monitor.definitions;

import io.growalert.events.Threshold;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.DoublePredicate;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Whether {@code resolve} contradicts the other thresholds of a monitor. Between two neighbouring limits a threshold gives one
 * answer, so the limits, a value in each gap and one beyond either end stand for all values.
 */
final class ResolveCheck {
    private ResolveCheck() {}

    static Optional<String> problemWith(Threshold resolve, Threshold fail, @Nullable Threshold degraded) {
        if (any(value -> resolve.breachedBy(value) && fail.breachedBy(value), resolve, fail)) {
            return Optional.of("contradicts fail: there are values both %s, which resolve, and %s, which fail"
                    .formatted(resolve.inWords(), fail.inWords()));
        }
        if (degraded != null
                && !any(value -> resolve.breachedBy(value) && !degraded.breachedBy(value), resolve, degraded)) {
            return Optional.of("contradicts degraded: every value %s is %s, so that no series would resolve as passed"
                    .formatted(resolve.inWords(), degraded.inWords()));
        }
        return Optional.empty();
    }

    private static boolean any(DoublePredicate condition, Threshold one, Threshold other) {
        var limits = new TreeSet<Double>();
        Stream.of(one, other).flatMapToDouble(ResolveCheck::limits).forEach(limits::add);
        var values = new TreeSet<Double>(limits);
        values.add(Math.nextDown(limits.first()));
        values.add(Math.nextUp(limits.last()));
        for (var low : limits) {
            var high = limits.higher(low);
            if (high != null) {
                values.add(low / 2 + high / 2);
            }
        }
        return values.stream().mapToDouble(Double::doubleValue).anyMatch(condition);
    }

    private static DoubleStream limits(Threshold threshold) {
        return switch (threshold) {
            case Threshold.Above above -> DoubleStream.of(above.limit());
            case Threshold.Below below -> DoubleStream.of(below.limit());
            case Threshold.Outside outside -> DoubleStream.of(outside.low(), outside.high());
            case Threshold.Inside inside -> DoubleStream.of(inside.low(), inside.high());
        };
    }
}
