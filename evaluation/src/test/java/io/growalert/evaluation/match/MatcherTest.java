package io.growalert.evaluation.match;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MatcherTest {
    private static final Map<String, String> LABELS = Map.of("site", "north", "room", "north-1", "note", "a=b\nc");

    @ParameterizedTest
    @CsvSource({
        "site=north, true",
        "site=nort, false",
        "site!=north, false",
        "site!=south, true",
        "room=~north-.*, true",
        "room=~north, false",
        "room!~north, true",
        "room!~north-[0-9], false",
        "'  site  =  north  ', true",
        "note=~a=b.c, true",
        "absent=, true",
        "absent!=, false",
        "absent=~.*, true",
        "absent=~.+, false",
        "absent!=x, true"
    })
    void a_label_is_compared_with_the_value_or_the_whole_pattern(String matcher, boolean expected) {
        assertThat(Matcher.of(matcher).test(LABELS)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"site", "'=north'", "'si te=north'", "'1site=north'", "''"})
    void a_text_that_is_no_matcher_is_rejected_with_what_was_expected(String text) {
        assertThatThrownBy(() -> Matcher.of(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected a label, one of = != =~ !~");
    }

    @Test
    void a_broken_pattern_is_rejected_with_its_reason() {
        assertThatThrownBy(() -> Matcher.of("room=~("))
                .hasMessageContaining("'(' is no pattern of RE2: missing closing )");
    }

    @Test
    void a_pattern_that_backtracks_elsewhere_takes_linear_time() {
        var matcher = Matcher.of("room=~(a+)+b");

        var matched = Assertions.assertTimeoutPreemptively(
                Duration.ofSeconds(20), () -> matcher.test(Map.of("room", "a".repeat(10_000))));

        assertThat(matched).isFalse();
    }

    @Test
    void the_text_form_is_read_back_to_an_equal_matcher() {
        var matcher = Matcher.of(" room =~ north-.* ");

        assertThat(matcher).hasToString("room=~north-.*").isEqualTo(Matcher.of(matcher.toString()));
    }
}
