package io.growalert.dispatcher.handler;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AnsweredTest {
    private static final Outcome OK = new Outcome.Delivered("ok");

    @Test
    void the_first_200_characters_are_stored_in_one_line() {
        assertThat(new Answered(OK, 200, "a\r\n\0b\u001b[31m").answer()).isEqualTo("a b [31m");
        assertThat(new Answered(OK, 200, "x".repeat(100_000)).answer())
                .hasSize(200)
                .endsWith("x…");
        assertThat(new Answered(OK, 200, "\u0000 \n").answer()).isNull();
    }

    @Test
    void a_character_of_two_units_is_not_split() {
        assertThat(new Answered(OK, 200, "x".repeat(198) + "\ud83c\udf31".repeat(50)).answer())
                .isEqualTo("x".repeat(198) + "…");
    }

    @Test
    void secrets_of_headers_and_of_the_url_are_hidden() {
        var headers = SecretTexts.inHeaders(Map.of("Authorization", "Bearer t0k", "X-Env", "prod"));
        var secrets = new SecretTexts(headers.toList());

        assertThat(secrets.hide("Bearer t0k and t0k in prod")).isEqualTo("*** and *** in prod");
        assertThat(new SecretTexts(SecretTexts.inUrl(
                                        URI.create("https://u:pass-word@h.example/hook/T0123456789?key=k-3456789"))
                                .toList())
                        .hide("no /hook/T0123456789 for k-3456789 and pass-word"))
                .isEqualTo("no /hook/*** for *** and ***");
        assertThat(new SecretTexts(List.of("a b/c")).hide("a%20b%2Fc a+b%2Fc a b/c"))
                .isEqualTo("*** *** ***");
    }
}
