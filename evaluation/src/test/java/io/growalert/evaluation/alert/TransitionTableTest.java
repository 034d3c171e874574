package io.growalert.evaluation.alert;

import static io.growalert.evaluation.alert.Co2Monitor.policy;
import static io.growalert.evaluation.alert.Co2Monitor.slot;
import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.events.Status;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Each state with each observation, under {@code after: 2} and {@code resolveAfter: 2}. F failed, D degraded, P passed, H held by
 * {@code resolve}; absence that fails (-f), is neutral (-n) or passes (-p). A state is its name, an incident's with its status and
 * passes; {@code away} means that it counts absent runs.
 */
class TransitionTableTest {
    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(delimiter = '|', textBlock = """
            calm                      | F  | failing 1                      |
            calm                      | D  | calm                           |
            calm                      | P  | calm                           |
            calm                      | H  | calm                           |
            calm                      | -f | calm away                      |
            calm                      | -n | calm away                      |
            calm                      | -p | calm away                      |
            calm away                 | F  | failing 1                      |
            calm away                 | D  | calm                           |
            calm away                 | P  | calm                           |
            calm away                 | H  | calm                           |
            calm away                 | -f | firing NO_DATA 0 away          | firing
            calm away                 | -n | calm away                      |
            calm away                 | -p | calm away                      |
            failing 1                 | F  | firing FAILED 0 breached       | firing
            failing 1                 | D  | calm                           |
            failing 1                 | P  | calm                           |
            failing 1                 | H  | failing 1                      |
            failing 1                 | -f | failing 1 away                 |
            failing 1                 | -n | failing 1 away                 |
            failing 1                 | -p | calm away                      |
            failing 1 away            | F  | firing FAILED 0 breached       | firing
            failing 1 away            | P  | calm                           |
            failing 1 away            | H  | failing 1                      |
            failing 1 away            | -f | firing NO_DATA 0 away breached | firing
            failing 1 away            | -n | failing 1 away                 |
            failing 1 away            | -p | calm away                      |
            firing FAILED 0 breached  | F  | firing FAILED 0 breached       |
            firing FAILED 0 breached  | D  | firing FAILED 1 breached       |
            firing FAILED 0 breached  | P  | firing FAILED 1 breached       |
            firing FAILED 0 breached  | H  | firing FAILED 0 breached       |
            firing FAILED 0 breached  | -f | firing FAILED 0 away breached  |
            firing FAILED 0 breached  | -n | firing FAILED 0 away breached  |
            firing FAILED 0 breached  | -p | firing FAILED 1 away breached  |
            firing FAILED 1 breached  | F  | firing FAILED 0 breached       |
            firing FAILED 1 breached  | D  | calm                           | resolved
            firing FAILED 1 breached  | P  | calm                           | resolved
            firing FAILED 1 breached  | H  | firing FAILED 0 breached       |
            firing FAILED 1 breached  | -f | firing FAILED 0 away breached  |
            firing FAILED 1 breached  | -n | firing FAILED 1 away breached  |
            firing FAILED 1 breached  | -p | calm away                      | resolved
            firing FAILED 0 away breached | -f | firing NO_DATA 0 away breached |
            firing FAILED 0 away breached | -n | firing FAILED 0 away breached  |
            firing NO_DATA 0          | F  | firing FAILED 0 breached       |
            firing NO_DATA 0          | D  | firing NO_DATA 1               |
            firing NO_DATA 0          | P  | firing NO_DATA 1               |
            firing NO_DATA 0          | H  | firing NO_DATA 1               |
            firing NO_DATA 0          | -f | firing NO_DATA 0 away          |
            firing NO_DATA 0          | -n | firing NO_DATA 0 away          |
            firing NO_DATA 0          | -p | firing NO_DATA 1 away          |
            firing NO_DATA 1          | P  | calm                           | resolved
            firing NO_DATA 1          | H  | calm                           | resolved
            firing NO_DATA 0 breached | F  | firing FAILED 0 breached       |
            firing NO_DATA 0 breached | D  | firing NO_DATA 1 breached      |
            firing NO_DATA 0 breached | P  | firing NO_DATA 1 breached      |
            firing NO_DATA 0 breached | H  | firing FAILED 0 breached       |
            firing NO_DATA 0 breached | -p | firing NO_DATA 1 away breached |
            firing NO_DATA 1 breached | H  | firing FAILED 0 breached       |
            firing NO_DATA 1 breached | -p | calm away                      | resolved
            """)
    void each_state_changes_as_the_table_says(String before, String seen, String after, @Nullable String event) {
        var decision = decide(state(before), seen);

        assertThat(decision.next())
                .isNotNull()
                .extracting(TransitionTableTest::name)
                .isEqualTo(after);
        var transition = decision.transition();
        assertThat(transition == null ? null : transition.type().wire()).isEqualTo(event);
    }

    private static Decision decide(AlertState.Judged state, String seen) {
        var policy = policy(2, 2);
        var now = slot(2);
        return switch (seen) {
            case "F" ->
                state.observe(new Observation(now, Status.FAILED, 1200.0, "above 1000", "not below 900"), policy);
            case "D" -> state.observe(new Observation(now, Status.DEGRADED, 850.0, "above 800"), policy);
            case "P" -> state.observe(new Observation(now, Status.PASSED, 600.0, null), policy);
            case "H" ->
                state.observe(new Observation(now, Status.DEGRADED, 950.0, "above 800", "not below 900"), policy);
            case "-f" -> state.absent(now, policy, OnAbsence.FAILS);
            case "-n" -> state.absent(now, policy, OnAbsence.NEUTRAL);
            default -> state.absent(now, policy, OnAbsence.PASSES);
        };
    }

    private static AlertState.Judged state(String name) {
        var absence = name.contains("away") ? new Absence(1, slot(1)) : null;
        var words = name.split(" ", -1);
        return switch (words[0]) {
            case "calm" -> new AlertState.Calm(absence);
            case "failing" -> new AlertState.Failing(Integer.parseInt(words[1]), slot(0), absence);
            default ->
                new AlertState.Firing(
                        slot(0),
                        slot(0),
                        Status.valueOf(words[1]),
                        Integer.parseInt(words[2]),
                        absence,
                        null,
                        name.endsWith("breached"));
        };
    }

    private static String name(AlertState state) {
        return switch (state) {
            case AlertState.Calm calm -> "calm" + away(calm.absence());
            case AlertState.Failing failing -> "failing " + failing.count() + away(failing.absence());
            case AlertState.Firing firing ->
                "firing %s %d%s%s"
                        .formatted(
                                firing.status(),
                                firing.passes(),
                                away(firing.absence()),
                                firing.breached() ? " breached" : "");
            case AlertState.Silent _ -> "silent";
        };
    }

    private static String away(@Nullable Absence absence) {
        return absence == null ? "" : " away";
    }
}
