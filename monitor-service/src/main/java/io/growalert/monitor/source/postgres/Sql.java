package io.growalert.monitor.source.postgres;

import io.growalert.events.CheckError;
import io.growalert.monitor.source.Query;
import io.growalert.monitor.source.QueryText;
import io.growalert.monitor.source.SourceException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The query as it is sent: each parameter becomes a constant of type {@code timestamptz}. A bind variable would be one
 * more each time that it is written, and {@code GROUP BY date_bin('5m', time, :from)} would no longer be the expression
 * that it is in the list of columns.
 */
final class Sql {
    private Sql() {}

    static QueryText.Rendered render(Query query) throws SourceException {
        var text = QueryText.parse(query.text(), QueryText.Syntax.SQL);
        if (text.problem().isPresent()) {
            throw new SourceException(CheckError.Kind.QUERY, text.problem().get());
        }
        if (query.from() == null && text.uses("from")) {
            throw new SourceException(CheckError.Kind.QUERY, "the query uses :from, but the monitor has no window");
        }
        // JDBC takes a question mark for a bind variable; PostgreSQL's operators with one are written with two.
        return text.render(
                code -> code.equals("?") ? "??" : code,
                name -> constant(name.equals("from") ? query.from() : query.to()));
    }

    private static String constant(@Nullable Instant instant) {
        return "(timestamptz '" + instant + "')";
    }
}
