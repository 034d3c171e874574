package io.growalert.definitions;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VariablesTest {
    private static final Map<String, String> VALUES = Map.of(
            "HOST",
            "db.example.com",
            "PORT",
            "5432",
            "EMPTY",
            "",
            "ON",
            "true",
            "EVERY",
            "30s",
            "_x1",
            "y",
            "TRICKY",
            "a: [b, ${HOST}] $1 \\ # no comment",
            "SECRET",
            "hunter2");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "${HOST}                 | db.example.com",
                "${HOST}:${PORT}/farm    | db.example.com:5432/farm",
                "x${_x1}z                | xyz",
                "${GONE:default}         | default",
                "${GONE:http://a:1/b}    | http://a:1/b",
                "a${GONE:}b              | ab",
                "a${EMPTY:default}b      | ab",
                "$${HOST}                | ${HOST}",
                "$$${HOST}               | $${HOST}",
                "$HOST $$ $              | $HOST $$ $",
                "${TRICKY}               | a: [b, ${HOST}] $1 \\ # no comment"
            })
    void a_reference_is_replaced(String text, String expected) {
        assertThat(new Read("a: \"" + text + "\"", VALUES).value(root -> root.text("a")))
                .contains(expected);
    }

    @Test
    void every_kind_of_value_may_come_from_a_variable() {
        var read = new Read("""
                number: ${PORT}
                whole: ${PORT}
                flag: ${ON}
                every: ${EVERY}
                choice: ${_x1}
                range: ["${LOW:1}", "${HIGH:2}"]
                list: ["${HOST}", '${PORT}']
                labels: {host: "${HOST}"}
                password: ${SECRET}
                block: |
                  SELECT '${HOST}'
                """, VALUES);
        var root = read.root();

        assertThat(root.number("number")).contains(5432.0);
        assertThat(root.integer("whole", 1, 65535)).contains(5432);
        assertThat(root.flag("flag")).contains(true);
        assertThat(root.duration("every", Duration.ZERO, Duration.ofDays(1))).contains(Duration.ofSeconds(30));
        assertThat(root.choice("choice", Map.of("y", 1))).contains(1);
        assertThat(root.range("range")).contains(List.of(1.0, 2.0));
        assertThat(root.texts("list")).containsExactly("db.example.com", "5432");
        assertThat(root.labels("labels")).containsEntry("host", "db.example.com");
        assertThat(root.secret("password")).contains(new Secret("hunter2"));
        assertThat(root.text("block")).contains("SELECT 'db.example.com'\n");
        assertThat(read.problems()).isEmpty();
    }

    @Test
    void keys_have_no_variables() {
        assertThat(new Read("${HOST}: 1", VALUES).root().keys()).containsExactly("${HOST}");
    }

    @Test
    void a_variable_that_is_not_set_is_reported_once_where_it_is() {
        var read = new Read("""
                every: ${GONE}
                list: [a, "${GONE}", "${AWAY}"]
                labels: {site: "${GONE}"}
                """);
        var root = read.root();

        assertThat(root.required("every", root.duration("every", Duration.ZERO, Duration.ofDays(1))))
                .isEmpty();
        assertThat(root.texts("list")).containsExactly("a");
        assertThat(root.labels("labels")).isEmpty();
        assertThat(read.problems())
                .containsExactly(
                        "farm.yaml:1:1: every: the variable GONE is not set; set it or give a default, ${GONE:default}",
                        "farm.yaml:2:11: list: the variable GONE is not set; set it or give a default, ${GONE:default}",
                        "farm.yaml:2:22: list: the variable AWAY is not set; set it or give a default, ${AWAY:default}",
                        "farm.yaml:3:10: labels.site: the variable GONE is not set; set it or give a default,"
                                + " ${GONE:default}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"${", "${}", "${1A}", "${A-B}", "${A B}", "${HOST", "${r._field}"})
    void a_brace_that_is_no_reference_is_reported(String text) {
        var read = new Read("a: \"" + text + "\"", VALUES);

        assertThat(read.root().text("a")).isEmpty();
        assertThat(read.problems())
                .containsExactly("farm.yaml:1:1: a: '${' must be followed by NAME} or NAME:default};"
                        + " write '$${' for the characters");
    }

    @Test
    void what_a_variable_stands_for_is_never_shown() {
        var read = new Read("a: ${SECRET}\nb: [\"${SECRET}\", 1]\nc: ${SECRET}\n", VALUES);
        read.root().number("a");
        read.root().range("b");
        read.root().choice("c", Map.of("x", 1));
        read.root().duration("c", Duration.ZERO, Duration.ZERO);

        assertThat(read.problems()).hasSize(4).noneMatch(problem -> problem.contains("hunter2"));
        assertThat(read.problems().getFirst())
                .isEqualTo("farm.yaml:1:1: a: expected a number, not what '${SECRET}' stands for");
        assertThat(new Variables(VALUES).toString()).doesNotContain("hunter2").contains("SECRET");
    }
}
