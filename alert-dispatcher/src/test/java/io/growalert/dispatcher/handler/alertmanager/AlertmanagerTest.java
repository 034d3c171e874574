package io.growalert.dispatcher.handler.alertmanager;

import static io.growalert.dispatcher.template.ServiceStub.notification;
import static io.growalert.dispatcher.template.ServiceStub.shown;
import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.dispatcher.AlertEvents;
import io.growalert.dispatcher.template.ServiceStub;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class AlertmanagerTest {
    private static final AlertEvents CO2 = AlertEvents.of("room-co2", "ops");
    private static final String SETTINGS = "{url: URL/hook, token: t}";

    private final ServiceStub service = new ServiceStub();

    @AfterEach
    void stop() {
        service.close();
    }

    /** The fields of the webhook's payload in Alertmanager's documentation ("webhook_config"), in version 4. */
    @Test
    void the_payload_has_exactly_the_published_fields() throws Exception {
        service.open(new AlertmanagerType(), SETTINGS).deliver(notification(CO2.firing(0)));

        assertThat(service.last().method()).isEqualTo("POST");
        assertThat(service.last().header("Content-Type")).isEqualTo("application/json");
        assertThat(service.last().header("Authorization")).isEqualTo("Bearer t");
        var payload = service.lastJson();
        assertThat(payload.propertyNames())
                .containsExactlyInAnyOrder(
                        "version",
                        "groupKey",
                        "truncatedAlerts",
                        "status",
                        "receiver",
                        "groupLabels",
                        "commonLabels",
                        "commonAnnotations",
                        "externalURL",
                        "alerts");
        assertThat(payload.at("/version").stringValue()).isEqualTo("4");
        assertThat(payload.at("/groupKey").stringValue())
                .isEqualTo("{}:{alertname=\"room-co2\", room=\"office\", site=\"north\" }");
        assertThat(payload.at("/truncatedAlerts").isIntegralNumber()).isTrue();
        assertThat(payload.at("/truncatedAlerts").intValue()).isZero();
        assertThat(payload.at("/status").stringValue()).isEqualTo("firing");
        assertThat(payload.at("/receiver").stringValue()).isEqualTo("ops");
        assertThat(payload.at("/externalURL").stringValue()).isEmpty();
        assertThat(payload.at("/alerts").isArray()).isTrue();
        assertThat(payload.at("/alerts").size()).isOne();
        var alert = payload.at("/alerts/0");
        assertThat(alert.propertyNames())
                .containsExactlyInAnyOrder(
                        "status", "labels", "annotations", "startsAt", "endsAt", "generatorURL", "fingerprint");
        assertThat(alert.at("/status").stringValue()).isEqualTo("firing");
        assertThat(Instant.parse(alert.at("/startsAt").stringValue())).isEqualTo(AlertEvents.START);
        assertThat(alert.at("/endsAt").stringValue()).isEqualTo("0001-01-01T00:00:00Z");
        assertThat(alert.at("/generatorURL").isString()).isTrue();
        assertThat(alert.at("/fingerprint").stringValue()).matches("[0-9a-f]{16}");
        var labels = Map.of("alertname", "room-co2", "room", "office", "site", "north");
        for (var place : new String[] {"/groupLabels", "/commonLabels", "/alerts/0/labels"}) {
            assertThat(texts(payload.at(place))).as(place).isEqualTo(labels);
        }
        var annotations = Map.of("summary", "CO2 is 1003.5 ppm", "description", "above 1000", "value", "1003.5");
        assertThat(texts(payload.at("/commonAnnotations"))).isEqualTo(annotations);
        assertThat(texts(alert.at("/annotations"))).isEqualTo(annotations);
    }

    @Test
    void a_resolution_has_its_end_and_the_same_identity() throws Exception {
        var handler = service.open(new AlertmanagerType(), SETTINGS);
        handler.deliver(notification(CO2.firing(0)));
        var firing = service.lastJson();
        handler.deliver(notification(CO2.resolved(0)));
        var resolved = service.lastJson();

        assertThat(resolved.at("/status").stringValue()).isEqualTo("resolved");
        assertThat(resolved.at("/alerts/0/status").stringValue()).isEqualTo("resolved");
        assertThat(Instant.parse(resolved.at("/alerts/0/endsAt").stringValue()))
                .isEqualTo(AlertEvents.START.plusSeconds(3_000));
        for (var same : new String[] {
            "/groupKey", "/groupLabels", "/alerts/0/labels", "/alerts/0/fingerprint", "/alerts/0/startsAt"
        }) {
            assertThat(resolved.at(same)).as(same).isEqualTo(firing.at(same));
        }
    }

    private static Map<String, String> texts(JsonNode object) {
        var texts = new HashMap<String, String>();
        object.properties()
                .forEach(field -> texts.put(field.getKey(), field.getValue().stringValue()));
        return texts;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "200 | '' | Delivered HTTP 200",
                "400 | '' | Rejected HTTP 400",
                "401 | '' | Refused HTTP 401",
                "429 | '' | Retry HTTP 429",
                "503 | '' | Retry HTTP 503"
            })
    void the_published_answers_decide_what_follows(int status, String answer, String expected) throws Exception {
        if (answer.endsWith(".json")) {
            service.answer(status, AlertmanagerTest.class, answer);
        } else {
            service.answer(status, answer);
        }

        var outcome = service.open(new AlertmanagerType(), SETTINGS).deliver(notification(CO2.firing(0)));

        assertThat(shown(outcome)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"{} | alertmanager.url", "{url: nothing} | alertmanager.url"})
    void what_is_wrong_in_the_settings_is_named(String settings, String key) {
        assertThat(ServiceStub.problems(new AlertmanagerType(), settings)).containsExactly(key);
    }
}
