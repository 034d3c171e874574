package io.growalert.billing.stripe;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.stripe.net.Webhook;
import io.growalert.billing.stripe.WebhookSignature.Verdict;
import io.growalert.definitions.Secret;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookSignatureTest {
    private static final long NOW = 1_790_000_000;
    private static final String SECRET = "whsec_now";
    private static final String BODY = "{\"id\": \"evt_1\", \"name\": \"Grünkohl \ud83c\udf31\"}";

    private final WebhookSignature signature = new WebhookSignature(
            List.of(new Secret("whsec_before"), new Secret(SECRET)),
            Duration.ofMinutes(5),
            InstantSource.fixed(Instant.ofEpochSecond(NOW).plusMillis(900)));

    @Test
    void a_signature_of_stripes_library_is_valid() throws Exception {
        assertThat(check(BODY, "t=" + NOW + ",v1=" + signed(SECRET, NOW, BODY))).isEqualTo(Verdict.GOOD);
    }

    @Test
    void each_of_the_secrets_verifies() throws Exception {
        assertThat(check(BODY, "t=" + NOW + ",v1=" + signed("whsec_before", NOW, BODY)))
                .isEqualTo(Verdict.GOOD);
    }

    @Test
    void one_valid_signature_among_several_is_enough() throws Exception {
        var other = signed("whsec_other", NOW, BODY);
        var good = signed(SECRET, NOW, BODY);

        assertThat(check(BODY, "t=%d,v1=%s,v1=%s,v0=%s".formatted(NOW, other, good, other)))
                .isEqualTo(Verdict.GOOD);
    }

    @Test
    void a_signature_of_another_version_is_ignored() throws Exception {
        var good = signed(SECRET, NOW, BODY);

        assertThat(check(BODY, "t=%d,v0=%s".formatted(NOW, good))).isEqualTo(Verdict.MALFORMED);
    }

    @ParameterizedTest
    @CsvSource({"-300, GOOD", "-301, TOO_OLD", "300, GOOD", "301, TOO_NEW", "-86400, TOO_OLD", "86400, TOO_NEW"})
    void the_time_may_be_off_by_the_tolerance_either_way(long off, Verdict verdict) throws Exception {
        long time = NOW + off;

        assertThat(check(BODY, "t=%d,v1=%s".formatted(time, signed(SECRET, time, BODY))))
                .isEqualTo(verdict);
    }

    @Test
    void a_body_of_which_one_byte_changed_is_forged() throws Exception {
        var header = "t=" + NOW + ",v1=" + signed(SECRET, NOW, BODY);

        assertThat(check(BODY.replace("evt_1", "evt_2"), header)).isEqualTo(Verdict.FORGED);
    }

    @Test
    void bytes_that_read_the_same_when_they_are_no_utf8_are_forged() throws Exception {
        var header = "t=" + NOW + ",v1=" + signed(SECRET, NOW, "\uFFFD");

        assertThat(signature.check(new byte[] {(byte) 0xff}, header)).isEqualTo(Verdict.FORGED);
    }

    @Test
    void another_time_than_the_signed_one_is_forged() throws Exception {
        assertThat(check(BODY, "t=" + (NOW + 1) + ",v1=" + signed(SECRET, NOW, BODY)))
                .isEqualTo(Verdict.FORGED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", ",", "=", "t=", "t=1", "v1=00", "t=1,t=2,v1=00", "t=x,v1=00", "t=-1,v1=00", "t=1 v1=00"})
    void a_header_in_another_format_is_malformed(String header) {
        assertThat(check(BODY, header)).isEqualTo(Verdict.MALFORMED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "zz", "00", "\u00e9"})
    void a_signature_that_is_none_is_forged(String text) {
        assertThat(check(BODY, "t=%d,v1=%s".formatted(NOW, text))).isEqualTo(Verdict.FORGED);
    }

    private Verdict check(String body, String header) {
        return signature.check(body.getBytes(UTF_8), header);
    }

    private static String signed(String secret, long time, String body) throws Exception {
        return Webhook.Util.computeHmacSha256(secret, time + "." + body);
    }
}
