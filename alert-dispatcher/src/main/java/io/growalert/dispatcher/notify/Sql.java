package io.growalert.dispatcher.notify;

import java.time.Duration;
import java.util.Collection;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** Columns of rows as arrays: many rows are one statement and one round trip, however many they are. */
final class Sql {
    private Sql() {}

    static <T> @Nullable String[] texts(Collection<T> rows, Function<? super T, ? extends @Nullable String> column) {
        return rows.stream().map(column).toArray(String[]::new);
    }

    static <T> Long[] numbers(Collection<T> rows, ToLongFunction<? super T> column) {
        return rows.stream().map(column::applyAsLong).toArray(Long[]::new);
    }

    static <T> Long[] millis(Collection<T> rows, Function<? super T, Duration> column) {
        return numbers(rows, row -> column.apply(row).toMillis());
    }
}
