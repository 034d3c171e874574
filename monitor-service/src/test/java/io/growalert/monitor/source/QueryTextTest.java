package io.growalert.monitor.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.monitor.source.QueryText.Syntax;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QueryTextTest {
    private static String render(String text, Syntax syntax) {
        return QueryText.parse(text, syntax)
                .render(code -> code, name -> "<" + name + ">")
                .text();
    }

    @Test
    void replaces_parameters_in_sql() {
        assertThat(render("SELECT 1 WHERE time > :from AND time<=:to", Syntax.SQL))
                .isEqualTo("SELECT 1 WHERE time > <from> AND time<=<to>");
        assertThat(render("SELECT f(:from,:to)::numeric, :to::date", Syntax.SQL))
                .isEqualTo("SELECT f(<from>,<to>)::numeric, <to>::date");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT ':from'",
                "SELECT 'it''s :from'",
                "SELECT E'it\\'s :from'",
                "SELECT e'\\\\' , ' :from'",
                "SELECT \":from\", \"a\"\":from\"",
                "SELECT 1 -- :from",
                "SELECT 1 -- it's :from\n, 2",
                "SELECT /* :from */ 1",
                "SELECT /* a /* nested */ :from */ 1",
                "SELECT $$ :from $$",
                "SELECT $tag$ $$ :from $tag$",
                "SELECT value::from",
                "SELECT a[1:from], a[i:to], f(x)[(1):to]",
                "SELECT make_interval(days := 3)",
                "SELECT data ? 'key', data ?| array['a']",
                "SELECT 1;",
                "SELECT 1; -- done\n /* really; */ ",
            })
    void leaves_alone_what_only_looks_like_a_parameter_in_sql(String text) {
        assertThat(render(text, Syntax.SQL)).isEqualTo(text);
        assertThat(QueryText.parse(text, Syntax.SQL).problem()).isEmpty();
    }

    @Test
    void replaces_parameters_in_influx_ql() {
        assertThat(render("SELECT mean(x) FROM a WHERE time > :from AND time <= :to", Syntax.INFLUXQL))
                .isEqualTo("SELECT mean(x) FROM a WHERE time > <from> AND time <= <to>");
        assertThat(render("SELECT a / 2 FROM b WHERE time > :from AND c / 3 < 4", Syntax.INFLUXQL))
                .isEqualTo("SELECT a / 2 FROM b WHERE time > <from> AND c / 3 < 4");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT last(x) FROM \"a:from\"",
                "SELECT last(x) FROM \"a \\\" :from\"",
                "SELECT last(x) FROM a WHERE b = 'it\\'s :from'",
                "SELECT last(x) FROM a WHERE b =~ /it's :from/",
                "SELECT last(x) FROM /:from|\\/:to'/",
                "SELECT last(x) FROM a GROUP BY /:to'/",
                "SELECT last(x::float) FROM a -- :from",
                "SELECT last(x) /* it's :from */ FROM a",
            })
    void leaves_alone_what_only_looks_like_a_parameter_in_influx_ql(String text) {
        assertThat(render(text, Syntax.INFLUXQL)).isEqualTo(text);
        assertThat(QueryText.parse(text, Syntax.INFLUXQL).problem()).isEmpty();
    }

    @Test
    void replaces_parameters_in_flux() {
        assertThat(render("from(bucket: \"b\") |> range(start: :from, stop: :to)", Syntax.FLUX))
                .isEqualTo("from(bucket: \"b\") |> range(start: <from>, stop: <to>)");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "from(bucket: \"a \\\" :from\")",
                "// it's :from\nx = {from:to, a: b}",
                "r = (x) => x.host =~ /:from\"/",
                "a = 1\nb = 2",
                "f(r:from)",
            })
    void leaves_alone_what_only_looks_like_a_parameter_in_flux(String text) {
        assertThat(render(text, Syntax.FLUX)).isEqualTo(text);
        assertThat(QueryText.parse(text, Syntax.FLUX).problem()).isEmpty();
    }

    @Test
    void reports_what_is_wrong() {
        assertThat(problem(" -- nothing\n")).isEqualTo("it is empty");
        assertThat(problem("SELECT 1;\n COMMIT"))
                .isEqualTo("a second statement begins at line 2, column 2; only one is allowed");
        assertThat(problem("SELECT :form"))
                .isEqualTo(":form at line 1, column 8 is not known; the parameters are :from and :to");
        assertThat(problem("SELECT 'a")).isEqualTo("what is quoted or a comment from line 1, column 8 on does not end");
        assertThat(problem("SELECT 1 /* a /* b */"))
                .isEqualTo("what is quoted or a comment from line 1, column 10 on does not end");
        assertThat(problem("SELECT $a$ x $b$"))
                .isEqualTo("what is quoted or a comment from line 1, column 8 on does not end");
        assertThat(problem("SELECT $1, a$b$c")).isEqualTo("none");
    }

    /** Quotes and comments that do not end are each searched for their ends: once, and not for each of them. */
    @ParameterizedTest
    @ValueSource(strings = {"/*", "$a", "$$a", "-- $$ /* ", "'", "\"", "(/", "x\\"})
    @Timeout(60)
    void takes_apart_whatever_is_repeated(String piece) {
        for (var syntax : Syntax.values()) {
            assertThat(QueryText.parse(piece.repeat(100_000), syntax).code()).isNotNull();
            assertThat(QueryText.parse("SELECT 1 " + piece.repeat(100_000) + " :from", syntax)
                            .code())
                    .isNotNull();
        }
    }

    @Test
    @Timeout(60)
    void takes_tags_apart_that_are_all_different() {
        var text = new StringBuilder("SELECT ");
        for (int i = 0; i < 100_000; i++) {
            text.append("$t").append(i).append("$ ");
        }
        assertThat(problem(text.toString())).startsWith("what is quoted or a comment from line 1, column 8 on");
    }

    private static String problem(String text) {
        return QueryText.parse(text, Syntax.SQL).problem().orElse("none");
    }

    @Test
    void finds_the_parameters_in_use() {
        var text = QueryText.parse("SELECT ':to' WHERE a > :from", Syntax.SQL);
        assertThat(text.uses("from")).isTrue();
        assertThat(text.uses("to")).isFalse();
    }

    @Test
    void finds_the_way_back_from_the_sent_text() {
        var sent = QueryText.parse("SELECT :from,\n  oops", Syntax.SQL).render(code -> code, _ -> "a longer constant");
        assertThat(sent.place(sent.text().indexOf("oops"))).isEqualTo("line 2, column 3");
        assertThat(sent.place(sent.text().indexOf("constant"))).isEqualTo("line 1, column 8");
    }

    @Test
    void takes_a_long_text_apart() {
        var text = "SELECT '" + "''a".repeat(100_000) + "', \"" + "b\\\"".repeat(100_000) + "\"";
        assertThat(render(text, Syntax.INFLUXQL)).isEqualTo(text);
    }
}
