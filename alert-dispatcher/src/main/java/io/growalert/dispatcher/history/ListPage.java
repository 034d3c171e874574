package io.growalert.dispatcher.history;

import io.growalert.runtime.database.Cursor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A page of a list.
 *
 * @param next where the following page begins; empty on the last one. A page may have fewer rows than requested, or none, and not
 *     be the last
 */
public record ListPage<T>(List<T> rows, Optional<Cursor> next) {
    /** How many rows one request reads at most, to find those that match. */
    private static final int MAX_READ = 10_000;

    private static final int BATCH = 500;

    public ListPage {
        rows = List.copyOf(rows);
    }

    /** The rows of a list in its order. */
    interface Rows<T> {
        /**
         * At most this many rows.
         *
         * @param after null: from the first one
         */
        List<T> read(@Nullable Cursor after, int limit);
    }

    /**
     * Reads a page.
     *
     * @param position the position behind a row
     * @param matching the rows to list; null for all of them
     */
    static <T> ListPage<T> read(
            Rows<T> rows,
            Function<T, Cursor> position,
            @Nullable Predicate<T> matching,
            @Nullable Cursor start,
            int limit) {
        var found = new ArrayList<T>();
        var after = start;
        int batch = matching == null ? limit + 1 : BATCH;
        for (int read = 0; read < MAX_READ; read += batch) {
            var next = rows.read(after, batch);
            for (var row : next) {
                if (matching == null || matching.test(row)) {
                    if (found.size() == limit) {
                        return new ListPage<>(found, Optional.ofNullable(after));
                    }
                    found.add(row);
                }
                after = position.apply(row);
            }
            if (next.size() < batch) {
                return new ListPage<>(found, Optional.empty());
            }
        }
        return new ListPage<>(found, Optional.ofNullable(after));
    }

    <R> ListPage<R> map(Function<T, R> change) {
        return new ListPage<>(rows.stream().map(change).toList(), next);
    }
}
