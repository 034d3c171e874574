package io.growalert.definitions;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever is done to a valid file, reading it ends in sections or problems and never in an exception. */
class FuzzTest {
    private static final String VALID = """
            x-base: &base {every: 30s, timeout: 5s}
            sources:
              farm-db: {postgres: {url: "${FARM_DB_URL:jdbc:x}", username: "${USER:}", password: 'a''b'}}
            monitors:
              - <<: *base
                id: room-co2               # a comment
                source: farm-db
                query: |
                  SELECT room, avg(co2_ppm) AS value FROM readings
                  WHERE time > :from AND time <= :to GROUP BY room
                window: 5m
                fail: {above: 1000}
                degraded: {outside: [18, "26"]}
                alert: &alert
                  after: 3
                  receivers: [ops, grower]
                labels: {site: north, "severity": critical}
                summary: "{{room}} has \\u00fc {{value}} ppm"
              - {id: b, alert: *alert, every: !!str 1m}
            """;

    private static final List<String> PIECES = List.of(
            "*base",
            "&base",
            "<<: ",
            "*x",
            "&x ",
            "- ",
            ": ",
            "? ",
            "[",
            "]",
            "{",
            "}",
            ",",
            "\"",
            "'",
            "|",
            ">",
            "#",
            "%YAML 9.9\n",
            "%TAG ! x\n",
            "---\n",
            "...\n",
            "\n",
            "\r",
            "\t",
            " ",
            "\u0000",
            "\uFEFF",
            "\ud83c",
            "!!int ",
            "!!binary ",
            "!<tag:%zz>",
            "!",
            "${",
            "}",
            "${X}",
            "~",
            "null",
            "\\x",
            "\\u",
            "\u2028",
            "1e999",
            "-",
            "@",
            "`");

    @Test
    void no_text_makes_reading_throw() {
        var random = new Random(20261124);
        int unreadable = 0;
        for (int i = 0; i < 2_000; i++) {
            var text = mutated(random);
            try {
                unreadable += read(text) ? 0 : 1;
            } catch (RuntimeException | Error e) {
                throw new AssertionError("round %d:%n%s".formatted(i, text), e);
            }
        }
        assertThat(unreadable).as("both kinds were tried").isBetween(200, 1_800);
    }

    @Test
    void the_text_itself_is_valid() {
        var problems = new Problems();
        DefinitionFile.parse("farm.yaml", VALID, new Variables(Map.of()), problems)
                .ifPresent(FuzzTest::readAll);

        assertThat(problems.inOrder()).isEmpty();
    }

    private static boolean read(String text) {
        var problems = new Problems();
        var root = DefinitionFile.parse("farm.yaml", text, new Variables(Map.of("X", "*x: [")), problems);
        root.ifPresent(FuzzTest::readAll);
        int lines = text.split("\\R|\u0085", -1).length;
        assertThat(problems.inOrder()).allSatisfy(problem -> {
            assertThat(problem.place().line()).isBetween(1, lines + 1);
            assertThat(problem.place().column()).isPositive();
            assertThat(problem.message()).isNotBlank();
        });
        assertThat(root.isPresent() || !problems.isEmpty()).isTrue();
        return root.isPresent();
    }

    private static String mutated(Random random) {
        var text = new StringBuilder(VALID);
        for (int changes = random.nextInt(1, 6); changes > 0; changes--) {
            int at = random.nextInt(text.length());
            int end = Math.min(text.length(), at + random.nextInt(1, 12));
            switch (random.nextInt(5)) {
                case 0 -> text.delete(at, end);
                case 1 -> text.insert(at, text.substring(at, end));
                case 2 -> text.setCharAt(at, (char) random.nextInt(random.nextBoolean() ? 128 : 65_536));
                case 3 -> text.insert(random.nextInt(text.length()), text.substring(at, end));
                default -> text.insert(at, PIECES.get(random.nextInt(PIECES.size())));
            }
        }
        return text.toString();
    }

    private static void readAll(Section root) {
        for (var source : root.named("sources").values()) {
            source.section("postgres").ifPresent(postgres -> {
                postgres.requiredText("url");
                postgres.text("username");
                postgres.secret("password");
                postgres.finish();
            });
            source.finish();
        }
        for (var monitor : root.sections("monitors")) {
            monitor.requiredText("id");
            monitor.duration("every", Duration.ofSeconds(1), Duration.ofDays(1));
            monitor.duration("timeout", Duration.ofMillis(1), Duration.ofDays(1));
            monitor.duration("window", Duration.ofMillis(1), Duration.ofDays(1));
            monitor.text("source");
            monitor.text("query");
            monitor.section("fail").ifPresent(fail -> fail.number("above"));
            monitor.section("degraded").ifPresent(degraded -> degraded.range("outside"));
            monitor.section("alert").ifPresent(alert -> {
                alert.integer("after", 1, 1000);
                alert.texts("receivers");
                alert.finish();
            });
            monitor.labels("labels");
            monitor.text("summary");
            monitor.finish();
        }
        root.finish();
    }
}
