package io.growalert.dispatcher.handler.pagerduty;

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

class PagerDutyTest {
    private static final AlertEvents CO2 = AlertEvents.of("room-co2", "ops");
    private static final String SETTINGS = "{url: URL, routingKey: R0UT1NG}";

    private final ServiceStub service = new ServiceStub();

    @AfterEach
    void stop() {
        service.close();
    }

    @Test
    void the_incident_is_the_deduplication_key_and_the_resolution_resolves_it() throws Exception {
        service.answer(202, PagerDutyTest.class, "accepted.json");
        var handler = service.open(new PagerDutyType(), SETTINGS);

        handler.deliver(notification(CO2.firing(0)));
        assertThat(service.last().uri()).isEqualTo("/v2/enqueue");
        var trigger = service.lastJson();
        handler.deliver(notification(CO2.resolved(0)));
        var resolve = service.lastJson();

        assertThat(trigger.at("/routing_key").stringValue()).isEqualTo("R0UT1NG");
        assertThat(trigger.at("/event_action").stringValue()).isEqualTo("trigger");
        assertThat(trigger.at("/dedup_key").stringValue())
                .isEqualTo(CO2.firing(0).incident());
        assertThat(trigger.at("/payload/summary").stringValue()).isEqualTo("room-co2: CO2 is 1003.5 ppm");
        assertThat(trigger.at("/payload/source").stringValue()).isEqualTo("room-co2");
        assertThat(trigger.at("/payload/severity").stringValue()).isEqualTo("critical");
        assertThat(trigger.at("/payload/timestamp").stringValue()).isEqualTo("2026-11-24T07:00:00Z");
        assertThat(trigger.at("/payload/custom_details/labels").properties())
                .extracting(Map.Entry::getKey)
                .containsExactly("room", "site");
        assertThat(resolve.at("/event_action").stringValue()).isEqualTo("resolve");
        assertThat(resolve.at("/dedup_key")).isEqualTo(trigger.at("/dedup_key"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "202 | accepted.json | Delivered HTTP 202",
                "400 | invalid.json | Rejected HTTP 400: Length of 'routing_key' is incorrect (should be 32 characters)",
                "429 | limited.json | Retry HTTP 429: Requests for this service are arriving too quickly. Please retry later.",
                "202 | <html> | Retry HTTP 202: not an answer of PagerDuty",
                "500 | '' | Retry HTTP 500"
            })
    void the_published_answers_decide_what_follows(int status, String answer, String expected) throws Exception {
        if (answer.endsWith(".json")) {
            service.answer(status, PagerDutyTest.class, answer);
        } else {
            service.answer(status, answer);
        }

        var outcome = service.open(new PagerDutyType(), SETTINGS).deliver(notification(CO2.firing(0)));

        assertThat(shown(outcome)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"{} | pagerduty.routingKey", "{routingKey: x, severity: high} | pagerduty.severity"})
    void what_is_wrong_in_the_settings_is_named(String settings, String key) {
        assertThat(ServiceStub.problems(new PagerDutyType(), settings)).containsExactly(key);
    }
}
