package io.growalert.events;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
    private static final String RESULT = """
            {"monitor": "room-co2", "slot": "2026-11-24T07:00:30Z", "startedAt": "2026-11-24T07:00:30.004Z",
             "durationMs": 12, "status": "FAILED", "missedSlots": 0, "part": 1, "parts": 1, "labels": {"site": "north"},
             "series": [{"labels": {"room": "r1"}, "value": 1203.5, "status": "FAILED", "reason": "above 1000"}]}""";

    @Test
    void what_is_written_looks_as_designed() {
        var result = Json.read(RESULT.getBytes(UTF_8), CheckResult.class);

        assertThat(new String(Json.write(result), UTF_8)).isEqualTo(RESULT.replaceAll("(?<=[:,])\\s+", ""));
    }

    @Test
    void labels_are_written_in_order_so_that_equal_values_are_equal_bytes() {
        var result = Samples.result(
                Status.PASSED, 1, 1, Map.of("c", "3", "a", "1", "b", "2", "e", "5", "d", "4"), List.of(), null);

        assertThat(new String(Json.write(result), UTF_8))
                .contains("{\"a\":\"1\",\"b\":\"2\",\"c\":\"3\",\"d\":\"4\",\"e\":\"5\"}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"monitor\": \"room-co2\"       | \"monitor\": null           | monitor is missing",
                "\"monitor\": \"room-co2\"       | \"monitor\": 5              | monitor",
                "\"part\": 1                     | \"part\": null              | part",
                "\"part\": 1                     | \"part\": 2                 | part must be from 1 to parts",
                "\"part\": 1                     | \"part\": \"1\"             | part",
                "\"durationMs\": 12              | \"durationMs\": -1          | durationMs",
                "\"durationMs\": 12              | \"durationMs\": 1.5         | durationMs",
                "1203.5                          | \"NaN\"                     | finite number",
                "1203.5                          | NaN                         | NaN",
                "1203.5                          | 1e999                       | finite number",
                "1203.5                          | null                        | series[0].value",
                "\"FAILED\", \"reason\"          | \"NO_DATA\", \"reason\"     | series[0]",
                "\"FAILED\", \"reason\"          | \"ODD\", \"reason\"         | series[0].status",
                "{\"room\": \"r1\"}              | {\"room\": null}            | labels must not hold null",
                "{\"room\": \"r1\"}              | null                        | labels is missing",
                "{\"room\": \"r1\"}              | [\"r1\"]                    | series[0].labels",
                "2026-11-24T07:00:30Z            | yesterday                   | slot",
            })
    void what_is_wrong_is_named(String right, String wrong, String message) {
        assertThat(RESULT).contains(right);
        var json = RESULT.replace(right, wrong).getBytes(UTF_8);

        assertThatExceptionOfType(UnreadableValue.class)
                .isThrownBy(() -> Json.read(json, CheckResult.class))
                .withMessageStartingWith("not a CheckResult: ")
                .withMessageContaining(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "null", "{", "[]", "5", "\"x\"", "{} {}", "\u0000", "{\"monitor\": }", "<xml/>"})
    void what_is_no_json_object_is_unreadable(String text) {
        assertThatExceptionOfType(UnreadableValue.class)
                .isThrownBy(() -> Json.read(text.getBytes(UTF_8), CheckResult.class))
                .withMessageStartingWith("not a CheckResult: ");
    }

    @Test
    void something_after_the_value_is_unreadable() {
        assertThatExceptionOfType(UnreadableValue.class)
                .isThrownBy(() -> Json.read((RESULT + "x").getBytes(UTF_8), CheckResult.class));
    }

    @Test
    void depth_is_bounded() {
        var deep = RESULT.replace("\"part\": 1", "\"new\": " + "[".repeat(100_000) + ", \"part\": 1");

        assertThatExceptionOfType(UnreadableValue.class)
                .isThrownBy(() -> Json.read(deep.getBytes(UTF_8), CheckResult.class))
                .withMessageContaining("nesting depth");
    }

    @Test
    void an_alert_event_from_before_routes_is_read_and_written_as_it_was() {
        var event = Samples.alertEvents().findFirst().orElseThrow();
        var json = new String(Json.write(event), UTF_8);

        assertThat(json).doesNotContain("routes");
        assertThat(Json.read(json.getBytes(UTF_8), AlertEvent.class)).isEqualTo(event);
        assertThat(event.usesRoutes()).isFalse();
    }

    @Test
    void an_optional_field_may_be_null() {
        var json = RESULT.replace("\"reason\": \"above 1000\"", "\"reason\": null")
                .replace("\"part\": 1", "\"error\": null, \"part\": 1");

        var result = Json.read(json.getBytes(UTF_8), CheckResult.class);

        assertThat(result.error()).isNull();
        assertThat(result.series().getFirst().reason()).isNull();
    }

    @Test
    void bytes_of_any_kind_are_read_or_unreadable() {
        var random = new Random(20261124);
        for (int i = 0; i < 4_000; i++) {
            var json = RESULT.getBytes(UTF_8);
            for (int changes = random.nextInt(1, 5); changes > 0; changes--) {
                json[random.nextInt(json.length)] = (byte) random.nextInt(256);
            }
            try {
                assertThat(Json.read(json, CheckResult.class)).isNotNull();
            } catch (UnreadableValue e) {
                assertThat(e.getMessage()).isNotBlank();
            } catch (RuntimeException e) {
                throw new AssertionError(new String(json, StandardCharsets.ISO_8859_1), e);
            }
        }
    }
}
