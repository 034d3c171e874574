package io.growalert.monitor.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.alerts.CheckOutcome;
import io.growalert.evaluation.threshold.Judgement;
import io.growalert.events.CheckError;
import io.growalert.events.CheckResult;
import io.growalert.events.DroppedRows;
import io.growalert.events.Json;
import io.growalert.events.Limits;
import io.growalert.events.SeriesResult;
import io.growalert.events.Status;
import io.growalert.monitor.Example;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RunEncoderTest {
    private static final Instant SLOT = Instant.parse("2026-11-24T07:00:30Z");

    @Test
    void a_run_is_encoded_with_its_attributes() {
        var result = encode(1, "").getFirst();

        assertThat(result)
                .isEqualTo(new CheckResult(
                        "co2",
                        SLOT,
                        SLOT.plusMillis(4),
                        12,
                        Status.PASSED,
                        3,
                        1,
                        1,
                        Map.of("site", "north"),
                        List.of(new SeriesResult(Map.of("n", "0"), 0, Status.PASSED, null)),
                        null,
                        null,
                        "one"));
    }

    @Test
    void a_run_without_series_is_one_part() {
        assertThat(encode(0, "")).extracting(CheckResult::parts).containsExactly(1);
    }

    @Test
    void up_to_a_thousand_series_are_one_part() {
        assertThat(encode(1_000, "")).hasSize(1);
        assertThat(encode(1_001, "")).extracting(part -> part.series().size()).containsExactly(1_000, 1);
    }

    @Test
    void long_labels_make_smaller_parts_that_lack_nothing() {
        var parts = encode(1_200, "x".repeat(3_000));

        assertThat(parts).extracting(CheckResult::part).containsExactly(1, 2, 3, 4, 5);
        assertThat(parts.stream().flatMap(part -> part.series().stream()).map(SeriesResult::value))
                .containsExactlyElementsOf(
                        IntStream.range(0, 1_200).mapToObj(Double::valueOf).toList());
    }

    @Test
    void a_series_that_every_broker_rejects_makes_the_run_an_error_that_is_published() {
        var encoded = RunEncoder.encode(Example.monitor("co2"), run(), outcome(1, "x".repeat(1_000_000)), "one");

        assertThat(encoded.whole()).isFalse();
        assertThat(encoded.run().orElseThrow().records()).singleElement().satisfies(record -> {
            var result = Json.read(record.value(), CheckResult.class);
            assertThat(result.series()).isEmpty();
            assertThat(result.error()).isNotNull().extracting(CheckError::kind).isEqualTo(CheckError.Kind.VALUE);
        });
    }

    @Test
    void every_part_has_the_dropped_rows() {
        var dropped = new DroppedRows(3, "label room has 2000 bytes; the limit is 1024");
        var series = outcome(1_001, "").series();

        var encoded = RunEncoder.encode(
                Example.monitor("co2"), run(), new Judgement(Status.PASSED, series, null, dropped, 0), "one");

        assertThat(results(encoded)).hasSize(2).extracting(CheckResult::dropped).containsOnly(dropped);
    }

    private static List<CheckResult> encode(int series, String label) {
        return results(RunEncoder.encode(Example.monitor("co2"), run(), outcome(series, label), "one"));
    }

    private static List<CheckResult> results(RunEncoder.Encoded encoded) {
        return encoded.run().orElseThrow().records().stream()
                .map(record -> {
                    assertThat(record.key()).isEqualTo("co2");
                    assertThat(record.value()).hasSizeLessThanOrEqualTo(Limits.RECORD_BYTES);
                    return Json.read(record.value(), CheckResult.class);
                })
                .toList();
    }

    private static io.growalert.alerts.Run run() {
        return new io.growalert.alerts.Run(
                "co2",
                _ -> CheckOutcome.passed(),
                SLOT,
                SLOT.plusMillis(4),
                Duration.ofMillis(12),
                CheckOutcome.passed(),
                3);
    }

    private static Judgement outcome(int series, String label) {
        return new Judgement(
                Status.PASSED,
                IntStream.range(0, series)
                        .mapToObj(n -> new SeriesResult(
                                label.isEmpty()
                                        ? Map.of("n", String.valueOf(n))
                                        : Map.of("n", String.valueOf(n), "long", label),
                                n,
                                Status.PASSED,
                                null))
                        .toList(),
                null);
    }
}
