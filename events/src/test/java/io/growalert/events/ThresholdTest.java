package io.growalert.events;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ThresholdTest {
    @ParameterizedTest
    @CsvSource({
        "17.9, true, false, true, false",
        "18,   false, false, false, true",
        "20,   false, false, false, true",
        "26,   false, false, false, true",
        "26.1, false, true, true, false"
    })
    void a_limit_itself_is_inside(double value, boolean below18, boolean above26, boolean outside, boolean inside) {
        assertThat(new Threshold.Below(18).breachedBy(value)).isEqualTo(below18);
        assertThat(new Threshold.Above(26).breachedBy(value)).isEqualTo(above26);
        assertThat(new Threshold.Outside(18, 26).breachedBy(value)).isEqualTo(outside);
        assertThat(new Threshold.Inside(18, 26).breachedBy(value)).isEqualTo(inside);
    }

    @Test
    void reads_as_people_write_it() {
        assertThat(new Threshold.Above(1000).inWords()).isEqualTo("above 1000");
        assertThat(new Threshold.Below(-0.5).inWords()).isEqualTo("below -0.5");
        assertThat(new Threshold.Outside(18, 26.25).inWords()).isEqualTo("outside 18 to 26.25");
        assertThat(new Threshold.Inside(1e-7, 1e7).inWords()).isEqualTo("inside 0.0000001 to 10000000");
        assertThat(new Threshold.Above(-0.0).inWords()).isEqualTo("above 0");
        assertThat(new Threshold.Outside(18, 26).inWords("°C")).isEqualTo("outside 18 to 26 °C");
        assertThat(new Threshold.Above(1000).inWords(null)).isEqualTo("above 1000");
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void a_limit_is_finite(double limit) {
        assertThatIllegalArgumentException().isThrownBy(() -> new Threshold.Above(limit));
        assertThatIllegalArgumentException().isThrownBy(() -> new Threshold.Below(limit));
        assertThatIllegalArgumentException().isThrownBy(() -> new Threshold.Outside(limit, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new Threshold.Inside(1, limit));
    }

    @Test
    void a_range_goes_from_low_to_high() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Threshold.Outside(26, 18))
                .withMessage("a threshold's range must go from low to high, not 26.0 to 18.0");
        assertThatIllegalArgumentException().isThrownBy(() -> new Threshold.Inside(1, 1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"above", "below"})
    void a_limit_may_be_an_integer_beyond_64_bits(String kind) {
        var json = "{\"%s\":10000000000000000000}".formatted(kind).getBytes(UTF_8);

        assertThat(Json.read(json, Threshold.class).breachedBy(1e19)).isFalse();
        assertThat(Json.read(json, Threshold.class).inWords()).isEqualTo(kind + " 10000000000000000000");
    }

    @ParameterizedTest
    @ValueSource(strings = {"outside", "inside"})
    void limits_of_a_range_may_be_integers_beyond_64_bits(String kind) {
        var json = "{\"%s\":[-10000000000000000000,10000000000000000000]}"
                .formatted(kind)
                .getBytes(UTF_8);

        assertThat(Json.read(json, Threshold.class).breachedBy(0)).isEqualTo(kind.equals("inside"));
    }
}
