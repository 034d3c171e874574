package io.growalert.billing.ledger;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** Columns of rows as arrays: many rows are one statement and one round trip, however many they are. */
final class Sql {
    private Sql() {}

    static <T> @Nullable String[] texts(Collection<T> rows, Function<? super T, ? extends @Nullable String> column) {
        return rows.stream().map(column).toArray(String[]::new);
    }

    static <T> String[] times(Collection<T> rows, Function<? super T, Instant> column) {
        return rows.stream().map(column).map(Instant::toString).toArray(String[]::new);
    }

    static <T> Long[] numbers(Collection<T> rows, ToLongFunction<? super T> column) {
        return rows.stream().map(column::applyAsLong).toArray(Long[]::new);
    }

    static <T> Boolean[] flags(Collection<T> rows, Predicate<? super T> column) {
        return rows.stream().map(column::test).toArray(Boolean[]::new);
    }

    static <T> @Nullable Long[] millis(Collection<T> rows, Function<? super T, ? extends @Nullable Duration> column) {
        return rows.stream()
                .map(row -> {
                    var duration = column.apply(row);
                    return duration == null ? null : duration.toMillis();
                })
                .toArray(Long[]::new);
    }

    static Instant instant(java.sql.ResultSet row, String column) throws java.sql.SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    static @Nullable Instant optionalInstant(java.sql.ResultSet row, String column) throws java.sql.SQLException {
        var time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }
}
