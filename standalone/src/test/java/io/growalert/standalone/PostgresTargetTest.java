package io.growalert.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PostgresTargetTest {
    @Test
    void the_user_is_taken_out_of_the_url() {
        var target = PostgresTarget.parse(
                "jdbc:postgresql://db.example.com:5433/farm?user=grow%26er&sslmode=require",
                Map.of("PGPASSWORD", "secret"));

        assertThat(target)
                .isEqualTo(new PostgresTarget(
                        "jdbc:postgresql://db.example.com:5433/farm?sslmode=require", "grow&er", "secret"));
    }

    @Test
    void what_the_url_leaves_out_comes_from_the_environment() {
        var target = PostgresTarget.parse(
                "postgresql://db.example.com/farm", Map.of("PGUSER", "grower", "PGPASSWORD", "100%+1"));

        assertThat(target).isEqualTo(new PostgresTarget("jdbc:postgresql://db.example.com/farm", "grower", "100%+1"));
    }

    @Test
    void a_password_is_never_shown() {
        var target = PostgresTarget.parse("postgresql://db.example.com/farm", Map.of("PGPASSWORD", "secret"));

        assertThat(target).hasToString("postgres@db.example.com/farm");
    }

    @Test
    void a_password_on_the_command_line_is_refused_with_a_line_that_names_the_right_place() {
        assertThatThrownBy(() ->
                        PostgresTarget.parse("jdbc:postgresql://db.example.com/farm?user=u&password=secret", Map.of()))
                .isInstanceOf(CannotRun.class)
                .hasMessageContaining("PGPASSWORD")
                .hasMessageNotContainingAny("secret", "\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"db.example.com", "jdbc:mysql://db/farm", "postgresql:///farm", "postgresql://u:p@db/farm", " "})
    void what_is_no_url_of_a_postgresql_is_one_line(String text) {
        assertThatThrownBy(() -> PostgresTarget.parse(text, Map.of()))
                .isInstanceOf(CannotRun.class)
                .hasMessageContaining("--postgres must be a URL such as");
    }

    @Test
    void a_database_that_cannot_be_reached_is_one_line() {
        var target =
                new PostgresTarget("jdbc:postgresql://127.0.0.1:%d/farm".formatted(LoopbackPorts.anyFree()), "u", "");

        assertThatThrownBy(target::requireReachable)
                .isInstanceOf(CannotRun.class)
                .hasMessageContaining("cannot be used")
                .hasMessageNotContaining("\n");
    }
}
