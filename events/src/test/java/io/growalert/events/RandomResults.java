package io.growalert.events;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/** Arbitrary check results, with what JSON escapes, extreme numbers and every optional field. */
final class RandomResults {
    private static final List<String> TEXTS = List.of(
            "",
            "room",
            "a \"quoted\"\n\\ key",
            "Grünkohl \u0000\u001f\u2028",
            "\ud83c\udf31",
            "\t/\b\f\r",
            "日本",
            "\u007f\u0080\u07ff\u0800");
    private static final List<Double> VALUES = List.of(
            0.0,
            -0.0,
            1.0,
            1203.5,
            0.1,
            1e21,
            1e-7,
            Double.MIN_VALUE,
            -Double.MAX_VALUE,
            Double.MIN_NORMAL,
            9007199254740992.0);
    private static final List<Status> STATUSES = List.of(Status.PASSED, Status.DEGRADED, Status.FAILED);

    private final RandomGenerator random;

    RandomResults(RandomGenerator random) {
        this.random = random;
    }

    CheckResult next() {
        var error = random.nextInt(5) == 0 ? new CheckError(oneOf(List.of(CheckError.Kind.values())), text()) : null;
        int parts = random.nextInt(1, 4);
        return new CheckResult(
                text(),
                instant(),
                instant(),
                random.nextLong(Long.MAX_VALUE) >>> random.nextInt(63),
                oneOf(STATUSES),
                random.nextLong(5),
                random.nextInt(1, parts + 1),
                parts,
                labels(),
                error == null ? series() : List.of(),
                error,
                random.nextInt(5) == 0 ? new DroppedRows(random.nextLong(1, 1_000), text()) : null,
                random.nextBoolean() ? text() : null);
    }

    private List<SeriesResult> series() {
        var all = new ArrayList<SeriesResult>();
        for (int left = random.nextInt(6); left > 0; left--) {
            all.add(new SeriesResult(labels(), value(), oneOf(STATUSES), random.nextBoolean() ? text() : null));
        }
        return all;
    }

    private Map<String, String> labels() {
        var labels = new HashMap<String, String>();
        for (int left = random.nextInt(5); left > 0; left--) {
            labels.put(text(), text());
        }
        return labels;
    }

    private double value() {
        double any = Double.longBitsToDouble(random.nextLong());
        return random.nextBoolean() && Double.isFinite(any) ? any : oneOf(VALUES);
    }

    private Instant instant() {
        long second = random.nextLong(-1_000_000_000_000L, 1_000_000_000_000L) >> random.nextInt(40);
        return Instant.ofEpochSecond(second, random.nextBoolean() ? 0 : random.nextInt(1_000_000_000));
    }

    private String text() {
        return random.nextInt(4) == 0 ? oneOf(TEXTS) + random.nextInt(100) + oneOf(TEXTS) : oneOf(TEXTS);
    }

    private <T> T oneOf(List<T> all) {
        return all.get(random.nextInt(all.size()));
    }
}
