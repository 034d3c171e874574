package io.growalert.events;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** JSON that is nearly a check result: fields in any order, missing, repeated, unknown, null, or of any other type. */
final class RandomResultJson {
    private static final List<String> ODD = List.of(
            "null",
            "true",
            "5",
            "-1",
            "0",
            "1.5",
            "1e400",
            "-0",
            "-0.0",
            "1E2",
            "00",
            "NaN",
            "\"NaN\"",
            "\"\"",
            "\"1\"",
            "\"PASSED\"",
            "\"passed\"",
            "\"NO_DATA\"",
            "{}",
            "[]",
            "[[]]",
            "{\"a\": null}",
            "{\"a\": 5}",
            "[null]",
            "[{}]",
            "99999999999999999999",
            "9223372036854775807",
            "4294967297",
            "\"yesterday\"",
            "\"\\u00zz\"",
            "\"\\ud800\"",
            "1.7976931348623157e308",
            "1.7976931348623159e308",
            "4.9e-324",
            "0.1e-400",
            "123456789.123456789e-5");
    private static final List<String> SPACE = List.of("", "", "", " ", "\n\t", "  ");

    private final RandomGenerator random;

    RandomResultJson(RandomGenerator random) {
        this.random = random;
    }

    String next() {
        var text = object(List.of(
                field("monitor", "\"room-co2\""),
                field("slot", oneOf("\"2026-11-24T07:00:30Z\"", "\"2026-11-24T07:00:30.123456789Z\"")),
                field("startedAt", "\"2026-11-24T07:00:30.004Z\""),
                field("durationMs", oneOf("12", "0", "123456789012")),
                field("status", oneOf("\"PASSED\"", "\"FAILED\"", "\"DEGRADED\"")),
                field("missedSlots", "0"),
                field("part", "1"),
                field("parts", oneOf("1", "2")),
                field("labels", labels()),
                field("series", series()),
                random.nextInt(8) == 0
                        ? field("error", object(List.of(field("kind", "\"query\""), field("message", "\"m\""))))
                        : "",
                random.nextInt(8) == 0
                        ? field("dropped", object(List.of(field("rows", "3"), field("reason", "\"r\""))))
                        : "",
                random.nextInt(3) == 0 ? field("instance", "\"i-1\"") : ""));
        return random.nextInt(20) == 0 ? damaged(text) : text;
    }

    private String series() {
        return IntStream.range(0, random.nextInt(3))
                .mapToObj(_ -> object(List.of(
                        field("labels", labels()),
                        field(
                                "value",
                                oneOf("1203.5", "1", "-0.0", "1e-7", "12345678901234567890", "0.30000000000000004")),
                        field("status", oneOf("\"PASSED\"", "\"FAILED\"")),
                        random.nextBoolean() ? field("reason", "\"above \\u0031000\"") : "")))
                .collect(Collectors.joining("," + space(), "[" + space(), space() + "]"));
    }

    private String labels() {
        return object(IntStream.range(0, random.nextInt(4))
                .mapToObj(i -> field("l" + i, oneOf("\"r1\"", "\"\\\"\\n\\u00e4\"", "\"Grünkohl\"")))
                .toList());
    }

    private String field(String name, String value) {
        return "\"" + name + "\"" + space() + ":" + space() + (random.nextInt(60) == 0 ? oneOf(ODD) : value);
    }

    private String object(List<String> usual) {
        var fields =
                new ArrayList<>(usual.stream().filter(each -> !each.isEmpty()).toList());
        if (random.nextInt(4) == 0) {
            Collections.shuffle(fields, Random.from(random));
        }
        if (random.nextInt(30) == 0 && !fields.isEmpty()) {
            fields.remove(random.nextInt(fields.size()));
        }
        if (random.nextInt(30) == 0 && !fields.isEmpty()) {
            fields.add(oneOf(fields));
        }
        if (random.nextInt(6) == 0) {
            fields.add(
                    random.nextInt(fields.size() + 1),
                    "\"new\": " + oneOf("[1, {\"part\": 7}]", "null", "\"x\"", "1e400"));
        }
        return fields.stream().collect(Collectors.joining("," + space(), "{" + space(), space() + "}"));
    }

    private String damaged(String text) {
        int at = random.nextInt(text.length());
        return switch (random.nextInt(3)) {
            case 0 -> text.substring(0, at);
            case 1 ->
                text.substring(0, at) + oneOf("\"", "{", "}", "[", "]", ",", ":", "\\", "0", "x") + text.substring(at);
            default -> text.substring(0, at) + text.substring(at + 1);
        };
    }

    private String space() {
        return oneOf(SPACE);
    }

    private String oneOf(String... all) {
        return all[random.nextInt(all.length)];
    }

    private String oneOf(List<String> all) {
        return all.get(random.nextInt(all.size()));
    }
}
