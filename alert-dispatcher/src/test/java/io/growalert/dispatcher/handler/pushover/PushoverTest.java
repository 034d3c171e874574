package io.growalert.dispatcher.handler.pushover;

import static io.growalert.dispatcher.template.ServiceStub.notification;
import static io.growalert.dispatcher.template.ServiceStub.shown;
import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.dispatcher.AlertEvents;
import io.growalert.dispatcher.template.ServiceStub;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PushoverTest {
    private static final AlertEvents CO2 = AlertEvents.of("room-co2", "ops");
    private static final String SETTINGS = "{url: URL, token: t0k3n, user: us3r}";

    private final ServiceStub service = new ServiceStub();

    @AfterEach
    void stop() {
        service.close();
    }

    @Test
    void posts_a_form() throws Exception {
        service.answer(200, PushoverTest.class, "accepted.json");

        service.open(new PushoverType(), SETTINGS).deliver(notification(CO2.firing(0)));

        assertThat(service.last().uri()).isEqualTo("/1/messages.json");
        assertThat(service.last().text())
                .startsWith(
                        "token=t0k3n&user=us3r&title=%5BFIRING%5D%20room-co2%3A%20CO2%20is%201003.5%20ppm&message=room%3A%20office%0A")
                .endsWith("&timestamp=1795503600&priority=1");
    }

    @Test
    void an_emergency_repeats_until_it_is_confirmed() throws Exception {
        service.answer(200, PushoverTest.class, "accepted.json");
        var handler = service.open(
                new PushoverType(), "{url: URL, token: t0k3n, user: us3r, priority: 2, device: phone, sound: siren}");

        handler.deliver(notification(CO2.firing(0)));
        assertThat(service.last().text()).endsWith("&priority=2&retry=60&expire=3600&device=phone&sound=siren");
        handler.deliver(notification(CO2.resolved(0)));
        assertThat(service.last().text()).endsWith("&priority=0&device=phone&sound=siren");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "200 | accepted.json | Delivered HTTP 200",
                "400 | invalid-user.json | Rejected HTTP 400: user identifier is invalid",
                "200 | invalid-user.json | Rejected HTTP 200: user identifier is invalid",
                "429 | {\"status\":0,\"errors\":[\"application token has exceeded its monthly limit\"]} | Rejected HTTP 429: application token has exceeded its monthly limit",
                "200 | <html> | Retry PT5S HTTP 200: not an answer of Pushover",
                "500 | '' | Retry PT5S HTTP 500: not an answer of Pushover"
            })
    void the_published_answers_decide_what_follows(int status, String answer, String expected) throws Exception {
        if (answer.endsWith(".json")) {
            service.answer(status, PushoverTest.class, answer);
        } else {
            service.answer(status, answer);
        }

        var outcome = service.open(new PushoverType(), SETTINGS).deliver(notification(CO2.firing(0)));

        assertThat(shown(outcome)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{token: x} | pushover.user",
                "{user: x} | pushover.token",
                "{token: x, user: y, priority: 3} | pushover.priority"
            })
    void what_is_wrong_in_the_settings_is_named(String settings, String key) {
        assertThat(ServiceStub.problems(new PushoverType(), settings)).containsExactly(key);
    }
}
