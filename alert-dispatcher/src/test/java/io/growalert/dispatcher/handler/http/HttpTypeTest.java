package io.growalert.dispatcher.handler.http;

import static io.growalert.dispatcher.template.ServiceStub.notification;
import static io.growalert.dispatcher.template.ServiceStub.shown;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.dispatcher.AlertEvents;
import io.growalert.dispatcher.handler.Handler;
import io.growalert.dispatcher.handler.Outcome;
import io.growalert.dispatcher.template.Answer;
import io.growalert.dispatcher.template.ServiceStub;
import io.growalert.dispatcher.template.SloppyServer;
import io.growalert.events.AlertEvent;
import io.growalert.events.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpTypeTest {
    private static final AlertEvents CO2 = AlertEvents.of("room-co2", "ops");
    private static final AlertEvents NASTY = CO2.withSeries(Map.of("room", "a \"b\" & c\\d\n<e>"));

    private final ServiceStub service = new ServiceStub();

    @TempDir
    Path folder;

    @AfterEach
    void stop() {
        service.close();
    }

    @Test
    void method_url_headers_and_body_are_templates() throws Exception {
        var handler =
                open("{method: PUT, url: 'URL/alerts/{{series.room}}?s={{status}}', headers: {X-Type: '{{type}}'}, "
                        + "body: '{\"text\": \"{{summary}} in {{series.room}}\", \"value\": {{value}}}'}");

        var outcome = handler.deliver(notification(NASTY.firing(0)));

        assertThat(shown(outcome)).isEqualTo("Delivered HTTP 200");
        var request = service.last();
        assertThat(request.method()).isEqualTo("PUT");
        assertThat(request.uri()).isEqualTo("/alerts/a%20%22b%22%20%26%20c%5Cd%0A%3Ce%3E?s=FAILED");
        assertThat(request.header("X-Type")).isEqualTo("firing");
        assertThat(request.header("Content-Type")).isEqualTo("application/json");
        var body = service.lastJson();
        assertThat(body.at("/text").stringValue()).isEqualTo("CO2 is 1003.5 ppm in a \"b\" & c\\d\n<e>");
        assertThat(body.at("/value").doubleValue()).isEqualTo(1003.5);
    }

    @Test
    void a_204_that_announces_a_body_is_delivered() throws Exception {
        try (var sloppy = new SloppyServer("HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\n{}")) {
            var outcome =
                    open("{url: '%s', body: '{}'}".formatted(sloppy.url())).deliver(notification(CO2.firing(0)));

            assertThat(shown(outcome)).isEqualTo("Delivered HTTP 204");
        }
    }

    @Test
    void a_form_is_percent_encoded() throws Exception {
        open("{url: URL, headers: {Content-Type: application/x-www-form-urlencoded}, body: 'room={{series.room}}&x=1'}")
                .deliver(notification(NASTY.firing(0)));

        assertThat(service.last().text()).isEqualTo("room=a%20%22b%22%20%26%20c%5Cd%0A%3Ce%3E&x=1");
    }

    @Test
    void a_value_cannot_add_a_header() throws Exception {
        open("{url: URL, headers: {X-Room: '{{series.room}}'}, body: '{}'}")
                .deliver(notification(
                        CO2.withSeries(Map.of("room", "x\r\nX-Evil: 1")).firing(0)));

        assertThat(service.last().header("X-Room")).isEqualTo("x X-Evil: 1");
        assertThat(service.last().header("X-Evil")).isNull();
    }

    @Test
    void the_secret_of_a_file_is_a_variable_and_shown_nowhere() throws Exception {
        var file = Files.writeString(folder.resolve("token"), "s3cr3t/+\n");
        service.answer(500, "{\"error\": \"s3cr3t/+ is wrong\"}");
        var handler = open(
                "{url: 'URL/{{secret}}', secret-file: '%s', headers: {Authorization: 'Bearer {{secret}}'}, "
                                .formatted(file)
                        + "body: '{\"token\": \"{{secret}}\"}', success: [5xx], answer: {pointer: /error, equals: 's3cr3t/+'}}");

        var outcome = handler.deliver(notification(CO2.firing(0)));

        assertThat(service.last().uri()).isEqualTo("/s3cr3t%2F%2B");
        assertThat(service.last().header("Authorization")).isEqualTo("Bearer s3cr3t/+");
        assertThat(shown(outcome)).isEqualTo("Retry HTTP 500: /error of the answer is not ***");
        assertThat(handler.preview(notification(CO2.firing(0)))).contains("***").doesNotContain("s3cr3t");
    }

    @Test
    void an_attempt_has_the_status_and_the_answer_without_secrets() throws Exception {
        service.answer(500, "Basic dTpw, s3cr3t%2F+ and s3cr3t/ are wrong");
        var file = Files.writeString(folder.resolve("token"), "s3cr3t/\n");

        var answered = open("{url: 'URL/{{secret}}', secret-file: '%s', headers: {Authorization: 'Basic dTpw'}}"
                        .formatted(file))
                .attempt(notification(CO2.firing(0)));

        assertThat(answered.status()).isEqualTo(500);
        assertThat(answered.answer()).isEqualTo("***, ***+ and *** are wrong");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "200 | Delivered HTTP 200",
                "204 | Delivered HTTP 204",
                "301 | Rejected HTTP 301",
                "400 | Rejected HTTP 400",
                "403 | Refused HTTP 403",
                "404 | Refused HTTP 404",
                "429 | Retry HTTP 429",
                "503 | Retry HTTP 503"
            })
    void without_settings_the_status_decides(int status, String expected) throws Exception {
        service.answer(status, "", Map.of("Location", service.url()));

        assertThat(shown(open("{url: URL}").deliver(notification(CO2.firing(0)))))
                .isEqualTo(expected);
        assertThat(service.server().requests()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{pointer: /ok, equals: true} | {\"ok\": true} | Delivered HTTP 200",
                "{pointer: /ok, equals: true} | {\"ok\": false} | Retry HTTP 200: /ok of the answer is not true",
                "{pointer: /ok, equals: true} | <html>blocked</html> | Retry HTTP 200: /ok of the answer is not true",
                "{pointer: /ok, equals: true} | '' | Retry HTTP 200: /ok of the answer is not true",
                "{pointer: /ok, equals: true, otherwise: reject} | {} | Rejected HTTP 200: /ok of the answer is not true",
                "{pointer: /s/0, matches: '[a-z]{4}'} | {\"s\": [\"sent\"]} | Delivered HTTP 200",
                "{pointer: /s/0, matches: '[a-z]{4}'} | {\"s\": [\"unsent\"]} | Retry HTTP 200: /s/0 of the answer does not match [a-z]{4}",
                "{matches: 'OK.*'} | OK: 1 | Delivered HTTP 200",
                "{matches: 'OK.*'} | ERROR | Retry HTTP 200: the answer does not match OK.*"
            })
    void a_200_with_an_error_in_its_body_is_a_failure(String test, String answer, String expected) throws Exception {
        service.answer(200, answer);

        var outcome = open("{url: URL, answer: %s}".formatted(test)).deliver(notification(CO2.firing(0)));

        assertThat(shown(outcome)).isEqualTo(expected);
    }

    @Test
    void of_an_endless_answer_64_kib_are_read() throws Exception {
        service.server().answer(exchange -> {
            exchange.sendResponseHeaders(200, 1L << 30);
            var chunk = new byte[Answer.LIMIT];
            for (int i = 0; i < 1 << 14; i++) {
                // fails once the connection is closed
                exchange.getResponseBody().write(chunk);
            }
        });

        var plain = open("{url: URL}").deliver(notification(CO2.firing(0)));
        var tested = open("{url: URL, answer: {pointer: /ok, equals: true}}").deliver(notification(CO2.firing(0)));

        assertThat(shown(plain)).isEqualTo("Delivered HTTP 200");
        assertThat(tested).isInstanceOf(Outcome.Retry.class);
    }

    @Test
    void redirects_are_followed_when_they_are_configured() throws Exception {
        service.server().answer(exchange -> {
            boolean isFirst = exchange.getRequestURI().getPath().equals("/old");
            exchange.getResponseHeaders().set("Location", service.url() + "/new");
            exchange.sendResponseHeaders(isFirst ? 307 : 200, -1);
        });

        var outcome = open("{url: URL/old, redirects: true, body: '{}'}").deliver(notification(CO2.firing(0)));

        assertThat(shown(outcome)).isEqualTo("Delivered HTTP 200");
        assertThat(service.last().uri()).isEqualTo("/new");
        assertThat(service.last().method()).isEqualTo("POST");
    }

    @Test
    void values_of_the_answer_are_captured_and_used_for_the_update() throws Exception {
        service.answer(201, "{\"issue\": {\"id\": 17, \"url\": \"https://x.example/17\", \"none\": null}}");
        var handler = open("{url: 'URL/issues{{#captured.id}}/{{captured.id}}{{/captured.id}}', body: '{}', "
                + "capture: {id: /issue/id, url: /issue/url, none: /issue/none, absent: /absent}}");

        var outcome = handler.deliver(notification(CO2.firing(0)));

        assertThat(service.last().uri()).isEqualTo("/issues");
        assertThat(outcome)
                .isEqualTo(new Outcome.Delivered("HTTP 201", Map.of("id", "17", "url", "https://x.example/17")));
        handler.deliver(notification(CO2.resolved(0)).with(((Outcome.Delivered) outcome).captured()));
        assertThat(service.last().uri()).isEqualTo("/issues/17");
    }

    @Test
    void the_unit_of_an_event_is_a_variable() throws Exception {
        var body = new String(Json.write(CO2.firing(0)), UTF_8).replaceFirst("\\{", "{\"unit\":\"ppm\",");
        var withUnit = notification(Json.read(body.getBytes(UTF_8), AlertEvent.class));

        open("{url: URL, body: '{\"v\": \"{{valueWithUnit}}\"}'}").deliver(withUnit);

        assertThat(service.lastJson().at("/v").stringValue()).isEqualTo("1003.5 ppm");
    }

    @Test
    void a_template_reaches_into_no_object() throws Exception {
        open("{url: URL, headers: {Content-Type: text/plain}, body: '[{{monitor.class}}{{type.length}}{{missing.x}}]'}")
                .deliver(notification(CO2.firing(0)));

        assertThat(service.last().text()).isEqualTo("[]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | http.url",
                "{url: 'ftp://a.example'} | http.url",
                "{url: 'http://a.example/{{#x}}'} | http.url",
                "{url: 'http://a.example/', method: TRACE} | http.method",
                "{url: 'http://a.example/', body: '{\"a\": {{summary}}}'} | http.body",
                "{url: 'http://a.example/', body: '{{/x}}'} | http.body",
                "{url: 'http://a.example/', headers: {A: x, Host: x}} | http.headers.Host",
                "{url: 'http://a.example/', headers: {A: x, B: '{{#x}}'}} | http.headers.B",
                "{url: 'http://a.example/', success: [abc]} | http.success",
                "{url: 'http://a.example/', answer: {pointer: ok, equals: x}} | http.answer.pointer",
                "{url: 'http://a.example/', answer: {matches: '('}} | http.answer.matches",
                "{url: 'http://a.example/', answer: {pointer: /ok}} | http.answer",
                "{url: 'http://a.example/', capture: {a b: /x}} | http.capture.a b",
                "{url: 'http://a.example/', capture: {a: x}} | http.capture.a",
                "{url: 'http://a.example/', timeout: 1h} | http.timeout",
                "{url: 'http://a.example/', unknown: 1} | http.unknown"
            })
    void what_is_wrong_in_the_settings_is_named(String settings, String key) {
        assertThat(ServiceStub.problems(new HttpType(), settings)).containsExactly(key);
    }

    @ParameterizedTest
    @CsvSource({"FIRING", "RESOLVED"})
    void a_preview_shows_the_request_and_sends_nothing(AlertEvent.Type type) {
        var event = type == AlertEvent.Type.FIRING ? CO2.firing(0) : CO2.resolved(0);

        var preview = open("{url: 'URL/{{type}}', headers: {X-Api-Key: abc}, body: '{}'}")
                .preview(notification(event));

        assertThat(preview)
                .startsWith("POST %s/%s\n".formatted(service.url(), type.wire()))
                .contains("X-Api-Key: ***")
                .endsWith("\n\n{}");
        assertThat(service.server().requests()).isEmpty();
    }

    private Handler open(String settings) {
        return service.open(new HttpType(), settings);
    }
}
