package io.growalert.dispatcher.handler.twilio;

import static io.growalert.dispatcher.template.ServiceStub.notification;
import static io.growalert.dispatcher.template.ServiceStub.shown;
import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.dispatcher.AlertEvents;
import io.growalert.dispatcher.template.ServiceStub;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TwilioTest {
    private static final AlertEvents CO2 = AlertEvents.of("room-co2", "ops");
    private static final String SETTINGS =
            "{url: URL, account: AC1, token: t0k3n, to: '+15558675310', from: '+15557122661'}";

    private final ServiceStub service = new ServiceStub();

    @AfterEach
    void stop() {
        service.close();
    }

    @Test
    void posts_a_short_form_with_a_login() throws Exception {
        service.answer(201, TwilioTest.class, "queued.json");

        service.open(new TwilioType(), SETTINGS).deliver(notification(CO2.firing(0)));

        assertThat(service.last().uri()).isEqualTo("/2010-04-01/Accounts/AC1/Messages.json");
        assertThat(service.last().header("Authorization")).isEqualTo("Basic QUMxOnQwazNu");
        assertThat(service.last().text())
                .startsWith(
                        "To=%2B15558675310&From=%2B15557122661&Body=%5BFIRING%5D%20room-co2%3A%20CO2%20is%201003.5%20ppm%0Aroom");
    }

    @Test
    void an_api_key_and_a_messaging_service_are_possible() throws Exception {
        service.answer(201, TwilioTest.class, "queued.json");
        var handler = service.open(
                new TwilioType(),
                "{url: URL, account: AC1, apiKey: SK1, token: t0k3n, to: '+15558675310', messagingService: MG1}");

        handler.deliver(notification(CO2.firing(0)));

        assertThat(service.last().header("Authorization")).isEqualTo("Basic U0sxOnQwazNu");
        assertThat(service.last().text()).startsWith("To=%2B15558675310&MessagingServiceSid=MG1&Body=");
        assertThat(handler.preview(notification(CO2.firing(0)))).doesNotContain("U0sxOnQwazNu");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "201 | queued.json | Delivered HTTP 201: SMaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                "400 | invalid-number.json | Rejected HTTP 400: error 21211",
                "401 | {\"code\":20003,\"message\":\"Authenticate\",\"status\":401} | Refused HTTP 401: error 20003",
                "429 | {\"code\":20429,\"message\":\"Too Many Requests\",\"status\":429} | Retry HTTP 429: error 20429",
                "201 | {\"sid\":\"SM1\",\"status\":\"failed\",\"error_code\":30007} | Rejected HTTP 201: error 30007",
                "200 | <html> | Retry HTTP 200: not an answer of Twilio",
                "503 | '' | Retry HTTP 503"
            })
    void the_published_answers_decide_what_follows(int status, String answer, String expected) throws Exception {
        if (answer.endsWith(".json")) {
            service.answer(status, TwilioTest.class, answer);
        } else {
            service.answer(status, answer);
        }

        var outcome = service.open(new TwilioType(), SETTINGS).deliver(notification(CO2.firing(0)));

        assertThat(shown(outcome)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{account: x, to: y, from: z} | twilio.token",
                "{account: x, token: y, to: z} | twilio",
                "{account: x, token: y, to: z, from: a, messagingService: b} | twilio"
            })
    void what_is_wrong_in_the_settings_is_named(String settings, String key) {
        assertThat(ServiceStub.problems(new TwilioType(), settings)).containsExactly(key);
    }
}
