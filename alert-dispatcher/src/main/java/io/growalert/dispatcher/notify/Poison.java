package io.growalert.dispatcher.notify;

import java.sql.SQLException;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/** Distinguishes a record that can never be stored from an outage, during which storing is retried without a limit. */
final class Poison {
    private Poison() {}

    /** Whether the record itself caused this failure. */
    static boolean isCause(Throwable failure) {
        return switch (failure) {
            case KafkaException _, TransactionException _ -> false;
            case DataAccessException rejected -> isRejection(sqlState(rejected));
            case RuntimeException _, StackOverflowError _ -> true;
            default -> false;
        };
    }

    /** Data that does not fit its type or column, violates a constraint, or exceeds a limit such as an index row's size. */
    private static boolean isRejection(String state) {
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
