package io.growalert.monitor.source.postgres;

import io.growalert.events.CheckError;
import io.growalert.monitor.source.Query;
import io.growalert.monitor.source.QueryText;
import io.growalert.monitor.source.SourceException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The statement to send: each parameter becomes a constant of type {@code timestamptz}. With bind variables, each occurrence would
 * be a different parameter, and {@code GROUP BY date_bin('5m', time, :from)} would not match the same expression in the list of
 * columns.
 */
final class StatementText {
    private StatementText() {}

    static QueryText.Rendered render(Query query) throws SourceException {
        var text = QueryText.parse(query.text(), QueryText.Syntax.SQL);
        if (text.problem().isPresent()) {
            throw new SourceException(CheckError.Kind.QUERY, text.problem().get());
        }
        if (query.from() == null && text.uses("from")) {
            throw new SourceException(CheckError.Kind.QUERY, "the query uses :from, but the monitor has no window");
        }
        // a question mark is a bind variable in JDBC; in PostgreSQL's operators it is doubled
        return text.render(
                code -> code.equals("?") ? "??" : code,
                name -> constant(name.equals("from") ? query.from() : query.to()));
    }

    private static String constant(@Nullable Instant instant) {
        return "(timestamptz '" + instant + "')";
    }
}
