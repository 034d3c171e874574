package io.growalert.dispatcher.handler.telegram;

import static io.growalert.dispatcher.template.ServiceStub.notification;
import static io.growalert.dispatcher.template.ServiceStub.shown;
import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.dispatcher.AlertEvents;
import io.growalert.dispatcher.handler.Outcome;
import io.growalert.dispatcher.template.ServiceStub;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TelegramTest {
    private static final AlertEvents CO2 = AlertEvents.of("room-co2", "ops");
    private static final String SETTINGS = "{url: URL, token: '1:AB', chat: '-100', topic: 3}";

    private final ServiceStub service = new ServiceStub();

    @AfterEach
    void stop() {
        service.close();
    }

    @Test
    void sends_a_message_and_captures_its_id() throws Exception {
        service.answer(200, TelegramTest.class, "sent.json");

        var outcome = service.open(new TelegramType(), SETTINGS).deliver(notification(CO2.firing(0)));

        assertThat(outcome).isEqualTo(new Outcome.Delivered("ok", Map.of("message_id", "42")));
        assertThat(service.last().uri()).isEqualTo("/bot1:AB/sendMessage");
        var body = service.lastJson();
        assertThat(body.at("/chat_id").stringValue()).isEqualTo("-100");
        assertThat(body.at("/message_thread_id").intValue()).isEqualTo(3);
        assertThat(body.at("/text").stringValue()).startsWith("[FIRING] room-co2: CO2 is 1003.5 ppm\n\nroom: office\n");
        assertThat(body.has("reply_parameters")).isFalse();
    }

    @Test
    void the_resolution_replies_to_the_message() throws Exception {
        service.answer(200, TelegramTest.class, "sent.json");

        service.open(new TelegramType(), SETTINGS)
                .deliver(notification(CO2.resolved(0)).with(Map.of("message_id", "42")));

        assertThat(service.lastJson().at("/reply_parameters/message_id").intValue())
                .isEqualTo(42);
    }

    @Test
    void the_token_is_in_no_preview() {
        assertThat(service.open(new TelegramType(), SETTINGS).preview(notification(CO2.firing(0))))
                .contains("/bot***/sendMessage")
                .doesNotContain("1:AB");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "200 | sent.json | Delivered ok",
                "429 | limited.json | Retry PT14S HTTP 429: Too Many Requests: retry after 14",
                "200 | limited.json | Retry PT14S HTTP 200: Too Many Requests: retry after 14",
                "400 | {\"ok\":false,\"error_code\":400,\"description\":\"Bad Request: chat not found\"} | Rejected HTTP 400: Bad Request: chat not found",
                "403 | {\"ok\":false,\"error_code\":403,\"description\":\"Forbidden: bot was blocked by the user\"} | Refused HTTP 403: Forbidden: bot was blocked by the user",
                "429 | {\"ok\":false,\"error_code\":429,\"parameters\":{\"retry_after\":99999999999999999999}} | Retry PT277777H46M39S HTTP 429",
                "429 | {\"ok\":false,\"error_code\":429,\"parameters\":{\"retry_after\":-1}} | Retry HTTP 429",
                "401 | {\"ok\":false,\"error_code\":401,\"description\":\"Unauthorized\"} | Refused HTTP 401: Unauthorized",
                "200 | <html> | Retry HTTP 200: not an answer of Telegram",
                "502 | '' | Retry HTTP 502: not an answer of Telegram"
            })
    void the_published_answers_decide_what_follows(int status, String answer, String expected) throws Exception {
        if (answer.endsWith(".json")) {
            service.answer(status, TelegramTest.class, answer);
        } else {
            service.answer(status, answer);
        }

        var outcome = service.open(new TelegramType(), SETTINGS).deliver(notification(CO2.firing(0)));

        assertThat(shown(outcome)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{token: x} | telegram.chat",
                "{chat: x} | telegram.token",
                "{token: x, chat: y, topic: z} | telegram.topic",
                "{token: x, chat: y, url: z} | telegram.url"
            })
    void what_is_wrong_in_the_settings_is_named(String settings, String key) {
        assertThat(ServiceStub.problems(new TelegramType(), settings)).containsExactly(key);
    }
}
