package io.growalert.dispatcher.route;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RouteTreeTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "severity=critical,room=north-1          | pager,ops",
                "severity=critical,room=south-1          | ops",
                "severity=warning,room=north-1           | ops",
                "monitor=battery                         | ops",
                "site=west                               | grower",
                "site=west,severity=critical             | boss",
                "''                                      | ops"
            })
    void the_deepest_branch_of_the_first_match_notifies(String labels, String receivers) {
        var tree = tree("""
                routes:
                  receiver: ops
                  routes:
                    - match: ["severity=critical", "room=~north-.*"]
                      receivers: [pager, ops]
                    - match: ["monitor=battery"]
                    - match: ["site=west"]
                      receiver: grower
                      routes:
                        - {match: ["severity=critical"], receiver: boss}
                """);

        assertThat(tree.receivers(EventLabels.parse(labels))).containsExactly(receivers.split(","));
    }

    @Test
    void after_a_branch_that_continues_the_next_ones_are_tried_and_a_receiver_is_named_once() {
        var tree = tree("""
                routes:
                  receiver: ops
                  routes:
                    - {match: ["severity=critical"], receivers: [pager, ops], continue: true}
                    - {match: ["site=north"], receivers: [grower, pager], continue: true}
                    - {match: ["site=south"], receiver: boss}
                """);

        assertThat(tree.receivers(Map.of("severity", "critical", "site", "north")))
                .containsExactly("pager", "ops", "grower");
        assertThat(tree.matching(Map.of("severity", "critical", "site", "north")))
                .hasSize(2);
        // one branch took it, so that the default has nothing to do
        assertThat(tree.receivers(Map.of("site", "north"))).containsExactly("grower", "pager");
    }

    @Test
    void a_branch_inherits_what_it_does_not_set_except_for_its_hours() {
        var tree = tree("""
                routes:
                  receivers: [ops, boss]
                  groupBy: [site]
                  groupWait: 10s
                  groupInterval: 1m
                  repeat: 4h
                  escalate: [{after: 10m, receivers: [boss]}, {after: 1h, receivers: [grower], repeat: 30m}]
                  mute: [{days: [sun], zone: UTC}]
                  routes:
                    - match: ["a=1"]
                      groupBy: []
                      groupWait: 0s
                      escalate: []
                      routes: [{match: ["b=1"], repeat: 1h}]
                    - {match: ["c=1"]}
                """);
        var outer = new Grouping(
                List.of("site"),
                Duration.ofSeconds(10),
                Duration.ofMinutes(1),
                Duration.ofHours(4),
                List.of(
                        new Escalation(Duration.ofMinutes(10), List.of("boss"), null),
                        new Escalation(Duration.ofHours(1), List.of("grower"), Duration.ofMinutes(30))),
                false);

        assertThat(branch(tree, "c=1").grouping()).isEqualTo(outer);
        assertThat(branch(tree, "c=1").receivers()).containsExactly("ops", "boss");
        assertThat(branch(tree, "c=1").hours()).isEqualTo(NotificationHours.ALWAYS);
        assertThat(branch(tree, "d=1").hours().mute()).hasSize(1);
        assertThat(branch(tree, "a=1,b=1").grouping())
                .isEqualTo(new Grouping(
                        List.of(), Duration.ZERO, Duration.ofMinutes(1), Duration.ofHours(1), List.of(), true));
    }

    @Test
    void without_settings_a_group_is_one_alert() {
        var grouping = branch(tree("routes: {receiver: ops}"), "a=1").grouping();

        assertThat(grouping)
                .isEqualTo(
                        new Grouping(List.of(), Duration.ofSeconds(30), Duration.ofMinutes(5), null, List.of(), false));
        assertThat(grouping.group(Map.of("a", "1"))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "'monitor=a,site=north', true",
        "'monitor=a,site=south', false",
        "'monitor=a,site=west', true",
        "'monitor=a,site=east', false",
        "'monitor=test,site=north', false",
        "'monitor=a', true"
    })
    void a_monitor_may_notify_unless_its_own_labels_rule_it_out(String labels, boolean expected) {
        var tree = tree("""
                routes:
                  receiver: ops
                  routes:
                    - {match: ["monitor=test"], receivers: []}
                    - {match: ["site=south"], receivers: []}
                    - {match: ["site=west", "room=a"], receivers: []}
                    - match: ["site=east"]
                      receivers: []
                      routes: [{match: ["site=east", "monitor=b", "room=a"], receiver: ops}]
                """);

        assertThat(tree.mayNotify(EventLabels.parse(labels))).isEqualTo(expected);
    }

    @Test
    void a_branch_that_continues_without_receivers_leaves_the_next_ones_a_chance_and_not_the_default() {
        var tree = tree("""
                routes:
                  receiver: ops
                  routes:
                    - {match: ["site=north"], receivers: [], continue: true}
                    - {match: ["room=a"], receiver: boss}
                """);

        assertThat(tree.mayNotify(Map.of("site", "north"))).isTrue();
        assertThat(tree.mayNotify(Map.of("site", "north", "room", "b"))).isFalse();
    }

    @Test
    void without_routes_no_event_has_a_receiver() {
        var tree = tree("x-nothing: {}");

        assertThat(tree.isEmpty()).isTrue();
        assertThat(tree.receivers(Map.of("a", "1"))).isEmpty();
        assertThat(tree.mayNotify(Map.of())).isFalse();
    }

    @Test
    void an_explanation_has_receivers_group_and_the_path_that_matched() {
        var tree = tree("""
                routes:
                  receiver: ops
                  groupBy: [site, room]
                  routes:
                    - match: ["site=north"]
                      receiver: grower
                      repeat: 4h
                      active: [{days: [mon-fri], from: "08:00", to: "18:00", zone: UTC}]
                """);
        var labels = Map.of("site", "north");

        var explanation = RouteExplanation.of(tree, labels, Instant.parse("2026-11-28T12:00:00Z"));

        assertThat(explanation.receivers()).containsExactly("grower");
        var taken = explanation.branches().getFirst();
        assertThat(taken.route()).isEqualTo("routes.routes[0]");
        assertThat(taken.groupBy()).containsExactly("site", "room");
        assertThat(taken.group()).isEqualTo(Map.of("site", "north", "room", ""));
        assertThat(taken.groupWait()).isEqualTo("30s");
        assertThat(taken.repeat()).isEqualTo("4h");
        assertThat(taken.heldUntil()).isEqualTo("2026-11-30T08:00:00Z");
        assertThat(taken.why()).containsExactly("routes: all events", "routes.routes[0]: site=north");
    }

    private RouteTree tree(String routes) {
        return new RouteText(folder).tree(routes);
    }

    private static Branch branch(RouteTree tree, String labels) {
        return tree.matching(EventLabels.parse(labels)).getFirst().last();
    }
}
