package io.growalert.monitor.source.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.events.CheckError.Kind;
import io.growalert.monitor.source.QueryText;
import io.growalert.monitor.source.SourceException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FailureTest {
    private static SourceException failure(String message, @Nullable String state, @Nullable Throwable cause) {
        var sent = QueryText.parse("SELECT\n 1 AS value", QueryText.Syntax.SQL).render(code -> code, name -> name);
        return Failure.of(new SQLException(message, state, cause), sent);
    }

    @ParameterizedTest
    @CsvSource({
        "42601, QUERY", // syntax error
        "42501, QUERY", // no permission
        "22012, QUERY", // division by zero
        "25006, QUERY", // read-only transaction
        "57014, TIMEOUT", // statement timeout
        "25P04, TIMEOUT", // transaction timeout
        "40001, SOURCE", // a replica's conflict
        "53300, SOURCE", // too many connections
        "57P01, SOURCE", // shutdown
        "57P03, SOURCE", // starting up
        "08006, SOURCE", // connection failure
        ", SOURCE",
    })
    void derives_the_kind_of_failure_from_the_sql_state(@Nullable String state, Kind kind) {
        assertThat(failure("ERROR: it", state, null).kind()).isEqualTo(kind);
    }

    @Test
    void classifies_a_silent_socket_as_a_timeout() {
        assertThat(failure("An I/O error occurred", "08006", new SocketTimeoutException())
                        .kind())
                .isEqualTo(Kind.TIMEOUT);
    }

    @ParameterizedTest
    @CsvSource({"Position: 10", "Position\u00a0: 10", "位置: 10"})
    void names_the_place_in_the_query_as_it_was_written(String position) {
        assertThat(failure("ERROR: no such column\n  Hint: Try another.\n  " + position, "42703", null))
                .hasMessage("ERROR: no such column; Hint: Try another. (line 2, column 3)");
    }

    @Test
    void reports_why_the_connection_failed() {
        var unknown = new SQLException(
                "The connection attempt failed.", "08001", new UnknownHostException("unknown.example.com"));
        assertThat(Failure.connecting(unknown))
                .hasMessage("cannot connect to the database: The connection attempt failed."
                        + " (java.net.UnknownHostException: unknown.example.com)");
        assertThat(Failure.connecting(new SQLException("FATAL: no such role")))
                .hasMessage("cannot connect to the database: FATAL: no such role");
    }
}
