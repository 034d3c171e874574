package io.growalert.dispatcher.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.definitions.Problems;
import io.growalert.definitions.Variables;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RouteFilesTest {
    @TempDir
    private Path folder;

    @Test
    void everything_wrong_is_reported_with_its_place() {
        assertThat(problems("""
                routes:
                  receiver: op
                  match: ["a=1"]
                  groupBy: ["si te"]
                  groupWait: 2h
                  routes:
                    - match: ["severity"]
                      receiver: ops
                      receivers: [pager]
                    - match: ["room=~("]
                      colour: red
                    - match: ["status=failed"]
                      continue: perhaps
                      escalate: [{receivers: [ops]}, {after: 2m, receivers: [absent]}, {after: 1m, receivers: [ops]}]
                    - match: ["x=1"]
                      active: [{days: [someday], zone: Mars}]
                """))
                .satisfiesExactly(
                        problem -> assertThat(problem)
                                .isEqualTo(
                                        "2:3: routes.receiver: unknown receiver 'op'; expected one of boss, grower, ops, pager"),
                        problem -> assertThat(problem).startsWith("3:3: routes.match: not allowed here"),
                        problem -> assertThat(problem).startsWith("4:13: routes.groupBy: 'si te': expected a label"),
                        problem ->
                                assertThat(problem).isEqualTo("5:3: routes.groupWait: must be from 0s to 1h, not 2h"),
                        problem -> assertThat(problem)
                                .startsWith("7:15: routes.routes[0].match: 'severity': expected a label, one of"),
                        problem -> assertThat(problem)
                                .isEqualTo(
                                        "9:7: routes.routes[0].receivers: give either receiver or receivers, not both"),
                        problem -> assertThat(problem)
                                .startsWith("10:15: routes.routes[1].match: '(' is no pattern of RE2"),
                        problem -> assertThat(problem).startsWith("11:7: routes.routes[1].colour: unknown key"),
                        problem -> assertThat(problem)
                                .isEqualTo("12:15: routes.routes[2].match: 'status=failed': expected one of "
                                        + "PASSED, DEGRADED, FAILED, NO_DATA as the status"),
                        problem -> assertThat(problem)
                                .startsWith("13:7: routes.routes[2].continue: expected true or false"),
                        problem -> assertThat(problem)
                                .isEqualTo("14:18: routes.routes[2].escalate[0].after: is missing; it is required"),
                        problem -> assertThat(problem)
                                .startsWith("14:62: routes.routes[2].escalate[1].receivers: unknown receiver 'absent'"),
                        problem -> assertThat(problem)
                                .isEqualTo(
                                        "14:73: routes.routes[2].escalate[2].after: expected more than the 2m of the step before it"),
                        problem -> assertThat(problem)
                                .startsWith("16:24: routes.routes[3].active[0].days: expected one of mon"),
                        problem -> assertThat(problem)
                                .startsWith("16:34: routes.routes[3].active[0].zone: expected a time zone"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {}                             | 1:9: routes.receiver: is missing; it is required, and names the default receiver
            {receivers: []}                | 1:10: routes.receivers: expected at least one receiver, which is the default
            {receiver: ops, continue: true} | 1:25: routes.continue: not allowed here
            {receiver: ops, mute: [{days: [mon-sat], zone: UTC}], active: [{days: [tue], zone: UTC}]} | 1:25: routes.mute: no time is inside
            [ops]                          | 1:1: routes: expected a mapping of keys to values, not a list
            """)
    void the_first_route_names_the_default_receiver(String routes, String problem) {
        assertThat(problems("routes: " + routes)).singleElement().asString().startsWith(problem);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            a=1      | a=1       | takes them all
            a=1      | 'a=1,b=2' | takes them all
            a=~1.*   | 'a=~1.*,b=2' | takes them all
            a=~1.*   | a=12      | takes them all
            a!=2     | a=1       | takes them all
            b=       | a=1       | ''
            a=1      | a=2       | ''
            'a=1,b=2' | a=1      | ''
            a=~1.*   | a=~12.*   | ''
            b=2      | 'a=1,a=2' | a=2 contradicts a=1
            b=2      | 'a=1,a=~2.*' | a=~2.* contradicts a=1
            b=2      | 'a=1,a!~1' | a!~1 contradicts a=1
            """)
    void a_branch_that_no_event_reaches_is_a_problem(String first, String second, String problem) {
        var text = """
                routes:
                  receiver: ops
                  routes:
                    - {match: ["%s"]}
                    - {match: ["%s"]}
                """.formatted(first.replace(",", "\", \""), second.replace(",", "\", \""));

        if (problem.isEmpty()) {
            assertThat(problems(text)).isEmpty();
        } else {
            assertThat(problems(text))
                    .singleElement()
                    .asString()
                    .startsWith("5:8: routes.routes[1].match: no event reaches it: ")
                    .contains(problem);
            assertThat(problems(text.replaceFirst("]}", "], continue: true}")).isEmpty())
                    .isEqualTo(problem.equals("takes them all"));
        }
    }

    @Test
    void a_branch_that_contradicts_its_parent_is_a_problem() {
        assertThat(problems("""
                routes:
                  receiver: ops
                  routes:
                    - match: ["severity=critical"]
                      routes:
                        - {match: ["severity=warning"]}
                """))
                .containsExactly(
                        "6:12: routes.routes[0].routes[0].match: no event reaches it: severity=warning contradicts "
                                + "severity=critical");
    }

    @Test
    void a_branch_without_matchers_takes_all_events_from_those_after_it() {
        assertThat(problems("""
                routes:
                  receiver: ops
                  routes: [{receiver: boss}, {match: ["a=1"]}]
                """))
                .containsExactly(
                        "3:31: routes.routes[1].match: no event reaches it: routes.routes[0] takes them all, without continue");
    }

    @Test
    void one_file_of_a_set_has_routes_and_receivers_may_be_in_another() throws IOException {
        var one = Files.writeString(folder.resolve("one.yaml"), "routes: {receiver: ops}\n");
        var two = Files.writeString(folder.resolve("two.yaml"), "receivers: {ops: {log: {}}}\n");
        var three = Files.writeString(folder.resolve("three.yaml"), "routes: {receiver: ops}\n");
        var problems = new Problems();

        var tree = RouteFiles.read(List.of(one, two), new Variables(Map.of()), problems);
        assertThat(problems.inOrder()).isEmpty();
        assertThat(tree.receivers(Map.of())).containsExactly("ops");

        RouteFiles.read(List.of(one, two, three), new Variables(Map.of()), problems);
        assertThat(problems.inOrder())
                .singleElement()
                .hasToString("%s:1:1: routes: the routes are already defined at %s:1:1".formatted(three, one));
    }

    @Test
    void an_alias_that_contains_itself_is_a_problem_and_not_an_endless_tree() {
        assertThat(problems("routes: &all {receiver: ops, routes: [{match: [\"a=1\"], routes: [*all, *all]}]}"))
                .anyMatch(problem -> problem.contains("expected at most 5,000 routes, 20 deep"));
    }

    private List<String> problems(String routes) {
        return new RouteText(folder).problems(routes);
    }
}
