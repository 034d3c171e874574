package io.growalert.dispatcher.link;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.definitions.Secret;
import io.growalert.dispatcher.link.AckToken.Kind;
import io.growalert.dispatcher.link.AckToken.Reading;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AckTokenTest {
    private static final Instant NOW = Instant.parse("2026-11-24T07:00:00Z");
    private static final LinkKey KEY = key("0123456789abcdef0123456789abcdef");
    private static final AckToken TOKEN =
            new AckToken(Kind.INCIDENT, "abcdefghijklmnopqrstuvwxyz", "ops", NOW.plusSeconds(60));

    @Test
    void what_was_signed_is_read() {
        assertThat(AckToken.read(TOKEN.text(KEY), KEY, NOW)).isEqualTo(new Reading.Valid(TOKEN));
        var group = new AckToken(Kind.GROUP_MESSAGE, "message", "on-call.1_x", NOW.plusSeconds(60));
        assertThat(AckToken.read(group.text(KEY), KEY, NOW)).isEqualTo(new Reading.Valid(group));
        assertThat(TOKEN.text(KEY)).matches("[A-Za-z0-9_-]+");
    }

    @Test
    void it_expires() {
        assertThat(AckToken.read(TOKEN.text(KEY), KEY, NOW.plusSeconds(59))).isInstanceOf(Reading.Valid.class);
        assertThat(AckToken.read(TOKEN.text(KEY), KEY, NOW.plusSeconds(60))).isEqualTo(new Reading.Expired());
    }

    @Test
    void one_of_another_key_is_forged() {
        assertThat(AckToken.read(TOKEN.text(key("fedcba9876543210fedcba9876543210")), KEY, NOW))
                .isEqualTo(new Reading.Forged());
    }

    @Test
    void a_change_of_any_bit_is_a_forgery() {
        var signed = Base64.getUrlDecoder().decode(TOKEN.text(KEY));
        for (int bit = 0; bit < signed.length * 8; bit++) {
            var changed = signed.clone();
            changed[bit / 8] ^= (byte) (1 << (bit % 8));
            assertThat(AckToken.read(text(changed), KEY, NOW)).as("bit %d", bit).isEqualTo(new Reading.Forged());
        }
    }

    @Test
    void a_part_of_a_token_is_a_forgery() {
        var signed = Base64.getUrlDecoder().decode(TOKEN.text(KEY));
        for (int length = 0; length < signed.length; length++) {
            assertThat(AckToken.read(text(Arrays.copyOf(signed, length)), KEY, NOW))
                    .isEqualTo(new Reading.Forged());
        }
        for (var text : new String[] {"", " ", "?", "%", "a", "a".repeat(1_001), "ä", TOKEN.text(KEY) + "AA"}) {
            assertThat(AckToken.read(text, KEY, NOW)).as(text).isEqualTo(new Reading.Forged());
        }
    }

    @Test
    void the_lifetime_of_a_link_is_7_days() {
        var links = AckLinks.of(Optional.of(URI.create("https://example.com/alerts/")), Optional.of(KEY))
                .orElseThrow();

        var link = links.link(Kind.INCIDENT, "incident", "ops", NOW);

        assertThat(link).startsWith("https://example.com/alerts/ack?t=");
        var token = link.substring(link.indexOf('=') + 1);
        assertThat(links.read(token, NOW.plus(Duration.ofDays(7)).minusSeconds(1)))
                .isInstanceOf(Reading.Valid.class);
        assertThat(links.read(token, NOW.plus(Duration.ofDays(7)))).isInstanceOf(Reading.Expired.class);
    }

    @Test
    void a_key_has_32_bytes_at_least_and_is_not_shown() {
        assertThat(LinkKey.parse(new Secret("c2hvcnQ="))).isEmpty();
        assertThat(LinkKey.parse(new Secret("not base64!"))).isEmpty();
        assertThat(LinkKey.parse(new Secret(""))).isEmpty();
        assertThat(KEY).hasToString("LinkKey[...]");
    }

    @Test
    void the_token_of_a_link_is_hidden_in_an_answer_that_repeats_it() {
        var token = TOKEN.text(KEY);

        for (var form : List.of("/ack?t=", "%2Fack%3Ft%3D", "\\/ack?t\\u003d")) {
            assertThat(AckLinks.hide("no: " + form + token + "\" is wrong"))
                    .isEqualTo("no: " + form + "***\" is wrong");
        }
        assertThat(AckLinks.hide("back?t=1")).isEqualTo("back?t=***");
    }

    private static String text(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static LinkKey key(String bytes) {
        return LinkKey.parse(new Secret(Base64.getEncoder().encodeToString(bytes.getBytes(UTF_8))))
                .orElseThrow();
    }
}
