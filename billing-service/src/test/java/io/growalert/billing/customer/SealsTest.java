package io.growalert.billing.customer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.growalert.billing.customer.Seals.Purpose;
import io.growalert.definitions.Secret;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SealsTest {
    private static final Instant UNTIL = Instant.parse("2026-12-24T10:00:00Z");
    private static final Secret KEY = key("a");
    private static final Secret OTHER = key("b");

    private static Secret key(String letter) {
        return new Secret(Base64.getEncoder().encodeToString(letter.repeat(32).getBytes(UTF_8)));
    }

    @Test
    void what_was_sealed_is_read_again() {
        var sealed = Seals.with(List.of(KEY)).seal(Purpose.SESSION, "cus_1", UNTIL);

        assertThat(Seals.with(List.of(KEY)).open(Purpose.SESSION, sealed)).contains(new Seals.Sealed("cus_1", UNTIL));
    }

    @Test
    void no_single_character_can_be_altered() {
        var seals = Seals.with(List.of(KEY));
        var sealed = seals.seal(Purpose.SESSION, "cus_1", UNTIL);

        for (int at = 0; at < sealed.length(); at++) {
            for (char other : "A0z_.-".toCharArray()) {
                if (sealed.charAt(at) != other) {
                    var altered = sealed.substring(0, at) + other + sealed.substring(at + 1);
                    assertThat(seals.open(Purpose.SESSION, altered)).as(altered).isEmpty();
                }
            }
        }
    }

    @Test
    void a_text_for_one_purpose_is_not_good_for_another() {
        var seals = Seals.with(List.of(KEY));

        assertThat(seals.open(Purpose.SESSION, seals.seal(Purpose.RENEWAL, "cus_1", UNTIL)))
                .isEmpty();
        assertThat(seals.open(Purpose.RENEWAL, seals.seal(Purpose.SESSION, "cus_1", UNTIL)))
                .isEmpty();
    }

    @Test
    void the_first_key_signs_and_all_are_good() {
        var before = Seals.with(List.of(KEY));
        var rotated = Seals.with(List.of(OTHER, KEY));
        var after = Seals.with(List.of(OTHER));

        var old = before.seal(Purpose.SESSION, "cus_1", UNTIL);
        var fresh = rotated.seal(Purpose.SESSION, "cus_1", UNTIL);

        assertThat(rotated.open(Purpose.SESSION, old)).isPresent();
        assertThat(after.open(Purpose.SESSION, old)).isEmpty();
        assertThat(after.open(Purpose.SESSION, fresh)).isPresent();
        assertThat(before.open(Purpose.SESSION, fresh)).isEmpty();
    }

    @Test
    void a_short_key_is_refused_by_its_place_and_never_shown() {
        var shortKey = Base64.getEncoder().encodeToString("x".repeat(31).getBytes(UTF_8));

        assertThatThrownBy(() -> Seals.with(List.of(KEY, new Secret(shortKey))))
                .hasMessageContaining("keys[1]")
                .hasMessageNotContaining(shortKey);
        assertThatThrownBy(() -> Seals.with(List.of(new Secret("not base64!")))).hasMessageContaining("keys[0]");
    }

    @Test
    void nonsense_is_not_sealed() {
        var seals = Seals.with(List.of(KEY));
        var random = new Random(1);
        for (int i = 0; i < 2_000; i++) {
            var text = random.ints(random.nextInt(120), 0, 128)
                    .collect(StringBuilder::new, (built, c) -> built.append((char) c), StringBuilder::append)
                    .toString();
            assertThat(seals.open(Purpose.SESSION, text)).isEmpty();
        }
        assertThat(seals.open(Purpose.SESSION, "cus_1.99999999999." + "a".repeat(8) + "." + "a".repeat(43)))
                .isEmpty();
    }
}
