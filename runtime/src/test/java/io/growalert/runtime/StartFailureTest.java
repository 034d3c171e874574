package io.growalert.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.ConnectException;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

class StartFailureTest {
    @Test
    void an_unreachable_database_is_named() {
        var refused = new SQLException("Connection to db:5432 refused.", new ConnectException("Connection refused"));

        var failure = new StartFailure("history", new IllegalStateException("no bean", refused));

        assertThat(failure).hasMessage("the history cannot start: Connection to db:5432 refused.");
    }

    @Test
    void otherwise_the_deepest_cause_is_the_reason() {
        var failure =
                new StartFailure("history", new IllegalStateException("no bean", new ConnectException("refused")));

        assertThat(failure).hasMessage("the history cannot start: refused");
    }
}
