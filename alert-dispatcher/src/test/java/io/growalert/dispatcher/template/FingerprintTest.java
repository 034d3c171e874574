package io.growalert.dispatcher.template;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class FingerprintTest {
    /** Values of Prometheus' own test (common/model/signature_test.go). */
    @Test
    void it_is_the_one_of_prometheus() {
        assertThat(Fingerprint.hash(Map.of())).isEqualTo(Long.parseUnsignedLong("14695981039346656037"));
        assertThat(Fingerprint.hash(Map.of("name", "garland, briggs", "fear", "love is not enough")))
                .isEqualTo(5799056148416392346L);
    }

    @Test
    void it_depends_on_every_name_and_value_and_on_no_order() {
        var one = Fingerprint.of("co2", Map.of("a", "1", "b", "2"));

        assertThat(one).hasSize(16).isEqualTo(Fingerprint.of("co2", Map.of("b", "2", "a", "1")));
        assertThat(one)
                .isNotEqualTo(Fingerprint.of("co2", Map.of("a", "12", "b", "")))
                .isNotEqualTo(Fingerprint.of("co2", Map.of("a", "1")))
                .isNotEqualTo(Fingerprint.of("co3", Map.of("a", "1", "b", "2")));
    }
}
