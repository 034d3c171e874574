package io.growalert.monitor.definitions;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.events.MonitorDefinition;
import io.growalert.monitor.Example;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PublishPlanTest {
    private static final MonitorDefinition A = Example.monitor("a");
    private static final MonitorDefinition B = Example.monitor("b");
    private static final MonitorDefinition C = Example.monitor("c");
    private static final MonitorDefinition D = Example.monitor("d");

    @Test
    void only_what_is_new_or_reads_otherwise_is_published() {
        var changed = Example.monitor("b", "mine", 5, null);

        assertThat(plan(published(A, B), List.of(A, changed, C), false))
                .isEqualTo(new PublishPlan(List.of(changed, C), List.of(), List.of(), List.of()));
    }

    @Test
    void what_the_files_lack_now_is_removed_up_to_half() {
        assertThat(plan(published(A, B, C, D), List.of(A, B), false).removed()).containsExactly("c", "d");
    }

    @Test
    void more_than_half_is_kept_and_what_is_new_is_published_all_the_same() {
        assertThat(plan(published(A, B, C), List.of(A, D), false))
                .isEqualTo(new PublishPlan(List.of(D), List.of(), List.of("b", "c"), List.of()));
    }

    @Test
    void an_empty_set_removes_nothing() {
        assertThat(plan(published(A), List.of(), false).kept()).containsExactly("a");
    }

    @Test
    void pruning_removes_all_missing_monitors() {
        assertThat(plan(published(A, B), List.of(), true).removed()).containsExactly("a", "b");
    }

    @Test
    void monitors_of_another_origin_are_neither_removed_nor_overwritten_nor_counted() {
        var theirs = Example.monitor("t", "theirs", 1, null);

        assertThat(plan(published(A, B, theirs), List.of(A, Example.monitor("t")), false))
                .isEqualTo(new PublishPlan(List.of(), List.of("b"), List.of(), List.of(Example.monitor("t"))));
    }

    @Test
    void the_system_monitors_come_and_go_with_their_section_whatever_their_number() {
        var s1 = Example.monitor("s1", "mine/system", 1, null);
        var s2 = Example.monitor("s2", "mine/system", 1, null);
        var theirs = Example.monitor("s3", "theirs/system", 1, null);

        assertThat(PublishPlan.ofFiles(published(A), List.of(A, s1, s2), "mine", false)
                        .changed())
                .containsExactly(s1, s2);
        assertThat(PublishPlan.ofFiles(published(A, s1, s2, theirs), List.of(A), "mine", false))
                .isEqualTo(new PublishPlan(List.of(), List.of("s1", "s2"), List.of(), List.of()));
        assertThat(PublishPlan.ofFiles(published(A, s1, s2), List.of(), "mine", false)
                        .removed())
                .isEmpty();
    }

    private static PublishPlan plan(
            Map<String, MonitorDefinition> published, List<MonitorDefinition> wanted, boolean prune) {
        return PublishPlan.of(published, wanted, "mine", prune);
    }

    private static Map<String, MonitorDefinition> published(MonitorDefinition... definitions) {
        var byId = new HashMap<String, MonitorDefinition>();
        Arrays.stream(definitions).forEach(definition -> byId.put(definition.id(), definition));
        return byId;
    }
}
