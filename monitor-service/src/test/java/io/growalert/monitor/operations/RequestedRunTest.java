package io.growalert.monitor.operations;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.evaluation.threshold.Judge;
import io.growalert.evaluation.threshold.Row;
import io.growalert.events.Status;
import io.growalert.monitor.Example;
import io.growalert.monitor.run.SingleRun;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RequestedRunTest {
    @Test
    void of_many_rows_the_worst_are_shown() {
        var rows = IntStream.range(0, 1_500)
                .mapToObj(n -> new Row(Map.of("n", String.valueOf(n)), n == 7 ? null : n))
                .toList();

        var run = run(rows);

        assertThat(run.rowCount()).isEqualTo(1_500);
        assertThat(run.rows()).hasSize(RequestedRun.MAX_ROWS);
        assertThat(run.rows().subList(0, 499))
                .extracting(RequestedRun.JudgedRow::status)
                .containsOnly(Status.FAILED);
        assertThat(run.rows().subList(499, 699))
                .extracting(RequestedRun.JudgedRow::status)
                .containsOnly(Status.DEGRADED);
        assertThat(run.rows().get(699).labels()).isEqualTo(Map.of("n", "0"));
        assertThat(run.withoutValue()).isOne();
    }

    @Test
    void what_is_no_finite_number_is_shown_as_json_can() {
        var run = run(List.of(
                new Row(Map.of("n", "1"), Double.POSITIVE_INFINITY),
                new Row(Map.of("n", "2"), 3L),
                new Row(Map.of("n", "3"), "x".repeat(300))));

        assertThat(run.rows())
                .extracting(RequestedRun.JudgedRow::value)
                .containsExactly(null, 3.0, "x".repeat(200) + "...");
    }

    private static RequestedRun run(List<Row> rows) {
        var definition = Example.monitor("room");
        return RequestedRun.of(
                definition, new SingleRun(Instant.EPOCH, rows, new Judge(definition).judge(rows), Duration.ZERO));
    }
}
