package io.growalert.dispatcher.notify;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.dispatcher.ack.Escalations;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Escalations of alerts that share messages. */
class EscalatedGroupsTest extends EscalationFixture {
    @Test
    void a_route_that_is_inserted_before_another_changes_none_of_its_waiting_steps() {
        var inserted = """
                    - {match: ["site=south"], mute: [{from: "12:05", to: "14:00", zone: UTC}]}
                """;
        var routes = """
                routes:
                  receiver: ops
                  routes:
                %s    - {match: ["room=office"], groupBy: [site], repeat: 1h, escalate: [{after: 10m, receivers: [boss]}]}
                """;
        bench = routed(routes.formatted(""));
        bench.accept(CO2.firing(0));
        bench.formAfter(Duration.ofSeconds(30));
        deliver("ops");
        bench.defineFile(file(routes.formatted(inserted)));

        at(Duration.ofMinutes(10));
        assertThat(bench.formAfter(Duration.ofSeconds(30))).isOne();

        assertThat(bench.messages().getLast().labels()).containsEntry("escalation step", "1");
    }

    @Test
    void a_receiver_that_accepts_no_groups_has_the_repeat_of_a_route_that_groups() {
        bench = routed("routes: {receivers: [ops, plain], groupBy: [site], repeat: 1h}\n");
        bench.accept(CO2.firing(0));
        deliver("plain");

        bench.accept(CO2.reminder(0, 1));
        at(Duration.ofMinutes(59));
        assertThat(notified()).containsExactly("plain");
        at(Duration.ofHours(1));

        assertThat(notified()).contains("plain 0.1").doesNotContain("ops 0.1");
    }

    @Test
    void the_repeat_of_a_branch_with_groups_is_the_groups() {
        bench = routed("routes: {receiver: ops, repeat: 1h, groupBy: [site]}\n");

        bench.accept(CO2.firing(0));

        assertThat(stepStates()).isEmpty();
    }

    @Test
    @ExtendWith(OutputCaptureExtension.class)
    void what_escalates_into_groups_is_logged(CapturedOutput output) {
        bench = routed(GROUPED);
        bench.accept(CO2.firing(0), LAB.firing(0));

        var logging = LoggingSystem.get(getClass().getClassLoader());
        logging.setLogLevel(Escalations.class.getName(), LogLevel.INFO);
        try {
            at(Duration.ofMinutes(10));
        } finally {
            logging.setLogLevel(Escalations.class.getName(), null);
        }

        assertThat(output.getAll()).containsOnlyOnce("Escalations and repeats queued");
    }

    @Test
    void where_the_route_groups_what_escalates_shares_a_message() {
        bench = routed(GROUPED);
        bench.accept(CO2.firing(0), LAB.firing(0));
        at(Duration.ofMinutes(10));
        assertThat(notified()).isEmpty();

        assertThat(bench.formAfter(Duration.ofSeconds(30))).isEqualTo(2);

        assertThat(bench.messages())
                .extracting(message -> message.labels().getOrDefault("escalation step", "none") + " "
                        + message.counts().started())
                .containsExactlyInAnyOrder("none 2", "1 2");
        deliver("ops", "boss");
        bench.accept(CO2.resolved(0));
        assertThat(bench.formAfter(Duration.ofMinutes(5))).isEqualTo(2);
        assertThat(bench.messages())
                .filteredOn(message -> message.counts().resolved() == 1)
                .hasSize(2);
    }

    @Test
    void a_group_of_what_escalates_is_repeated_as_the_step_says() {
        bench = routed(GROUPED.replace("[boss]", "[boss], repeat: 20m"));
        bench.accept(CO2.firing(0), LAB.firing(0));
        bench.formAfter(Duration.ofSeconds(30));
        deliver("ops");
        at(Duration.ofMinutes(10));
        bench.formAfter(Duration.ofSeconds(30));
        deliver("boss");

        at(Duration.ofMinutes(30));
        assertThat(bench.formAfter(Duration.ZERO)).isZero();
        assertThat(bench.formAfter(Duration.ofSeconds(30))).isOne();

        assertThat(bench.messages().getLast().counts().stillFiring()).isEqualTo(2);
        assertThat(bench.count("pending")).isOne();
    }

    @Test
    void what_is_acknowledged_before_the_message_of_its_escalation_is_not_in_it() {
        bench = routed(GROUPED);
        bench.accept(CO2.firing(0), LAB.firing(0));
        bench.formAfter(Duration.ofSeconds(30));
        deliver("ops");
        at(Duration.ofMinutes(10));

        acknowledge(NOON.plus(Duration.ofHours(1)));

        assertThat(bench.formAfter(Duration.ofSeconds(30))).isOne();
        assertThat(bench.messages().getLast().counts().started()).isOne();
        deliver("boss");
        at(Duration.ofMinutes(11), Duration.ofHours(1), Duration.ofMinutes(70));
        assertThat(bench.formAfter(Duration.ofMinutes(5))).isOne();
        assertThat(bench.messages().getLast().counts().started()).isOne();
        assertThat(bench.messages().getLast().labels()).containsEntry("escalation step", "1");
    }

    @Test
    void what_escalates_to_a_receiver_of_its_group_shares_one_message_that_says_so() {
        bench = routed(GROUPED.replace("[boss]}", "[boss]}, {after: 30m, receivers: [boss, ops]}"));
        bench.accept(CO2.firing(0), LAB.firing(0));
        bench.formAfter(Duration.ofSeconds(30));
        deliver("ops");
        at(Duration.ofMinutes(10));
        bench.formAfter(Duration.ofSeconds(30));
        deliver("boss");

        at(Duration.ofMinutes(30));

        assertThat(bench.count("pending")).isZero();
        assertThat(bench.formAfter(Duration.ofMinutes(1))).isEqualTo(2);
        assertThat(bench.messages().subList(2, 4)).allSatisfy(message -> {
            assertThat(message.counts().started()).isEqualTo(2);
            assertThat(message.labels()).containsEntry("escalation step", "2");
        });
        deliver("ops", "boss");
        assertThat(bench.formAfter(Duration.ofHours(1))).isZero();
        bench.accept(CO2.resolved(0), LAB.resolved(0));
        assertThat(bench.formAfter(Duration.ofMinutes(5))).isEqualTo(2);
        assertThat(bench.messages().subList(4, 6))
                .allSatisfy(message -> assertThat(message.counts().resolved()).isEqualTo(2));
    }

    @Test
    void what_is_acknowledged_before_it_escalates_within_its_group_is_not_in_the_message() {
        bench = routed(GROUPED.replace("[boss]", "[ops]"));
        bench.accept(CO2.firing(0), LAB.firing(0));
        bench.formAfter(Duration.ofSeconds(30));
        deliver("ops");
        at(Duration.ofMinutes(10));

        acknowledge(NOON.plus(Duration.ofHours(1)));

        assertThat(bench.formAfter(Duration.ofMinutes(1))).isOne();
        assertThat(bench.messages().getLast().counts().started()).isOne();
        assertThat(bench.messages().getLast().counts().stillFiring()).isOne();
        deliver("ops");
        at(Duration.ofHours(1));
        assertThat(bench.formAfter(Duration.ofMinutes(5))).isOne();
        assertThat(bench.messages().getLast().counts().started()).isOne();
    }

    @Test
    void a_later_step_that_was_dropped_in_the_group_of_an_earlier_one_is_made_up_for_after_the_acknowledgement() {
        bench = routed(GROUPED.replace("[boss]}", "[boss]}, {after: 30m, receivers: [boss]}"));
        bench.accept(CO2.firing(0), LAB.firing(0));
        bench.formAfter(Duration.ofSeconds(30));
        deliver("ops");
        at(Duration.ofMinutes(10));
        bench.formAfter(Duration.ofSeconds(30));
        deliver("boss");
        at(Duration.ofMinutes(30));
        assertThat(bench.formAfter(Duration.ofMinutes(1))).isOne();

        var incidents = List.of(CO2.firing(0).incident(), LAB.firing(0).incident());
        bench.incidents.acknowledgeOpen(incidents, "anna");
        assertThat(bench.states()).containsExactly("delivered", "delivered", "muted");
        at(Duration.ofHours(1));
        bench.incidents.end(incidents.getFirst(), "anna");
        at(Duration.ofHours(2));

        assertThat(bench.formAfter(Duration.ofMinutes(5))).isOne();
        assertThat(bench.messages().getLast().counts().started()).isOne();
        assertThat(bench.messages().getLast().labels()).containsEntry("escalation step", "2");
        deliver("boss");
        at(Duration.ofHours(3));
        assertThat(bench.formAfter(Duration.ofHours(1))).isZero();
    }

    @Test
    void a_groups_queued_message_of_what_escalates_is_dropped_when_all_of_it_is_acknowledged() {
        bench = routed(GROUPED);
        bench.accept(CO2.firing(0), LAB.firing(0));
        bench.formAfter(Duration.ofSeconds(30));
        deliver("ops");
        at(Duration.ofMinutes(10));
        bench.formAfter(Duration.ofSeconds(30));

        acknowledge(NOON.plus(Duration.ofHours(1)));
        assertThat(bench.states()).containsExactly("delivered", "pending");
        bench.incidents.acknowledgeOpen(List.of(LAB.firing(0).incident()), "anna");
        assertThat(bench.states()).containsExactly("delivered", "muted");

        bench.accept(LAB.resolved(0));
        at(Duration.ofHours(1));
        assertThat(bench.formAfter(Duration.ofMinutes(5))).isEqualTo(2);
        assertThat(bench.messages().subList(2, 4))
                .extracting(message -> message.labels().getOrDefault("escalation step", "none") + " "
                        + message.counts().started() + " " + message.counts().resolved())
                .containsExactlyInAnyOrder("none 0 1", "1 1 0");
    }

    @Test
    void a_groups_queued_repeat_is_dropped_when_all_of_it_is_acknowledged() {
        bench = routed("routes: {receiver: ops, groupBy: [site], repeat: 1h}\n");
        bench.accept(CO2.firing(0));
        bench.formAfter(Duration.ofSeconds(30));
        deliver("ops");
        bench.formAfter(Duration.ofHours(1));
        assertThat(bench.states()).containsExactly("delivered", "pending");

        acknowledge(null);

        assertThat(bench.states()).containsExactly("delivered", "muted");
        bench.accept(CO2.resolved(0));
        assertThat(bench.formAfter(Duration.ofMinutes(5))).isOne();
        assertThat(bench.messages().getLast().counts().resolved()).isOne();
    }
}
