package io.growalert.billing.customer.session;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.growalert.billing.customer.Running;
import io.growalert.billing.customer.session.Seals.Sealed;
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
    void a_signed_token_is_read_again() {
        var sealed = Seals.with(List.of(KEY)).seal(new Sealed("cus_1", 0, UNTIL));

        assertThat(Seals.with(List.of(KEY)).open(sealed)).contains(new Sealed("cus_1", 0, UNTIL));
    }

    @Test
    void no_single_character_can_be_altered() {
        var seals = Seals.with(List.of(KEY));
        for (int generation : List.of(0, 12)) {
            assertNoneCanBeAltered(seals, seals.seal(new Sealed("cus_1", generation, UNTIL)));
        }
    }

    private static void assertNoneCanBeAltered(Seals seals, String sealed) {
        for (int at = 0; at < sealed.length(); at++) {
            for (char other : "A0z_.-".toCharArray()) {
                if (sealed.charAt(at) != other) {
                    var altered = sealed.substring(0, at) + other + sealed.substring(at + 1);
                    assertThat(seals.open(altered)).as(altered).isEmpty();
                }
            }
        }
    }

    @Test
    void texts_of_releases_without_generations_remain_valid_and_unchanged() {
        var seals = Seals.with(List.of(new Secret(Running.KEY)));
        var before = "cus_1.1798106400.xmuMRRl8.o8ss2_8Sy74KVJsACD0R6Gze7c_f_N8A8SXhZEQU5-Q";

        assertThat(seals.open(before)).contains(new Sealed("cus_1", 0, UNTIL));
        assertThat(seals.seal(new Sealed("cus_1", 0, UNTIL))).isEqualTo(before);
    }

    @Test
    void a_token_signed_for_another_purpose_is_rejected() {
        var renewalOfEarlierReleases = "cus_1.1798106400.xmuMRRl8.zXvGnu_4ooQDCBxTLlmfYuMeFE3p1RILLPsFjZeXEYA";

        assertThat(Seals.with(List.of(new Secret(Running.KEY))).open(renewalOfEarlierReleases))
                .isEmpty();
    }

    @Test
    void a_generation_is_signed_too() {
        var seals = Seals.with(List.of(KEY));
        var first = seals.seal(new Sealed("cus_1", 1, UNTIL));
        var none = seals.seal(new Sealed("cus_1", 0, UNTIL));

        assertThat(first).startsWith("cus_1.1798106400.").contains(".1.");
        assertThat(seals.open(first)).contains(new Sealed("cus_1", 1, UNTIL));
        assertThat(seals.open(first.replace(".1.", ".2."))).isEmpty();
        assertThat(seals.open(first.replace(".1.", "."))).isEmpty();
        assertThat(seals.open(none.substring(0, none.length() - 43) + "1." + none.substring(none.length() - 43)))
                .isEmpty();
    }

    @Test
    void the_first_key_signs_and_all_verify() {
        var before = Seals.with(List.of(KEY));
        var rotated = Seals.with(List.of(OTHER, KEY));
        var after = Seals.with(List.of(OTHER));

        var old = before.seal(new Sealed("cus_1", 0, UNTIL));
        var fresh = rotated.seal(new Sealed("cus_1", 0, UNTIL));

        assertThat(rotated.open(old)).isPresent();
        assertThat(after.open(old)).isEmpty();
        assertThat(after.open(fresh)).isPresent();
        assertThat(before.open(fresh)).isEmpty();
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
            assertThat(seals.open(text)).isEmpty();
        }
        assertThat(seals.open("cus_1.99999999999." + "a".repeat(8) + "." + "a".repeat(43)))
                .isEmpty();
    }
}
