package io.growalert.monitor.source.postgres;

import io.growalert.events.CheckError;
import io.growalert.monitor.source.QueryText;
import io.growalert.monitor.source.SourceException;
import java.net.SocketTimeoutException;
import java.sql.SQLException;
import java.util.Set;
import java.util.regex.Pattern;

/** The meaning of the driver's exceptions. SQL states: PostgreSQL's documentation, appendix A. */
final class Failure {
    /** The server canceled a statement or a transaction that took too long, and is therefore alive. */
    private static final Set<String> CANCELED = Set.of("57014", "25P04");

    /** The line of the driver's message with a position, in any language. */
    private static final Pattern POSITION = Pattern.compile("\\R\\s+[^:\\n]++:\\s?(\\d{1,9})(?=\\R|$)");

    private Failure() {}

    static SourceException of(SQLException e, QueryText.Rendered sent) {
        var message = message(e, sent);
        if (message.contains(PostgresSource.LIMIT_OF_ANSWER)) {
            return new SourceException(
                    CheckError.Kind.QUERY, "the answer has more than " + PostgresSource.MAX_ANSWER, e);
        }
        if (isCanceled(e)) {
            return SourceException.canceled("no answer in time: " + message, e);
        }
        return switch (kind(e)) {
            case TIMEOUT -> new SourceException(CheckError.Kind.TIMEOUT, "no answer in time: " + message, e);
            case QUERY -> new SourceException(CheckError.Kind.QUERY, message, e);
            case SOURCE, VALUE -> new SourceException(CheckError.Kind.SOURCE, "the database failed: " + message, e);
        };
    }

    /** Without a connection the query is not the cause. The driver has the reason in the innermost cause, if at all. */
    static SourceException connecting(Throwable e) {
        var reason = e;
        while (reason.getCause() != null) {
            reason = reason.getCause();
        }
        var message = String.valueOf(e.getMessage());
        var detail = message.contains(String.valueOf(reason.getMessage())) ? "" : " (" + reason + ")";
        return new SourceException(
                CheckError.Kind.SOURCE, "cannot connect to the database: " + oneLine(message + detail), e);
    }

    private static boolean isCanceled(SQLException e) {
        return e.getSQLState() != null && CANCELED.contains(e.getSQLState());
    }

    private static CheckError.Kind kind(SQLException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof SocketTimeoutException) {
                return CheckError.Kind.TIMEOUT;
            }
        }
        var state = e.getSQLState() == null ? "" : e.getSQLState();
        return switch (state.length() == 5 ? state.substring(0, 2) : "") {
            // connection, transaction rolled back (a replica's conflict), resources, operator, system, internal
            case "", "08", "28", "3D", "40", "53", "57", "58", "F0", "XX" -> CheckError.Kind.SOURCE;
            default -> CheckError.Kind.QUERY;
        };
    }

    private static String message(SQLException e, QueryText.Rendered sent) {
        var message = String.valueOf(e.getMessage());
        var position = POSITION.matcher(message);
        if (!position.find()) {
            return oneLine(message);
        }
        var place = sent.place(Integer.parseInt(position.group(1)) - 1);
        return oneLine(position.replaceFirst("")) + " (" + place + ")";
    }

    private static String oneLine(String text) {
        return text.strip().replaceAll("\\s*\\R\\s*", "; ");
    }
}
