package io.growalert.billing.webhook;

import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StripeEventTest {
    private static final String EVENT = """
            {"id": "evt_1", "object": "event", "api_version": "2026-07-29.dahlia", "created": 1790000000,
             "data": {"object": {"id": "in_1", "object": "invoice", "customer": "cus_1",
                                 "lines": {"data": [{"id": "il_1", "customer": "cus_9"}]}, "metadata": {"id": "x"}},
                      "previous_attributes": {"id": "y"}},
             "livemode": false, "request": {"id": "req_1", "idempotency_key": null}, "type": "invoice.paid"}
            """;

    @Test
    void only_its_own_fields_are_read() throws Exception {
        assertThat(read(EVENT))
                .isEqualTo(new StripeEvent("evt_1", "invoice.paid", 1_790_000_000, "in_1", "cus_1", EVENT));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            nullValues = "none",
            value = {
                "\"customer\": \"cus_1\"  | \"customer\": {\"name\": {\"id\": \"z\"}, \"id\": \"cus_2\", \"x\": []}  | cus_2",
                "\"customer\": \"cus_1\"  | \"customer\": null             | none",
                "\"customer\": \"cus_1\"  | \"customer\": 5                | none",
                "\"customer\": \"cus_1\"  | \"customer\": [\"cus_2\"]      | none",
                "\"customer\": \"cus_1\"  | \"customer\": {}               | none",
                "\"customer\": \"cus_1\"  | \"other\": \"cus_1\"           | none",
                "\"invoice\",             | \"customer\",                  | in_1",
            })
    void the_customer_is_an_id_or_an_object_or_the_object_itself(String what, String instead, String customer)
            throws Exception {
        assertThat(EVENT).contains(what);

        assertThat(read(EVENT.replace(what, instead)).customer()).isEqualTo(customer);
    }

    @Test
    void an_object_may_have_no_id() throws Exception {
        var event = read(EVENT.replace("\"id\": \"in_1\", ", "").replace("\"customer\": \"cus_1\",", ""));

        assertThat(event.object()).isNull();
        assertThat(event.customer()).isNull();
    }

    @Test
    void any_text_is_stored_unchanged() throws Exception {
        var payload = EVENT.replace("\"x\"", "\"Grünkohl \ud83c\udf31 \\u0000 \\ud83c \uFFFD\"");

        assertThat(read(payload).payload()).isEqualTo(payload);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"id\": \"evt_1\",           | ``                               | id is missing",
                "\"id\": \"evt_1\"            | \"id\": null                     | id is missing",
                "\"id\": \"evt_1\"            | \"id\": 5                        | id is missing",
                "\"id\": \"evt_1\"            | \"id\": \"\"                     | id is missing",
                "\"id\": \"evt_1\"            | \"id\": \"evt_\\u0000\"          | id is missing",
                "\"id\": \"evt_1\"            | \"id\": \"evt_\\ud83c\"          | id is missing",
                "\"id\": \"evt_1\"            | \"id\": {\"id\": \"evt_1\"}      | id is missing",
                "\"type\": \"invoice.paid\"   | \"type\": null                   | type is missing",
                "\"type\": \"invoice.paid\"   | \"type\": \"invoice paid\"       | type is missing",
                "\"created\": 1790000000      | \"created\": null                | created is missing",
                "\"created\": 1790000000      | \"created\": \"1790000000\"      | created is missing",
                "\"created\": 1790000000      | \"created\": 1.5                 | created is missing",
                "\"created\": 1790000000      | \"created\": -1                  | created is missing",
                "\"created\": 1790000000      | \"created\": 253402300800        | created is missing",
                "\"created\": 1790000000      | \"created\": 99999999999999999999| not JSON",
                "\"id\": \"in_1\"             | \"id\": \"in_\\u0000\"           | data.object.id",
                "\"customer\": \"cus_1\"      | \"customer\": \"\\u0000\"        | data.object.customer",
                "\"object\": \"event\"        | \"object\": \"v2.core.event\"    | thin",
            })
    void an_invalid_field_is_named(String right, String wrong, String reason) {
        assertThat(EVENT).contains(right);

        assertThatExceptionOfType(StripeEvent.Unreadable.class)
                .isThrownBy(() -> read(EVENT.replace(right, wrong)))
                .withMessageContaining(reason);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "null", "5", "\"x\"", "[]", "{", "{}}", "{} {}", "{\"id\": }", "<xml/>", "\u0000"})
    void a_body_that_is_no_json_object_is_unreadable(String body) {
        assertThatExceptionOfType(StripeEvent.Unreadable.class).isThrownBy(() -> read(body));
    }

    @Test
    void a_bare_nul_is_unreadable_wherever_it_is() {
        for (int at = 0; at <= EVENT.length(); at++) {
            var body = EVENT.substring(0, at) + '\u0000' + EVENT.substring(at);

            assertThatExceptionOfType(StripeEvent.Unreadable.class)
                    .as("at %d", at)
                    .isThrownBy(() -> read(body));
        }
    }

    @Test
    void bytes_that_are_no_utf8_are_unreadable() {
        var body = EVENT.getBytes(UTF_8);
        body[EVENT.indexOf("\"x\"") + 1] = (byte) 0xff;

        assertThatExceptionOfType(StripeEvent.Unreadable.class)
                .isThrownBy(() -> StripeEvent.read(body))
                .withMessageContaining("UTF-8");
        assertThatExceptionOfType(StripeEvent.Unreadable.class)
                .isThrownBy(() -> StripeEvent.read(EVENT.getBytes(UTF_16)));
    }

    @Test
    void the_reason_does_not_quote_the_body() {
        assertThatExceptionOfType(StripeEvent.Unreadable.class)
                .isThrownBy(() -> read("{\"email\": jenny@}"))
                .satisfies(e -> assertThat(e).hasNoCause())
                .withMessage("the body is not JSON");
    }

    @Test
    void depth_is_bounded() {
        assertThatExceptionOfType(StripeEvent.Unreadable.class)
                .isThrownBy(() -> read(EVENT.replace("\"x\"", "[".repeat(100_000))));
    }

    private static StripeEvent read(String body) throws StripeEvent.Unreadable {
        return StripeEvent.read(body.getBytes(UTF_8));
    }
}
