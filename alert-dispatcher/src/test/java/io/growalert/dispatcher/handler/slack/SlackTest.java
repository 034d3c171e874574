package io.growalert.dispatcher.handler.slack;

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

class SlackTest {
    private static final AlertEvents CO2 = AlertEvents.of("room-co2", "ops");
    private static final String API = "{url: URL/api, token: xoxb-1, channel: '#alerts'}";

    private final ServiceStub slack = new ServiceStub();

    @AfterEach
    void stop() {
        slack.close();
    }

    @Test
    void posts_a_message_and_captures_where_it_is() throws Exception {
        slack.answer(200, SlackTest.class, "posted.json");

        var outcome = slack.open(new SlackType(), API).deliver(notification(CO2.firing(0)));

        assertThat(outcome)
                .isEqualTo(new Outcome.Delivered("ok", Map.of("ts", "1503435956.000247", "channel", "C123456")));
        assertThat(slack.last().uri()).isEqualTo("/api/chat.postMessage");
        assertThat(slack.last().header("Authorization")).isEqualTo("Bearer xoxb-1");
        var body = slack.lastJson();
        assertThat(body.at("/channel").stringValue()).isEqualTo("#alerts");
        assertThat(body.at("/text").stringValue()).isEqualTo("[FIRING] room-co2: CO2 is 1003.5 ppm");
        assertThat(body.at("/attachments/0/text").stringValue())
                .contains("room: office", "Reason: above 1000", "Since: 2026-11-24 07:00:00 UTC");
        assertThat(body.has("ts")).isFalse();
    }

    @Test
    void the_resolution_updates_the_message() throws Exception {
        slack.answer(200, SlackTest.class, "updated.json");
        var captured = Map.of("ts", "1503435956.000247", "channel", "C123456");

        var outcome = slack.open(new SlackType(), API)
                .deliver(notification(CO2.resolved(0)).with(captured));

        assertThat(shown(outcome)).isEqualTo("Delivered ok");
        assertThat(slack.last().uri()).isEqualTo("/api/chat.update");
        var body = slack.lastJson();
        assertThat(body.at("/channel").stringValue()).isEqualTo("C123456");
        assertThat(body.at("/ts").stringValue()).isEqualTo("1503435956.000247");
        assertThat(body.at("/text").stringValue()).startsWith("[RESOLVED]");
        assertThat(body.has("thread_ts")).isFalse();
    }

    @Test
    void a_reminder_answers_in_the_messages_thread_and_in_the_channel() throws Exception {
        slack.answer(200, SlackTest.class, "posted.json");
        var captured = Map.of("ts", "1503435956.000247", "channel", "C123456");

        slack.open(new SlackType(), API)
                .deliver(notification(CO2.reminder(0, 1)).with(captured));

        assertThat(slack.last().uri()).isEqualTo("/api/chat.postMessage");
        assertThat(slack.lastJson().at("/thread_ts").stringValue()).isEqualTo("1503435956.000247");
        assertThat(slack.lastJson().at("/reply_broadcast").booleanValue()).isTrue();
    }

    @Test
    void a_resolution_without_a_known_message_is_posted() throws Exception {
        slack.answer(200, SlackTest.class, "posted.json");

        slack.open(new SlackType(), API).deliver(notification(CO2.resolved(0)));

        assertThat(slack.last().uri()).isEqualTo("/api/chat.postMessage");
    }

    @Test
    void labels_cannot_mention_a_channel() throws Exception {
        slack.answer(200, SlackTest.class, "posted.json");

        slack.open(new SlackType(), API)
                .deliver(notification(
                        CO2.withSeries(Map.of("room", "<!channel> & \"x\"")).firing(0)));

        assertThat(slack.lastJson().at("/attachments/0/text").stringValue()).contains("&lt;!channel&gt; &amp; \"x\"");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "200 | {\"ok\":false,\"error\":\"ratelimited\"} | Retry PT30S HTTP 200: ratelimited",
                "429 | {\"ok\":false,\"error\":\"ratelimited\"} | Retry PT30S HTTP 429: ratelimited",
                "200 | {\"ok\":false,\"error\":\"invalid_auth\"} | Refused PT30S HTTP 200: invalid_auth",
                "200 | {\"ok\":false,\"error\":\"channel_not_found\"} | Refused PT30S HTTP 200: channel_not_found",
                "200 | {\"ok\":false,\"error\":\"too_many_attachments\"} | Rejected HTTP 200: too_many_attachments",
                "200 | {\"ok\":false,\"error\":\"internal_error\"} | Retry PT30S HTTP 200: internal_error",
                "200 | <html>proxy</html> | Retry PT30S HTTP 200: not an answer of Slack",
                "503 | unavailable | Retry PT30S HTTP 503"
            })
    void the_error_decides_what_follows(int status, String answer, String expected) throws Exception {
        slack.answer(status, answer, Map.of("Retry-After", "30"));

        var outcome = slack.open(new SlackType(), API).deliver(notification(CO2.firing(0)));

        assertThat(shown(outcome)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "200 | ok | Delivered ok",
                "200 | <html> | Retry HTTP 200: not an answer of Slack",
                "400 | invalid_payload | Rejected HTTP 400: invalid_payload",
                "403 | action_prohibited | Refused HTTP 403: action_prohibited",
                "404 | no_service | Refused HTTP 404: no_service",
                "410 | channel_is_archived | Rejected HTTP 410: channel_is_archived",
                "500 | rollup_error | Retry HTTP 500: rollup_error"
            })
    void an_incoming_webhook_answers_a_word(int status, String answer, String expected) throws Exception {
        slack.answer(status, answer);

        var outcome = slack.open(new SlackType(), "{webhook: URL/services/T0/B0/path}")
                .deliver(notification(CO2.firing(0)));

        assertThat(shown(outcome)).isEqualTo(expected);
        assertThat(slack.last().uri()).isEqualTo("/services/T0/B0/path");
        assertThat(slack.lastJson().has("channel")).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | slack",
                "{token: x} | slack.channel",
                "{channel: x} | slack.token",
                "{token: x, channel: y, webhook: 'http://a.example/'} | slack",
                "{webhook: nothing} | slack.webhook",
                "{token: x, channel: y, url: nothing} | slack.url"
            })
    void what_is_wrong_in_the_settings_is_named(String settings, String key) {
        assertThat(ServiceStub.problems(new SlackType(), settings)).containsExactly(key);
    }
}
