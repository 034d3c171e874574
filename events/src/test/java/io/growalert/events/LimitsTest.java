package io.growalert.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LimitsTest {
    @Test
    void labels_at_the_limits_are_within_them() {
        assertThat(Limits.exceededBy(Map.of("room", "x".repeat(1_024)))).isEmpty();
        assertThat(Limits.exceededBy(Map.of("room", "€".repeat(341)))).isEmpty();
        assertThat(Limits.exceededBy(numbered(64))).isEmpty();
    }

    @Test
    void what_exceeds_a_limit_is_named_with_its_size() {
        assertThat(Limits.exceededBy(Map.of("room", "x".repeat(1_025))))
                .contains("label room has 1025 bytes; the limit is 1024");
        assertThat(Limits.exceededBy(Map.of("room", "€".repeat(342))))
                .contains("label room has 1026 bytes; the limit is 1024");
        assertThat(Limits.exceededBy(Map.of("n".repeat(2_000), "x")))
                .contains("the name of label '%s...' has 2000 bytes; the limit is 1024".formatted("n".repeat(40)));
        assertThat(Limits.exceededBy(numbered(65))).contains("65 labels; the limit is 64");
    }

    private static Map<String, String> numbered(int count) {
        return IntStream.range(0, count).boxed().collect(Collectors.toMap(i -> "l" + i, String::valueOf));
    }
}
