package io.growalert.dispatcher.handler.teams;

import static io.growalert.dispatcher.template.ServiceStub.notification;
import static io.growalert.dispatcher.template.ServiceStub.shown;
import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.dispatcher.AlertEvents;
import io.growalert.dispatcher.handler.Presentation;
import io.growalert.dispatcher.template.ServiceStub;
import java.net.URI;
import java.time.ZoneId;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TeamsTest {
    private static final AlertEvents CO2 = AlertEvents.of("room-co2", "ops");
    private static final String SETTINGS = "{url: 'URL/workflows/abc?sig=s'}";

    private final ServiceStub service = new ServiceStub();

    @AfterEach
    void stop() {
        service.close();
    }

    @Test
    void posts_an_adaptive_card() throws Exception {
        service.answer(202, "");

        service.open(new TeamsType(), SETTINGS)
                .deliver(notification(CO2.resolved(0))
                        .with(new Presentation(
                                ZoneId.of("Europe/Berlin"), Optional.of(URI.create("https://alerts.example.com/")))));

        assertThat(service.last().uri()).isEqualTo("/workflows/abc?sig=s");
        var body = service.lastJson();
        assertThat(body.at("/type").stringValue()).isEqualTo("message");
        assertThat(body.at("/attachments/0/contentType").stringValue())
                .isEqualTo("application/vnd.microsoft.card.adaptive");
        var card = body.at("/attachments/0/content");
        assertThat(card.at("/type").stringValue()).isEqualTo("AdaptiveCard");
        assertThat(card.at("/body/0/text").stringValue()).isEqualTo("[RESOLVED] room-co2: CO2 is 640.0 ppm");
        assertThat(card.at("/body/0/color").stringValue()).isEqualTo("Good");
        assertThat(card.at("/body/1/facts").valueStream())
                .extracting(fact -> fact.at("/title").stringValue() + "="
                        + fact.at("/value").stringValue())
                .containsExactly(
                        "Monitor=room-co2",
                        "room=office",
                        "Value=640",
                        "Reason=above 1000",
                        "Since=2026-11-24 08:00:00 CET",
                        "Resolved=2026-11-24 08:50:00 CET");
        assertThat(card.at("/actions/0/url").stringValue())
                .isEqualTo("https://alerts.example.com/api/alerts/" + CO2.alert());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "202 | '' | Delivered HTTP 202",
                "200 | 1 | Delivered HTTP 200",
                "200 | Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429 with ContextId tcid=0 | Retry HTTP 200: Teams answered HTTP 429",
                "200 | Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 413 with ContextId tcid=0 | Rejected HTTP 200: Teams answered HTTP 413",
                "400 | schema-mismatch.json | Rejected HTTP 400: TriggerInputSchemaMismatch",
                "404 | {\"error\":{\"code\":\"WorkflowNotFound\",\"message\":\"gone\"}} | Refused HTTP 404: WorkflowNotFound",
                "429 | '' | Retry HTTP 429"
            })
    void the_published_answers_decide_what_follows(int status, String answer, String expected) throws Exception {
        if (answer.endsWith(".json")) {
            service.answer(status, TeamsTest.class, answer);
        } else {
            service.answer(status, answer);
        }

        var outcome = service.open(new TeamsType(), SETTINGS).deliver(notification(CO2.firing(0)));

        assertThat(shown(outcome)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"{} | teams.url", "{url: nothing} | teams.url"})
    void what_is_wrong_in_the_settings_is_named(String settings, String key) {
        assertThat(ServiceStub.problems(new TeamsType(), settings)).containsExactly(key);
    }
}
