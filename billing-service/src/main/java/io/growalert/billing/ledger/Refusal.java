package io.growalert.billing.ledger;

import java.sql.SQLException;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The database is there, but does not take what it is given: trying again the same does not help. */
public final class Refusal {
    /** Cardinality, data and integrity, and a program limit; see PostgreSQL's appendix A. */
    private static final Set<String> CLASSES = Set.of("21", "22", "23", "54");

    private Refusal() {}

    /** Why, without what was refused; empty when this is something else. */
    public static Optional<String> reason(Throwable thrown) {
        for (@Nullable Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql
                    && sql.getSQLState() != null
                    && CLASSES.contains(sql.getSQLState().substring(0, 2))) {
                return Optional.of("the database refuses it, SQLSTATE " + sql.getSQLState());
            }
        }
        return Optional.empty();
    }
}
