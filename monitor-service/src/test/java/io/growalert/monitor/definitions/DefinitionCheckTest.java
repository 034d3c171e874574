package io.growalert.monitor.definitions;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.definitions.DefinitionProblem;
import io.growalert.definitions.Variables;
import io.growalert.events.AlertPolicy;
import io.growalert.events.MonitorDefinition;
import io.growalert.events.OnMissing;
import io.growalert.events.SystemMonitor;
import io.growalert.events.Threshold;
import io.growalert.monitor.memory.MemorySource;
import io.growalert.monitor.source.SourceDefinition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DefinitionCheckTest {
    private static final String HEAD = """
            sources:
              farm: {memory: {name: "${FARM}"}, limit: 3}
            receivers:
              ops: {log: {}}
            """;

    @TempDir
    private Path folder;

    @Test
    void a_monitor_with_all_fields_is_read() throws IOException {
        var definitions = check(HEAD + """
                monitors:
                  - id: room-co2
                    every: 30s
                    timeout: 5s
                    source: farm
                    query: SELECT :from, :to
                    window: 5m
                    fail: {above: 1000}
                    degraded: {outside: [300, 800]}
                    resolve: {inside: [350, 900]}
                    noData: ignore
                    resolveOnAbsence: true
                    unit: ppm
                    onError: degraded
                    alert: {after: 3, resolveAfter: 2, repeat: 4h, forgetAfter: 2h, receivers: [ops]}
                    labels: {site: north}
                    summary: "{{room}} has {{value}}"
                    maxSeries: 50000
                    silentAfter: 5m
                    customer: cus_Na6dX7aXxi11N4
                """);

        assertThat(definitions.problems()).isEmpty();
        assertThat(definitions.sources())
                .isEqualTo(Map.of("farm", new SourceDefinition(new MemorySource.Config("north"), 3)));
        assertThat(definitions.monitors())
                .containsExactly(new MonitorDefinition(
                        "room-co2",
                        "mine",
                        Duration.ofSeconds(30),
                        Duration.ofSeconds(5),
                        "farm",
                        null,
                        "SELECT :from, :to",
                        Duration.ofMinutes(5),
                        new Threshold.Above(1000),
                        new Threshold.Outside(300, 800),
                        OnMissing.IGNORE,
                        OnMissing.DEGRADED,
                        new AlertPolicy(3, null, 2, Duration.ofHours(4), Duration.ofHours(2), List.of("ops")),
                        Map.of("site", "north"),
                        "{{room}} has {{value}}",
                        50_000,
                        Duration.ofMinutes(5),
                        new Threshold.Inside(350, 900),
                        true,
                        "ppm",
                        "cus_Na6dX7aXxi11N4"));
    }

    @Test
    void what_is_left_out_has_its_default() throws IOException {
        var monitor = check(HEAD + "monitors: [{id: a, every: 1m, source: farm, query: q}, "
                        + "{id: b, every: 2s, source: farm, query: q, alert: {for: 2m}}]")
                .monitors();

        assertThat(monitor)
                .extracting(MonitorDefinition::timeout)
                .containsExactly(Duration.ofSeconds(10), Duration.ofSeconds(2));
        assertThat(monitor.getFirst().noData()).isEqualTo(OnMissing.FAIL);
        assertThat(monitor.getFirst().onError()).isEqualTo(OnMissing.FAIL);
        assertThat(monitor.getFirst().resolve()).isNull();
        assertThat(monitor.getFirst().resolveOnAbsence()).isNull();
        assertThat(monitor.getFirst().unit()).isNull();
        assertThat(monitor.getFirst().alert())
                .isEqualTo(new AlertPolicy(1, null, 1, null, Duration.ofHours(24), List.of()));
        assertThat(monitor.getLast().alert().failingFor()).isEqualTo(Duration.ofMinutes(2));
    }

    @Test
    void a_monitor_may_use_the_routes_which_the_dispatcher_validates() throws IOException {
        var definitions = check(HEAD + """
                routes: {receiver: ops, routes: anything}
                monitors:
                  - {id: a, every: 1m, source: farm, query: q, alert: {receivers: [ops], routes: true}}
                  - {id: b, every: 1m, source: farm, query: q, alert: {routes: false}}
                """);

        assertThat(definitions.problems()).isEmpty();
        assertThat(definitions.monitors())
                .extracting(monitor -> monitor.alert().routes())
                .containsExactly(true, null);
        assertThat(definitions.places()).containsOnlyKeys("a", "b");
    }

    @Test
    void the_section_system_defines_the_system_monitors_with_its_receivers() throws IOException {
        var definitions = check(HEAD + """
                system: {receivers: [ops], billing: true}
                monitors: []
                """);

        assertThat(definitions.problems()).isEmpty();
        assertThat(definitions.monitors())
                .extracting(MonitorDefinition::id)
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(SystemMonitor.values())
                        .map(SystemMonitor::id)
                        .toList());
        assertThat(definitions.monitors()).allSatisfy(monitor -> {
            assertThat(monitor.pushed()).isTrue();
            assertThat(monitor.origin()).endsWith("/system");
            assertThat(monitor.alert().receivers()).containsExactly("ops");
            assertThat(monitor.silenceLimit()).isEqualTo(Duration.ofSeconds(100));
        });
    }

    @Test
    void without_billing_the_silence_of_its_monitors_is_no_alert() throws IOException {
        var definitions = check(HEAD + "system: {receivers: [ops]}\nmonitors: []\n");

        assertThat(definitions.monitors())
                .filteredOn(monitor -> monitor.silenceLimit().compareTo(Duration.ofHours(1)) > 0)
                .extracting(MonitorDefinition::id)
                .hasSize(4)
                .allMatch(id -> id.startsWith("growalert-billing-"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    system: {}                               | is missing
                    system: {receivers: []}                  | needs at least one receiver
                    system: {receivers: [absent]}            | unknown receiver 'absent'
                    system: {receivers: [ops], billings: true} | unknown key; did you mean billing?
                    """)
    void a_wrong_section_system_is_a_problem(String section, String problem) throws IOException {
        var definitions = check(HEAD + section + "\nmonitors: []\n");

        assertThat(definitions.problems())
                .extracting(DefinitionProblem::toString)
                .hasSize(1)
                .allMatch(text -> text.contains(problem));
    }

    @Test
    void a_monitor_with_the_id_of_a_system_monitor_is_a_problem() throws IOException {
        var definitions = check(HEAD + """
                system: {receivers: [ops]}
                monitors:
                  - {id: growalert-lag, every: 1h, source: push}
                """);

        assertThat(definitions.problems())
                .extracting(DefinitionProblem::toString)
                .hasSize(1)
                .allMatch(text -> text.contains("the monitor is already defined at"));
    }

    @Test
    void a_pushed_monitor_has_no_query_and_no_threshold() throws IOException {
        var definitions = check(HEAD + """
                monitors:
                  - {id: backup, every: 1h, source: push, noData: ignore, resolveOnAbsence: true, alert: {receivers: [ops]}}
                """);

        assertThat(definitions.problems()).isEmpty();
        var monitor = definitions.monitors().getFirst();
        assertThat(monitor.pushed()).isTrue();
        assertThat(monitor.query()).isEmpty();
        assertThat(monitor.absencePasses()).isTrue();
    }

    @Test
    void what_belongs_to_a_run_is_a_problem_of_a_pushed_monitor() throws IOException {
        var definitions = check(HEAD + """
                monitors:
                  - {id: backup, every: 1h, source: push, query: x, fail: {above: 1}, timeout: 1s}
                """);

        assertThat(definitions.problems())
                .extracting(DefinitionProblem::toString)
                .hasSize(3)
                .allMatch(text -> text.endsWith("a monitor with source: push is never run; its publisher judges"));
    }

    @Test
    void a_source_that_is_named_push_is_a_source_as_any_other() throws IOException {
        var definitions = check("""
                sources: {push: {memory: {name: x}}}
                monitors:
                  - {id: m, every: 1h, source: push, query: q}
                """);

        assertThat(definitions.problems()).isEmpty();
        assertThat(definitions.monitors().getFirst().pushed()).isFalse();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            id: Room                  | monitors[0].id              | must match [a-z0-9-]{1,64}, not 'Room'
            every: 900ms              | monitors[0].every           | must be from 1s to 7d, not 900ms
            every: soon               | monitors[0].every           | expected a duration such as 30s, 5m or 1h30m, not 'soon'
            timeout: 1ms              | monitors[0].timeout         | must be from 100ms to 10m, not 1ms
            source: farms             | monitors[0].source          | unknown source 'farms'; expected one of farm
            query: 'x > :from'        | monitors[0].query           | the query uses :from, which needs a window
            window: 5m                | monitors[0].window          | there is a window, but the query does not use :from
            language: latin           | monitors[0].query           | unknown language 'latin'
            fail: {}                  | monitors[0].fail            | expected exactly one of above, below, outside, inside
            fail: {above: 1, below: 0} | monitors[0].fail           | expected exactly one of above, below, outside, inside
            fail: {above: high}       | monitors[0].fail.above      | expected a number, not 'high'
            degraded: {over: 1}       | monitors[0].degraded.over   | unknown key; expected one of above, below, outside, inside
            degraded: {inside: [2, 1]} | monitors[0].degraded.inside | two numbers [low, high], low below high
            noData: perhaps           | monitors[0].noData          | expected one of degraded, fail, ignore, not 'perhaps'
            onError: warn             | monitors[0].onError         | expected one of degraded, fail, ignore, not 'warn'
            alert: {after: 0}         | monitors[0].alert.after     | expected a whole number from 1 to 10000, not '0'
            'alert: {after: 1, for: 2m}' | monitors[0].alert.for    | give either after or for, not both
            alert: {repeat: 0s}       | monitors[0].alert.repeat    | must be from 1s
            alert: {forgetAfter: 10s} | monitors[0].alert.forgetAfter | must be from 30s
            alert: {receivers: [op]}  | monitors[0].alert.receivers | unknown receiver 'op'; expected one of ops
            alert: {receiver: ops}    | monitors[0].alert.receiver  | unknown key
            alert: {routes: true}     | monitors[0].alert.routes    | there are no routes; expected a section routes
            alert: {routes: maybe}    | monitors[0].alert.routes    | expected true or false, not 'maybe'
            summary: '{{#room}}'      | monitors[0].summary         | is no Mustache template
            summary: '{{}}'           | monitors[0].summary         | is no Mustache template
            summary: '{{#}}{{/}}'     | monitors[0].summary         | is no Mustache template
            summary: '{{=}}'          | monitors[0].summary         | is no Mustache template
            summary: '{{>other}}'     | monitors[0].summary         | is no Mustache template
            maxSeries: 0              | monitors[0].maxSeries       | expected a whole number from 1 to 100000, not '0'
            silentAfter: 59s          | monitors[0].silentAfter     | must be from 1m to 366d, not 59s
            resolve: {below: 900}     | monitors[0].resolve         | needs the key fail: without it no series fires
            resolve: {below: low}     | monitors[0].resolve.below   | expected a number, not 'low'
            resolve: {under: 3}       | monitors[0].resolve.under   | unknown key; expected one of above, below, outside, inside
            resolveOnAbsence: yes     | monitors[0].resolveOnAbsence | expected true or false, not 'yes'
            resolveOnAbsence: true    | monitors[0].resolveOnAbsence | needs noData: ignore; with fail, the default, an absent series does not pass
            unit: ''                  | monitors[0].unit            | must have from 1 to 32 characters, none of them a control character
            unit: "p\\tpm"            | monitors[0].unit            | must have from 1 to 32 characters
            unit: a unit that has more than 32 letters | monitors[0].unit | must have from 1 to 32 characters
            customer: sub_1234        | monitors[0].customer        | must be a customer's id at Stripe, cus_[A-Za-z0-9]{1,64}
            customer: anna            | monitors[0].customer        | addresses and names are not accepted
            treshold: 3               | monitors[0].treshold        | unknown key; expected one of id, every
            """)
    void a_problem_is_reported_with_its_place_and_what_was_expected(String line, String key, String message)
            throws IOException {
        var lines = new java.util.LinkedHashMap<>(Map.of("id", "id: a", "every", "every: 30s"));
        lines.put("source", "source: farm");
        lines.put("query", "query: q");
        lines.put(line.substring(0, line.indexOf(':')), line);

        var problems = check(HEAD + "monitors:\n  - " + String.join("\n    ", lines.values()))
                .problems();

        assertThat(problems).hasSize(1);
        assertThat(problems.getFirst().key()).isEqualTo(key);
        assertThat(problems.getFirst().message()).contains(message);
        assertThat(problems.getFirst().place().line()).isBetween(6, 10);
    }

    @Test
    void the_problem_of_an_address_as_customer_names_its_place_and_not_the_address() throws IOException {
        var problems = check(HEAD
                        + "monitors:\n  - {id: a, every: 1m, source: farm, query: q, customer: anna@example.com}\n")
                .problems();

        assertThat(problems).hasSize(1);
        assertThat(problems.getFirst().toString()).doesNotContain("anna");
        assertThat(problems.getFirst().place().line()).isEqualTo(6);
        assertThat(problems.getFirst().place().column()).isEqualTo(48);
    }

    @ParameterizedTest(name = "{0}, {1}, {2}")
    @CsvSource(delimiter = '|', textBlock = """
            {above: 1000}      | {above: 800}       | {below: 900}         |
            {above: 1000}      |                    | {below: 1000}        |
            {above: 1000}      |                    | {inside: [300, 1000]} |
            {below: 10}        |                    | {above: 12}          |
            {outside: [18, 26]} |                   | {inside: [19, 25]}   |
            {outside: [18, 26]} |                   | {inside: [18, 26]}   |
            {inside: [3, 4]}   |                    | {outside: [2, 5]}    |
            {above: 1000}      | {outside: [300, 800]} | {below: 400}      |
            {above: 1000}      |                    | {below: 1001}        | contradicts fail: there are values both below 1001, which resolve, and above 1000, which fail
            {above: 1000}      |                    | {above: 900}         | contradicts fail: there are values both above 900
            {above: 1000}      |                    | {inside: [900, 1100]} | contradicts fail: there are values both inside 900 to 1100
            {below: 10}        |                    | {below: 5}           | contradicts fail
            {below: 10}        |                    | {above: 9}           | contradicts fail
            {outside: [18, 26]} |                   | {below: 25}          | contradicts fail
            {outside: [18, 26]} |                   | {inside: [17, 25]}   | contradicts fail
            {inside: [3, 4]}   |                    | {outside: [3.5, 4.5]} | contradicts fail
            {inside: [3, 4]}   |                    | {inside: [4, 5]}     | contradicts fail: there are values both inside 4 to 5, which resolve, and inside 3 to 4, which fail
            {above: 1000}      | {above: 800}       | {inside: [850, 900]} | contradicts degraded: every value inside 850 to 900 is above 800, so that no series would resolve as passed
            {below: 10}        | {below: 15}        | {inside: [11, 14]}   | contradicts degraded
            """)
    void a_resolve_bound_must_not_contradict_fail_and_degraded(
            String fail, @Nullable String degraded, String resolve, @Nullable String message) throws IOException {
        var monitor = "monitors:\n  - {id: a, every: 1m, source: farm, query: q, fail: %s,%s\n     resolve: %s}\n"
                .formatted(fail, degraded == null ? "" : " degraded: " + degraded + ",", resolve);

        var problems = check(HEAD + monitor).problems();

        if (message == null) {
            assertThat(problems).isEmpty();
        } else {
            assertThat(problems).singleElement().satisfies(problem -> assertThat(problem.toString())
                    .contains(":7:6: monitors[0].resolve: ")
                    .contains(message));
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            noData: ignore, fail: {above: 0}        |
            noData: degraded, fail: {above: 0}      | needs noData: ignore; with degraded an absent series does not pass
            noData: fail, fail: {above: 0}          | needs noData: ignore; with fail an absent series does not pass
            noData: ignore                          | needs the key fail: without it no series fires
            noData: ignore, degraded: {above: 0}    | needs the key fail: without it no series fires
            """)
    void resolving_on_absence_must_not_contradict_no_data(String keys, @Nullable String message) throws IOException {
        var problems = check(HEAD + "monitors:\n  - {id: a, every: 1m, source: farm, query: q, " + keys
                        + ",\n     resolveOnAbsence: true}\n")
                .problems();

        if (message == null) {
            assertThat(problems).isEmpty();
        } else {
            assertThat(problems)
                    .extracting(DefinitionProblem::toString)
                    .singleElement()
                    .asString()
                    .endsWith(":7:6: monitors[0].resolveOnAbsence: " + message);
        }
    }

    @Test
    void false_needs_nothing() throws IOException {
        assertThat(check(HEAD + "monitors: [{id: a, every: 1m, source: farm, query: q, resolveOnAbsence: false}]")
                        .problems())
                .isEmpty();
    }

    @Test
    void a_window_is_only_used_where_the_run_sees_it() throws IOException {
        assertThat(check(HEAD + "monitors: [{id: a, every: 1m, source: farm, window: 5m, query: \"SELECT ':from'\"}]")
                        .problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem.message())
                        .startsWith("there is a window, but the query does not use :from"));
        assertThat(check(HEAD + "monitors: [{id: a, every: 1m, source: farm, query: \"SELECT ':from'\"}]")
                        .problems())
                .isEmpty();
    }

    @Test
    void a_silence_must_be_longer_than_the_interval() throws IOException {
        assertThat(check(HEAD + "monitors: [{id: a, every: 2h, silentAfter: 2h, source: farm, query: q}]")
                        .problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem.toString())
                        .endsWith("monitors[0].silentAfter: must be longer than every, 2h"));
    }

    @Test
    void what_exceeds_a_limit_is_a_problem_of_its_line() throws IOException {
        var problems = check(HEAD + """
                monitors:
                  - id: a
                    every: 1m
                    source: farm
                    query: "%s"
                    labels: {site: "%s"}
                    summary: "%s"
                """.formatted("q".repeat(65_537), "s".repeat(1_025), "t".repeat(4_097)))
                .problems();

        assertThat(problems)
                .extracting(problem -> problem.place().line() + " " + problem.key() + " " + problem.message())
                .containsExactly(
                        "9 monitors[0].query has 65,537 bytes; the limit is 65,536",
                        "10 monitors[0].labels label site has 1025 bytes; the limit is 1024",
                        "11 monitors[0].summary has 4,097 bytes; the limit is 4,096");
    }

    @Test
    void a_monitor_that_no_record_can_carry_is_a_problem_of_its_line() throws IOException {
        var receivers = IntStream.range(0, 30_000)
                .mapToObj("receiver-with-a-long-name-%06d"::formatted)
                .toList();
        var problems = check("""
                sources: {farm: {memory: {name: x}}}
                receivers: {%s}
                monitors:
                  - {id: a, every: 1m, source: farm, query: q, alert: {receivers: [%s]}}
                """.formatted(String.join(": {}, ", receivers) + ": {}", String.join(", ", receivers)))
                .problems();

        assertThat(problems).singleElement().satisfies(problem -> assertThat(problem.toString())
                .contains(":4:5: monitors[0]: the monitor has 1,")
                .endsWith("bytes as JSON; the limit is 998,000"));
    }

    @Test
    void sections_of_the_dispatcher_are_accepted() throws IOException {
        var definitions = check(HEAD + "silences: []\ninhibit: []\n");

        assertThat(definitions.problems()).isEmpty();
    }

    @Test
    void all_problems_are_reported_at_once() throws IOException {
        var problems = check("""
                sources:
                  none: {limit: 2}
                  odd: {memory: {name: x, colour: red}}
                monitor: []
                monitors:
                  - {id: a, source: none, query: q}
                  - {id: a, every: 1s, source: odd}
                """).problems();

        assertThat(problems)
                .extracting(problem -> problem.place().line() + " " + problem.key())
                .containsExactly(
                        "2 sources.none",
                        "3 sources.odd.memory.colour",
                        "4 monitor",
                        "6 monitors[0].every",
                        "7 monitors[1].query",
                        "7 monitors[1].id");
    }

    @Test
    void several_files_are_one_set() throws IOException {
        var sources = file("sources.yaml", HEAD);
        var one = file("one.yaml", "monitors: [{id: a, every: 1s, source: farm, query: q, alert: {receivers: [ops]}}]");
        var two = file("two.yaml", "monitors: [{id: a, every: 1s, source: farm, query: q}]");

        assertThat(check(one, sources).problems()).isEmpty();
        assertThat(check(sources, one, two).problems())
                .extracting(DefinitionProblem::toString)
                .containsExactly(
                        "%s:1:13: monitors[0].id: the monitor is already defined at %s:1:13".formatted(two, one));
    }

    @Test
    void a_source_that_is_defined_twice_is_a_problem() throws IOException {
        var one = file("one.yaml", HEAD);
        var two = file("two.yaml", HEAD);

        assertThat(check(one, two).problems()).singleElement().satisfies(problem -> {
            assertThat(problem.place().file()).isEqualTo(two.toString());
            assertThat(problem.message()).isEqualTo("the source farm is already defined at %s:2:9".formatted(one));
        });
    }

    private Definitions check(String text) throws IOException {
        return check(file("definitions.yaml", text));
    }

    private static Definitions check(Path... files) {
        return DefinitionCheck.of(Arrays.asList(files), new Variables(Map.of("FARM", "north")), "mine");
    }

    private Path file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }
}
