package io.growalert.dispatcher.handler.discord;

import static io.growalert.dispatcher.template.ServiceStub.notification;
import static io.growalert.dispatcher.template.ServiceStub.shown;
import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.dispatcher.AlertEvents;
import io.growalert.dispatcher.template.ServiceStub;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DiscordTest {
    private static final AlertEvents CO2 = AlertEvents.of("room-co2", "ops");
    private static final String SETTINGS = "{url: URL/api/webhooks/1/abc}";

    private final ServiceStub service = new ServiceStub();

    @AfterEach
    void stop() {
        service.close();
    }

    @Test
    void posts_an_embed_that_mentions_nobody() throws Exception {
        service.answer(200, DiscordTest.class, "posted.json");

        service.open(new DiscordType(), SETTINGS)
                .deliver(
                        notification(CO2.withSeries(Map.of("room", "@everyone")).firing(0)));

        assertThat(service.last().uri()).isEqualTo("/api/webhooks/1/abc?wait=true");
        var body = service.lastJson();
        assertThat(body.at("/allowed_mentions/parse").isEmpty()).isTrue();
        assertThat(body.at("/embeds/0/title").stringValue()).isEqualTo("[FIRING] room-co2: CO2 is 1003.5 ppm");
        assertThat(body.at("/embeds/0/description").stringValue()).contains("room: @everyone");
        assertThat(body.at("/embeds/0/color").intValue()).isEqualTo(0xc62828);
        assertThat(body.at("/embeds/0/timestamp").stringValue()).isEqualTo("2026-11-24T07:00:00Z");
    }

    @Test
    void a_thread_of_the_channel_is_kept() throws Exception {
        service.answer(200, DiscordTest.class, "posted.json");

        service.open(new DiscordType(), "{url: 'URL/api/webhooks/1/abc?thread_id=7'}")
                .deliver(notification(CO2.resolved(0)));

        assertThat(service.last().uri()).isEqualTo("/api/webhooks/1/abc?thread_id=7&wait=true");
        assertThat(service.lastJson().at("/embeds/0/color").intValue()).isEqualTo(0x2e7d32);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "200 | posted.json | Delivered HTTP 200",
                "204 | '' | Delivered HTTP 204",
                "429 | limited.json | Retry PT1M4.57S HTTP 429: You are being rate limited.",
                "404 | {\"message\": \"Unknown Webhook\", \"code\": 10015} | Refused HTTP 404: Unknown Webhook",
                "401 | {\"message\": \"Invalid Webhook Token\", \"code\": 50027} | Refused HTTP 401: Invalid Webhook Token",
                "400 | {\"message\": \"Cannot send an empty message\", \"code\": 50006} | Rejected HTTP 400: Cannot send an empty message",
                "502 | '' | Retry HTTP 502"
            })
    void the_published_answers_decide_what_follows(int status, String answer, String expected) throws Exception {
        if (answer.endsWith(".json")) {
            service.answer(status, DiscordTest.class, answer);
        } else {
            service.answer(status, answer);
        }

        var outcome = service.open(new DiscordType(), SETTINGS).deliver(notification(CO2.firing(0)));

        assertThat(shown(outcome)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"{} | discord.url", "{url: nothing} | discord.url"})
    void what_is_wrong_in_the_settings_is_named(String settings, String key) {
        assertThat(ServiceStub.problems(new DiscordType(), settings)).containsExactly(key);
    }
}
