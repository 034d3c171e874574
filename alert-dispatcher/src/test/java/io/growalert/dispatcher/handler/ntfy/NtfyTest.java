package io.growalert.dispatcher.handler.ntfy;

import static io.growalert.dispatcher.template.ServiceStub.notification;
import static io.growalert.dispatcher.template.ServiceStub.shown;
import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.dispatcher.AlertEvents;
import io.growalert.dispatcher.template.ServiceStub;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NtfyTest {
    private static final AlertEvents CO2 = AlertEvents.of("room-co2", "ops");
    private static final String SETTINGS = "{url: URL, topic: mytopic, token: tk_1}";

    private final ServiceStub service = new ServiceStub();

    @AfterEach
    void stop() {
        service.close();
    }

    @Test
    void publishes_as_json() throws Exception {
        service.answer(200, NtfyTest.class, "published.json");

        service.open(new NtfyType(), SETTINGS).deliver(notification(CO2.firing(0)));

        assertThat(service.last().header("Authorization")).isEqualTo("Bearer tk_1");
        var body = service.lastJson();
        assertThat(body.at("/topic").stringValue()).isEqualTo("mytopic");
        assertThat(body.at("/title").stringValue()).isEqualTo("[FIRING] room-co2: CO2 is 1003.5 ppm");
        assertThat(body.at("/message").stringValue()).contains("room: office");
        assertThat(body.at("/priority").intValue()).isEqualTo(4);
        assertThat(body.at("/tags/0").stringValue()).isEqualTo("rotating_light");
    }

    @Test
    void a_resolution_has_the_default_priority_and_no_token_is_needed() throws Exception {
        service.answer(200, NtfyTest.class, "published.json");

        service.open(new NtfyType(), "{url: URL, topic: mytopic, priority: 5}").deliver(notification(CO2.resolved(0)));

        assertThat(service.last().header("Authorization")).isNull();
        assertThat(service.lastJson().at("/priority").intValue()).isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "200 | published.json | Delivered HTTP 200",
                "429 | limited.json | Retry HTTP 429: limit reached: too many requests",
                "401 | {\"code\":40101,\"http\":401,\"error\":\"unauthorized\"} | Refused HTTP 401: unauthorized",
                "403 | {\"code\":40301,\"http\":403,\"error\":\"forbidden\"} | Refused HTTP 403: forbidden",
                "400 | {\"code\":40009,\"http\":400,\"error\":\"invalid request: topic invalid\"} | Rejected HTTP 400: invalid request: topic invalid",
                "200 | <html> | Retry HTTP 200: not an answer of ntfy",
                "507 | {\"code\":50701,\"http\":507,\"error\":\"cannot publish to UnifiedPush topic without previously active subscriber\"} | Retry HTTP 507: cannot publish to UnifiedPush topic without previously active subscriber"
            })
    void the_published_answers_decide_what_follows(int status, String answer, String expected) throws Exception {
        if (answer.endsWith(".json")) {
            service.answer(status, NtfyTest.class, answer);
        } else {
            service.answer(status, answer);
        }

        var outcome = service.open(new NtfyType(), SETTINGS).deliver(notification(CO2.firing(0)));

        assertThat(shown(outcome)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"{} | ntfy.topic", "{topic: x, priority: 6} | ntfy.priority", "{topic: x, url: y} | ntfy.url"})
    void what_is_wrong_in_the_settings_is_named(String settings, String key) {
        assertThat(ServiceStub.problems(new NtfyType(), settings)).containsExactly(key);
    }
}
