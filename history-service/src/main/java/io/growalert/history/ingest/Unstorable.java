package io.growalert.history.ingest;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/** Distinguishes a record that can never be stored from an outage, during which storing is retried without a limit. */
final class Unstorable {
    private Unstorable() {}

    /** Whether a record itself caused this failure. */
    static boolean isCause(Throwable failure) {
        return switch (failure) {
            case StaleOffset _, TransactionException _ -> false;
            case DataAccessException refused -> isRefusal(sqlState(refused));
            default -> true;
        };
    }

    /** Data that does not fit its type, violates a constraint, or exceeds a limit such as an index row's size. */
    private static boolean isRefusal(String state) {
        return state.startsWith("22") || state.startsWith("23") || state.startsWith("54");
    }

    private static String sqlState(@Nullable Throwable failure) {
        for (var cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && sql.getSQLState() != null) {
                return sql.getSQLState();
            }
        }
        return "";
    }
}
