package io.growalert.definitions;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AliasesTest {
    @Test
    void an_alias_stands_for_what_its_anchor_names() {
        var read = new Read("""
                one: &all {after: 3, receivers: [ops]}
                two: *all
                text: &t hello
                again: *t
                """);

        assertThat(read.value(root -> root.section("two").flatMap(two -> two.integer("after", 1, 5))))
                .contains(3);
        assertThat(read.value(root -> root.text("again"))).contains("hello");
    }

    @Test
    void what_is_wrong_behind_an_alias_is_where_the_anchor_is() {
        var read = new Read("""
                one: 1
                two: &two
                  after: x
                three: *two
                """);

        read.root().section("three").ifPresent(three -> three.integer("after", 1, 5));
        read.root().section("one");

        assertThat(read.problems())
                .containsExactly(
                        "farm.yaml:1:1: one: expected a mapping of keys to values, not '1'",
                        "farm.yaml:3:3: three.after: expected a whole number from 1 to 5, not 'x'");
    }

    @Test
    void merged_keys_are_read_and_the_mappings_own_keys_win() {
        var read = new Read("""
                x-base: &base {every: 30s, timeout: 5s, source: db}
                x-more: &more {<<: *base, timeout: 9s, window: 5m}
                monitor:
                  <<: [*more, {source: never, language: flux}]
                  every: 1m
                """);
        var monitor = read.root().section("monitor").orElseThrow();

        assertThat(monitor.text("every")).contains("1m");
        assertThat(monitor.text("timeout")).contains("9s");
        assertThat(monitor.text("source")).contains("db");
        assertThat(monitor.text("window")).contains("5m");
        assertThat(monitor.text("language")).contains("flux");
        assertThat(monitor.keys()).containsExactly("every", "timeout", "window", "source", "language");
        monitor.finish();
        read.root().finish();
        assertThat(read.problems()).isEmpty();
    }

    @Test
    void only_mappings_can_be_merged() {
        var read = new Read("<<: text\na: {<<: [1, {b: c}]}\n");
        read.root().section("a");

        assertThat(read.problems())
                .containsExactly(
                        "farm.yaml:1:1: << takes a mapping or a list of mappings, not 'text'",
                        "farm.yaml:2:5: a: << takes a mapping or a list of mappings, not a list");
    }

    @Test
    void what_leads_back_to_itself_is_read_once() {
        var read = new Read("a: &a {b: 1, <<: *a, c: *a}\n");
        var a = read.root().section("a").orElseThrow();

        assertThat(a.keys()).containsExactly("b", "c");
        assertThat(a.section("c").orElseThrow().keys()).containsExactly("b", "c");
        assertThat(read.problems()).isEmpty();
    }

    @Test
    void a_billion_laughs_are_not_expanded() {
        var bomb = IntStream.range(1, 30)
                .mapToObj(i -> "a%d: &a%d {<<: [%s], v%d: [%s]}"
                        .formatted(i, i, times(9, "*a" + (i - 1)), i, times(9, "*a" + (i - 1))))
                .collect(Collectors.joining("\n", "a0: &a0 {lol: lol}\n", "\n"));
        var read = new Read(bomb + "monitors: *a29\n");

        assertThat(read.root().section("monitors").orElseThrow().keys()).hasSize(30);
        assertThat(read.root().sections("monitors")).isEmpty();
        assertThat(read.problems()).containsExactly("farm.yaml:31:1: monitors: expected a list, not a mapping");
    }

    @Test
    void a_long_chain_of_merges_is_read() {
        var chain = IntStream.range(1, 5_000)
                .mapToObj(i -> "a%d: &a%d {<<: *a%d}".formatted(i, i, i - 1))
                .collect(Collectors.joining("\n", "a0: &a0 {deep: 1}\n", "\n"));

        assertThat(new Read(chain).value(root -> root.section("a4999").flatMap(last -> last.text("deep"))))
                .contains("1");
    }

    @Test
    void an_alias_without_an_anchor_is_reported() {
        assertThat(Read.failing("a: 1\nb: *unknown\n"))
                .containsExactly("farm.yaml:2:4: not YAML: found undefined alias unknown");
    }

    private static String times(int count, String text) {
        return IntStream.range(0, count).mapToObj(i -> text).collect(Collectors.joining(", "));
    }
}
