package io.growalert.billing.records;

import java.sql.SQLException;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A statement that the database rejects because of its data: a retry gives the same result. */
public final class RejectedData {
    /** Cardinality, data and integrity, and a program limit; see PostgreSQL's appendix A. */
    private static final Set<String> CLASSES = Set.of("21", "22", "23", "54");

    private RejectedData() {}

    /** The reason, without the rejected values; empty for any other failure. */
    public static Optional<String> reason(Throwable thrown) {
        for (@Nullable Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql
                    && sql.getSQLState() != null
                    && CLASSES.contains(sql.getSQLState().substring(0, 2))) {
                return Optional.of("the database rejects it, SQLSTATE " + sql.getSQLState());
            }
        }
        return Optional.empty();
    }
}
