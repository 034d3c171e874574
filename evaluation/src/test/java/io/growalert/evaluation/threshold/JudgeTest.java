package io.growalert.evaluation.threshold;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.events.AlertPolicy;
import io.growalert.events.CheckError;
import io.growalert.events.DroppedRows;
import io.growalert.events.MonitorDefinition;
import io.growalert.events.OnMissing;
import io.growalert.events.SeriesResult;
import io.growalert.events.Status;
import io.growalert.events.Threshold;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class JudgeTest {
    private static final Map<String, String> R1 = Map.of("room", "r1");
    private static final MonitorDefinition MONITOR = new MonitorDefinition(
            "co2",
            "mine",
            Duration.ofSeconds(1),
            Duration.ofSeconds(1),
            "memory",
            null,
            "co2",
            null,
            new Threshold.Above(1000),
            new Threshold.Above(800),
            OnMissing.DEGRADED,
            OnMissing.FAIL,
            new AlertPolicy(1, null, 1, null, Duration.ofHours(24), List.of()),
            Map.of("site", "north"),
            null,
            null,
            null);
    private final Judge judge = new Judge(MONITOR);

    @Test
    void each_row_is_judged_separately_and_the_worst_is_the_run() {
        var outcome = judge.judge(List.of(
                new Row(R1, 1203.5), new Row(Map.of("room", "r2"), 900L), new Row(Map.of(), new BigDecimal("612"))));

        assertThat(outcome)
                .isEqualTo(new Judgement(
                        Status.FAILED,
                        List.of(
                                new SeriesResult(R1, 1203.5, Status.FAILED, "above 1000"),
                                new SeriesResult(Map.of("room", "r2"), 900, Status.DEGRADED, "above 800"),
                                new SeriesResult(Map.of(), 612, Status.PASSED, null)),
                        null));
    }

    @Test
    void a_reason_has_the_unit() {
        var inPpm = new MonitorDefinition(
                MONITOR.id(),
                MONITOR.origin(),
                MONITOR.every(),
                MONITOR.timeout(),
                MONITOR.source(),
                null,
                MONITOR.query(),
                null,
                MONITOR.fail(),
                MONITOR.degraded(),
                MONITOR.noData(),
                MONITOR.onError(),
                MONITOR.alert(),
                MONITOR.labels(),
                null,
                null,
                null,
                null,
                null,
                "ppm");

        assertThat(new Judge(inPpm).judge(List.of(new Row(R1, 1203.5))).series())
                .containsExactly(new SeriesResult(R1, 1203.5, Status.FAILED, "above 1000 ppm"));
    }

    @Test
    void an_answer_without_rows_is_judged_by_no_data() {
        assertThat(judge.judge(List.of())).isEqualTo(new Judgement(Status.DEGRADED, List.of(), null));
    }

    static Stream<Number> no_values() {
        return Stream.of(null, Double.NaN, Double.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY, new BigDecimal("1e400"));
    }

    @ParameterizedTest
    @MethodSource("no_values")
    void a_row_without_a_value_is_left_out_and_the_others_are_judged(@Nullable Object value) {
        var outcome = judge.judge(List.of(new Row(Map.of("room", "r2"), 2000), new Row(R1, value)));

        assertThat(outcome)
                .isEqualTo(new Judgement(
                        Status.FAILED,
                        List.of(new SeriesResult(Map.of("room", "r2"), 2000, Status.FAILED, "above 1000")),
                        null,
                        null,
                        1));
    }

    @Test
    void rows_that_all_lack_a_value_are_judged_as_an_answer_without_rows() {
        assertThat(judge.judge(List.of(new Row(R1, null), new Row(Map.of("room", "r2"), Double.NaN))))
                .isEqualTo(new Judgement(Status.DEGRADED, List.of(), null, null, 2));
    }

    @ParameterizedTest
    @MethodSource
    void a_value_that_is_no_number_makes_the_run_an_error(Object value, String message) {
        var outcome = judge.judge(List.of(new Row(Map.of("room", "r2"), 1), new Row(R1, value)));

        assertThat(outcome)
                .isEqualTo(new Judgement(
                        Status.FAILED,
                        List.of(),
                        new CheckError(CheckError.Kind.VALUE, "series {room=r1}: " + message)));
    }

    static Stream<Arguments> a_value_that_is_no_number_makes_the_run_an_error() {
        return Stream.of(
                Arguments.of("12.5", "the value is the text '12.5', a number was expected"),
                Arguments.of(
                        "x".repeat(50), "the value is the text '" + "x".repeat(40) + "...', a number was expected"),
                Arguments.of(true, "the value is a Boolean, a number was expected"));
    }

    @Test
    void two_rows_of_one_series_make_the_run_an_error_although_one_has_no_value() {
        assertThat(judge.judge(List.of(new Row(R1, null), new Row(R1, 2))).error())
                .isNotNull()
                .extracting(CheckError::message, InstanceOfAssertFactories.STRING)
                .startsWith("series {room=r1}: the answer has it more than once");
    }

    @Test
    void a_row_beyond_a_limit_is_dropped_and_counted_and_the_others_are_judged() {
        var outcome = judge.judge(List.of(
                new Row(Map.of("room", "x".repeat(1_000_000)), 2000),
                new Row(R1, 2000),
                new Row(Map.of("room", "y".repeat(1_025)), 1)));

        assertThat(outcome)
                .isEqualTo(new Judgement(
                        Status.FAILED,
                        List.of(new SeriesResult(R1, 2000, Status.FAILED, "above 1000")),
                        null,
                        new DroppedRows(2, "label room has 1000000 bytes; the limit is 1024"),
                        0));
    }

    @Test
    void a_message_of_any_length_fits_a_record() {
        assertThat(judge.error(CheckError.Kind.QUERY, "x".repeat(2_000_000)).error())
                .isEqualTo(new CheckError(CheckError.Kind.QUERY, "x".repeat(1_000) + "..."));
    }

    @Test
    void two_rows_of_one_series_make_the_run_an_error() {
        var outcome = judge.judge(List.of(new Row(R1, 1), new Row(Map.of("room", "r1"), 2)));

        assertThat(outcome.error())
                .isEqualTo(new CheckError(
                        CheckError.Kind.VALUE,
                        "series {room=r1}: the answer has it more than once; its labels must identify every row"));
    }

    @Test
    void an_error_has_the_status_that_the_monitor_gives_it() {
        assertThat(judge.error(CheckError.Kind.TIMEOUT, "late").status()).isEqualTo(Status.FAILED);
    }
}
