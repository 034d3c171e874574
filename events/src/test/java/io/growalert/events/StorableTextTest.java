package io.growalert.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StorableTextTest {
    @Test
    void ordinary_texts_stay_the_same() {
        var text = "Gr\u00fcnkohl \ud83c\udf31 \u2028\t";

        assertThat(StorableText.is(text)).isTrue();
        assertThat(StorableText.of(text)).isSameAs(text);
        assertThat(StorableText.of(Map.of("room", text))).isEqualTo(Map.of("room", text));
    }

    @Test
    void what_a_database_does_not_store_is_replaced() {
        assertThat(StorableText.of("a\u0000b")).isEqualTo("a\ufffdb");
        assertThat(StorableText.of("a\ud800")).isEqualTo("a\ufffd");
        assertThat(StorableText.of("\ud800\ud83c\udf31\udfff")).isEqualTo("\ufffd\ud83c\udf31\ufffd");
        assertThat(StorableText.of(Map.of("r\u0000", "\udfff"))).isEqualTo(Map.of("r\ufffd", "\ufffd"));
    }

    @ParameterizedTest
    @CsvSource({"0", "d800", "dfff"})
    void they_are_recognized(String hex) {
        var character = (char) Integer.parseInt(hex, 16);

        assertThat(StorableText.is(character + "a")).isFalse();
        assertThat(StorableText.is("a" + character)).isFalse();
    }
}
