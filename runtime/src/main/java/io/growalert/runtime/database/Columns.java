package io.growalert.runtime.database;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** Rows as arrays, one for each column, so that any number of rows is one statement and one round trip; and times in columns. */
public final class Columns {
    /** The latest time that is stored. Of years with more digits, the database does not read the text. */
    public static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

    private Columns() {}

    /** Now, as precise as the database. */
    public static Instant now(InstantSource clock) {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }

    /** The parameter for a time. */
    public static OffsetDateTime time(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }

    public static <T> @Nullable String[] texts(
            Collection<T> rows, Function<? super T, ? extends @Nullable String> column) {
        return rows.stream().map(column).toArray(String[]::new);
    }

    public static <T> Long[] numbers(Collection<T> rows, ToLongFunction<? super T> column) {
        return rows.stream().map(column::applyAsLong).toArray(Long[]::new);
    }

    public static <T> Boolean[] flags(Collection<T> rows, Predicate<? super T> column) {
        return rows.stream().map(column::test).toArray(Boolean[]::new);
    }

    /** In milliseconds; null where the duration is null. */
    public static <T> @Nullable Long[] millis(
            Collection<T> rows, Function<? super T, ? extends @Nullable Duration> column) {
        return rows.stream()
                .map(row -> {
                    var duration = column.apply(row);
                    return duration == null ? null : duration.toMillis();
                })
                .toArray(Long[]::new);
    }

    /** As ISO-8601 texts, to be cast to {@code timestamptz}. */
    public static <T> String[] times(Collection<T> rows, Function<? super T, Instant> column) {
        return rows.stream().map(column).map(Instant::toString).toArray(String[]::new);
    }

    public static Instant instant(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    public static @Nullable Instant optionalInstant(ResultSet row, String column) throws SQLException {
        var time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }
}
