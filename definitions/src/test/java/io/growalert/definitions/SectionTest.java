package io.growalert.definitions;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SectionTest {
    @Test
    void reads_each_kind_of_value() {
        var read = new Read("""
                text: hello
                number: -1.5e3
                whole: 12
                yes: true
                no: false
                every: 1h30m
                colour: green
                range: [18, 26.5]
                list: [a, 2, true]
                labels: {site: north, bench: 7}
                section: {key: value}
                sections: [{n: 1}, {n: 2}]
                named: {one: {n: 1}, two: {n: 2}}
                """);
        var root = read.root();

        assertThat(root.text("text")).contains("hello");
        assertThat(root.number("number")).contains(-1500.0);
        assertThat(root.integer("whole", 1, 12)).contains(12);
        assertThat(root.flag("yes")).contains(true);
        assertThat(root.flag("no")).contains(false);
        assertThat(root.duration("every", Duration.ZERO, Duration.ofDays(1))).contains(Duration.ofMinutes(90));
        assertThat(root.choice("colour", Map.of("green", 1, "red", 2))).contains(1);
        assertThat(root.range("range")).contains(List.of(18.0, 26.5));
        assertThat(root.texts("list")).containsExactly("a", "2", "true");
        assertThat(root.labels("labels")).containsExactly(entry("site", "north"), entry("bench", "7"));
        assertThat(root.section("section").flatMap(section -> section.text("key")))
                .contains("value");
        assertThat(root.sections("sections"))
                .extracting(section -> section.integer("n", 1, 2))
                .containsExactly(Optional.of(1), Optional.of(2));
        assertThat(root.named("named").keySet()).containsExactly("one", "two");
        root.finish();
        assertThat(read.problems()).isEmpty();
    }

    @Test
    void what_is_absent_is_empty_and_no_problem() {
        var read = new Read("");
        var root = read.root();

        assertThat(root.text("a")).isEmpty();
        assertThat(root.number("a")).isEmpty();
        assertThat(root.range("a")).isEmpty();
        assertThat(root.texts("a")).isEmpty();
        assertThat(root.labels("a")).isEmpty();
        assertThat(root.section("a")).isEmpty();
        assertThat(root.sections("a")).isEmpty();
        assertThat(root.named("a")).isEmpty();
        assertThat(root.secret("a")).isEmpty();
        assertThat(root.keys()).isEmpty();
        root.finish();
        assertThat(read.problems()).isEmpty();
    }

    @Test
    void what_a_reader_rejects_is_reported_with_its_message_at_the_place_of_the_item() {
        var read = new Read("""
                id: one
                ids: [1,
                  two]
                """);

        assertThat(read.root().parsed("id", Integer::valueOf)).isEmpty();
        assertThat(read.root().parsedList("ids", Integer::valueOf)).containsExactly(1);
        assertThat(read.root().parsedList("absent", Integer::valueOf)).isEmpty();
        assertThat(read.problems())
                .containsExactly(
                        "farm.yaml:1:1: id: For input string: \"one\"",
                        "farm.yaml:3:3: ids: For input string: \"two\"");
    }

    @Test
    void everything_wrong_is_reported_at_once_with_its_place_from_top_to_bottom() {
        var read = new Read("""
                monitors:
                  - id: [a]
                    every: 30
                    fail:
                      above: high
                  - every: 100d
                    fail: 5
                    alert: {after: 0, receivers: [ops, {a: b}, ~]}
                  - just text
                  - tiemout: 5s
                    range: [2, 1]
                """);
        for (var monitor : read.root().sections("monitors")) {
            monitor.requiredText("id");
            monitor.duration("every", Duration.ofSeconds(1), Duration.ofDays(1));
            monitor.duration("timeout", Duration.ofSeconds(1), Duration.ofDays(1));
            monitor.section("fail").ifPresent(fail -> fail.number("above"));
            monitor.section("alert").ifPresent(alert -> {
                alert.integer("after", 1, 1000);
                alert.texts("receivers");
            });
            monitor.range("range");
            monitor.finish();
        }

        assertThat(read.problems())
                .containsExactly(
                        "farm.yaml:2:5: monitors[0].id: expected text, not a list",
                        "farm.yaml:3:5: monitors[0].every: expected a duration such as 30s, 5m or 1h30m, not '30'",
                        "farm.yaml:5:7: monitors[0].fail.above: expected a number, not 'high'",
                        "farm.yaml:6:5: monitors[1].id: is missing; it is required",
                        "farm.yaml:6:5: monitors[1].every: must be from 1s to 1d, not 100d",
                        "farm.yaml:7:5: monitors[1].fail: expected a mapping of keys to values, not '5'",
                        "farm.yaml:8:13: monitors[1].alert.after: expected a whole number from 1 to 1000, not '0'",
                        "farm.yaml:8:40: monitors[1].alert.receivers: expected text in this list, not a mapping",
                        "farm.yaml:8:48: monitors[1].alert.receivers: expected text in this list, not nothing",
                        "farm.yaml:9:5: monitors[2]: expected a mapping of keys to values, not 'just text'",
                        "farm.yaml:10:5: monitors[3].id: is missing; it is required",
                        "farm.yaml:10:5: monitors[3].tiemout: unknown key; did you mean timeout?; expected one of id,"
                                + " every, timeout, fail, alert, range",
                        "farm.yaml:11:5: monitors[3].range: expected two numbers [low, high], low below high");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a:           | nothing",
                "a: ~         | nothing",
                "a: null      | nothing",
                "a: []        | a list",
                "a: {}        | a mapping",
                "a: &x [*x]   | a list"
            })
    void what_is_no_text_is_named(String text, String found) {
        var read = new Read(text);

        assertThat(read.root().text("a")).isEmpty();
        assertThat(read.problems()).containsExactly("farm.yaml:1:1: a: expected text, not " + found);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1_000",
                "0x10",
                "1f",
                "1d",
                "NaN",
                "Infinity",
                ".inf",
                "1e999",
                "''",
                "' 1'",
                "١",
                "1,5",
                "--1",
                "."
            })
    void anything_but_a_finite_decimal_is_no_number(String number) {
        var read = new Read("a: " + number);

        assertThat(read.root().number("a")).isEmpty();
        assertThat(read.problems()).singleElement().asString().startsWith("farm.yaml:1:1: a: expected a number, not ");
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "+1, 1", "-.5, -0.5", "1., 1", "'\"12.5\"', 12.5", "1e-3, 0.001"})
    void reads_numbers_as_people_write_them(String text, double expected) {
        assertThat(new Read("a: " + text).value(root -> root.number("a"))).contains(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "11", "1.0", "1e1", "99999999999", "999999999999999999999", "one"})
    void a_whole_number_keeps_to_its_bounds(String number) {
        var read = new Read("a: " + number);

        assertThat(read.root().integer("a", 1, 10)).isEmpty();
        assertThat(read.problems())
                .containsExactly("farm.yaml:1:1: a: expected a whole number from 1 to 10, not '%s'".formatted(number));
    }

    @ParameterizedTest
    @ValueSource(strings = {"yes", "True", "1", "on"})
    void a_flag_is_true_or_false(String text) {
        var read = new Read("a: " + text);

        assertThat(read.root().flag("a")).isEmpty();
        assertThat(read.problems())
                .containsExactly("farm.yaml:1:1: a: expected true or false, not '%s'".formatted(text));
    }

    @Test
    void a_key_that_is_here_twice_is_reported_and_the_first_counts() {
        var read = new Read("""
                a:
                  b: 1
                  c: 2
                  b: 3
                """);

        assertThat(read.root().section("a").flatMap(a -> a.text("b"))).contains("1");
        assertThat(read.problems()).containsExactly("farm.yaml:4:3: a.b: this key is here twice, first in line 2");
    }

    @Test
    void a_key_must_be_text() {
        var read = new Read("? [a, b]\n: c\n? {d: e}\n: f\n");

        assertThat(read.problems())
                .containsExactly(
                        "farm.yaml:1:3: a key must be text, not a list",
                        "farm.yaml:3:3: a key must be text, not a mapping");
    }

    @Test
    void unknown_keys_are_reported_with_what_was_expected() {
        var read = new Read("souces: 1\nx-mine: 2\nqqqqqq: 3\n");
        read.root().named("sources");
        read.root().sections("monitors");
        read.root().finish();

        assertThat(read.problems())
                .containsExactly(
                        "farm.yaml:1:1: souces: unknown key; did you mean sources?; expected one of sources, monitors",
                        "farm.yaml:3:1: qqqqqq: unknown key; expected one of sources, monitors");
    }

    @Test
    void a_long_value_is_shown_in_part() {
        var read = new Read("a: |\n  " + "x".repeat(100) + "\n  y\n");

        assertThat(read.root().number("a")).isEmpty();
        assertThat(read.problems())
                .containsExactly("farm.yaml:1:1: a: expected a number, not '" + "x".repeat(60) + "...'");
    }
}
