package io.growalert.events;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** The codec of check results against the mapper that reads and writes records by reflection, with the same settings. */
class CheckResultCodecTest {
    private static final long SEED = 20261128;
    private static final int RESULTS = 1_000;
    private static final int DOCUMENTS = 6_000;
    private static final String RESULT = """
            {"monitor": "room-co2", "slot": "2026-11-24T07:00:30Z", "startedAt": "2026-11-24T07:00:30.004Z",
             "durationMs": 12, "status": "FAILED", "missedSlots": 0, "part": 1, "parts": 1, "labels": {"site": "north"},
             "series": [{"labels": {"room": "r1"}, "value": 1203.5, "status": "FAILED", "reason": "above 1000"}]}""";

    private final JsonMapper reflective = Json.byReflection().build();
    private final CheckResultReader reader = new CheckResultReader(reflective);

    private byte[] reflectively(CheckResult result) {
        return reflective.writeValueAsBytes(result);
    }

    /** Empty when the mapper does not accept it. */
    private Optional<CheckResult> reflectively(byte[] json) {
        try {
            return Optional.ofNullable(reflective.readValue(json, CheckResult.class));
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }

    private static Optional<CheckResult> read(byte[] json) {
        try {
            return Optional.of(Json.read(json, CheckResult.class));
        } catch (UnreadableValue e) {
            return Optional.empty();
        }
    }

    @ParameterizedTest
    @MethodSource("io.growalert.events.Samples#checkResults")
    void samples_are_written_and_read_as_by_reflection(CheckResult result) {
        var json = Json.write(result);

        assertThat(json).asString(UTF_8).isEqualTo(new String(reflectively(result), UTF_8));
        assertThat(reader.read(json)).contains(result);
        assertThat(read(json)).contains(result);
    }

    @Test
    void any_result_is_written_as_by_reflection_and_read_without_it() {
        var random = new SplittableRandom(SEED);
        var results = new RandomResults(random);
        for (int i = 0; i < RESULTS; i++) {
            var result = results.next();
            var json = Json.write(result);

            assertThat(json).asString(UTF_8).isEqualTo(new String(reflectively(result), UTF_8));
            assertThat(reader.read(json)).as(() -> new String(json, UTF_8)).contains(result);
        }
    }

    @Test
    void any_json_is_accepted_and_rejected_as_by_reflection() {
        var documents = new RandomResultJson(new SplittableRandom(SEED));
        int accepted = 0;
        int fast = 0;
        for (int i = 0; i < DOCUMENTS; i++) {
            var text = documents.next();
            var json = text.getBytes(UTF_8);
            var expected = reflectively(json);

            assertThat(read(json)).as(text).isEqualTo(expected);
            reader.read(json).ifPresent(read -> assertThat(expected).as(text).contains(read));
            accepted += expected.isPresent() ? 1 : 0;
            fast += reader.read(json).isPresent() ? 1 : 0;
        }
        // both ways, and the rejections, are tried often
        assertThat(fast).isBetween(DOCUMENTS / 10, accepted - 1);
        assertThat(accepted).isBetween(DOCUMENTS / 5, DOCUMENTS * 4 / 5);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"new\": {\"deep\": [1, {\"monitor\": \"x\"}, 1e400, null]}, \"monitor\"",
                "\n\t {  \"new\"  :  \"\\u00e4\\ud83c\\udf31\"  ,  \"monitor\"",
                "{\"Monitor\": 5, \"\": [], \"monitor\"",
            })
    void unknown_fields_and_whitespace_do_not_slow_it_down(String start) {
        var json = RESULT.replace("{\"monitor\"", start).getBytes(UTF_8);

        assertThat(reader.read(json)).isEqualTo(reflectively(json)).isPresent();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"part\": 1, \"part\": 1, ",
                "\"part\": 2, \"part\": 1, ",
                "\"part\": null, ",
                "\"part\": 1.0, ",
                "\"part\": 4294967297, ",
                "\"part\": \"1\", ",
                "\"part\": true, ",
                "\"part\": [1], ",
                "",
            })
    void what_is_unusual_is_left_to_the_mapper(String part) {
        var json = RESULT.replace("\"part\": 1, ", part).getBytes(UTF_8);

        assertThat(reader.read(json)).isEmpty();
        assertThat(read(json)).isEqualTo(reflectively(json));
    }

    @Test
    void a_repeated_label_counts_as_by_reflection() {
        var json = RESULT.replace("{\"room\": \"r1\"}", "{\"room\": \"r1\", \"a\": \"b\", \"room\": \"r2\"}")
                .getBytes(UTF_8);

        assertThat(reader.read(json)).isEmpty();
        assertThat(read(json).orElseThrow().series().getFirst().labels())
                .isEqualTo(Map.of("room", "r2", "a", "b"))
                .isEqualTo(reflectively(json).orElseThrow().series().getFirst().labels());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\u0000", " {}", ",", "]", "}", "null", "\"", "/"})
    void what_follows_the_value_counts_as_by_reflection(String rest) {
        var json = (RESULT + rest).getBytes(UTF_8);

        assertThat(read(json)).isEqualTo(reflectively(json));
    }

    @Test
    void a_cut_off_result_is_unreadable_wherever_it_ends() {
        for (int end = 0; end < RESULT.length(); end++) {
            var json = RESULT.substring(0, end).getBytes(UTF_8);

            assertThat(reader.read(json)).isEmpty();
            assertThatExceptionOfType(UnreadableValue.class).isThrownBy(() -> Json.read(json, CheckResult.class));
        }
    }

    @Test
    void labels_of_any_length_are_read() {
        var json =
                RESULT.replace("\"r1\"", "\"" + "ä\\n".repeat(200_000) + "\"").getBytes(UTF_8);

        assertThat(reader.read(json)).isEqualTo(reflectively(json)).isPresent();
    }
}
