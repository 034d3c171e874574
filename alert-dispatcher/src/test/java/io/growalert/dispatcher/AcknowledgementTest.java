package io.growalert.dispatcher;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Acknowledging through the API and by the link in a message, at the running service. */
class AcknowledgementTest extends DispatcherFixture {
    private static final String PUBLIC_URL = "https://alerts.example.com";

    /** By incident. */
    private final Map<String, String> links = new ConcurrentHashMap<>();

    @Override
    String definitions() {
        return """
                receivers:
                  ops: {webhook: {url: "http://127.0.0.1:%1$d/"}}
                  crew: {webhook: {url: "http://127.0.0.1:%1$d/", groups: true}}
                routes:
                  receiver: ops
                  routes:
                    - {match: ["monitor=~grouped-.*"], receiver: crew, groupBy: [site], groupWait: 2s}
                """;
    }

    @Override
    Map<String, Object> moreSettings() {
        return Map.of(
                "growalert.dispatcher.public-url",
                PUBLIC_URL + "/",
                "growalert.dispatcher.link-key",
                "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=");
    }

    @Override
    void take(HttpExchange exchange) throws IOException {
        try (exchange) {
            var body = JsonMapper.shared().readTree(exchange.getRequestBody().readAllBytes());
            var link = exchange.getRequestHeaders().getFirst("growalert-ack-link");
            if (link != null) {
                body.findValuesAsString("incident").forEach(incident -> links.put(incident, link));
            }
            exchange.sendResponseHeaders(200, -1);
        }
    }

    @Test
    void an_operator_acknowledges_an_open_incident_and_ends_it() throws Exception {
        var incident = fire("api-co2");
        var until = Instant.now().plusSeconds(3_600).truncatedTo(ChronoUnit.SECONDS);

        var acknowledged = tree(send("PUT", ack(incident), """
                {"until": "%s", "comment": "on my way"}""".formatted(until)));

        assertThat(acknowledged.path("incident").asString()).isEqualTo(incident);
        assertThat(acknowledged.path("by").asString()).isEqualTo("ann");
        assertThat(acknowledged.path("until").asString()).isEqualTo(until.toString());
        assertThat(acknowledged.path("comment").asString()).isEqualTo("on my way");
        var open = openIncident(incident).path("acknowledged");
        assertThat(open.path("by").asString()).isEqualTo("ann");
        assertThat(open.path("comment").asString()).isEqualTo("on my way");
        assertThat(send("DELETE", ack(incident), "").statusCode()).isEqualTo(204);
        assertThat(send("DELETE", ack(incident), "").statusCode()).isEqualTo(204);
        assertThat(openIncident(incident).path("acknowledged").isNull()).isTrue();
        assertThat(actions(incident)).containsExactly("ann end-acknowledgement", "ann acknowledge-incident");
    }

    @Test
    void the_same_request_again_changes_nothing() throws Exception {
        var incident = fire("idempotent-co2");

        var first = send("PUT", ack(incident), "");
        var second = send("PUT", ack(incident), "{}");

        assertThat(second.body()).isEqualTo(first.body());
        assertThat(tree(first).path("until").isNull()).isTrue();
        assertThat(actions(incident)).containsExactly("ann acknowledge-incident");
    }

    @Test
    void unknown_and_resolved_incidents_and_wrong_terms_are_refused() throws Exception {
        var incident = fire("refused-co2");

        assertThat(send("PUT", ack("unknown"), "{}").statusCode()).isEqualTo(404);
        assertThat(send("DELETE", ack("unknown"), "").statusCode()).isEqualTo(404);
        var past = send("PUT", ack(incident), "{\"until\": \"2020-01-01T00:00:00Z\"}");
        assertThat(past.statusCode()).isEqualTo(400);
        assertThat(past.body()).contains("invalid_field", "until");
        assertThat(send("PUT", ack(incident), "{\"comment\": \"%s\"}".formatted("a".repeat(1_001)))
                        .body())
                .contains("invalid_field", "comment");
        assertThat(send("PUT", ack(incident), "[]").body()).contains("malformed_json");
        resolve("refused-co2", incident);
        var resolved = send("PUT", ack(incident), "{}");
        assertThat(resolved.statusCode()).isEqualTo(409);
        assertThat(resolved.body()).contains("incident_resolved");
        assertThat(send("DELETE", ack(incident), "").statusCode()).isEqualTo(204);
    }

    @Test
    void opening_the_link_changes_nothing_and_its_button_acknowledges() throws Exception {
        var incident = fire("link-co2");
        var path = linkPath(incident);

        var shown = open("GET", path);
        assertThat(open("HEAD", path).statusCode()).isEqualTo(200);

        assertThat(shown.statusCode()).isEqualTo(200);
        assertThat(shown.body())
                .contains("Acknowledge this incident", "link-co2", "room&#x3D;office", "<button")
                .doesNotContain("<script");
        assertThat(shown.headers().firstValue("Cache-Control")).hasValue("no-store");
        assertThat(shown.headers().firstValue("Referrer-Policy")).hasValue("same-origin");
        assertThat(shown.headers().firstValue("X-Robots-Tag").orElse("")).contains("noindex");
        assertThat(shown.headers().firstValue("Content-Security-Policy").orElse(""))
                .contains("default-src 'none'", "style-src 'self'");
        assertThat(openIncident(incident).path("acknowledged").isNull()).isTrue();

        var pressed = press(token(path));

        assertThat(pressed.statusCode()).isEqualTo(200);
        assertThat(pressed.body()).contains("It is acknowledged", "by link:ops").doesNotContain("<button");
        assertThat(openIncident(incident).path("acknowledged").path("by").asString())
                .isEqualTo("link:ops");
        assertThat(actions(incident)).containsExactly("link:ops acknowledge-incident");
        assertThat(open("GET", path).body()).contains("by link:ops").doesNotContain("<button");
        press(token(path));
        assertThat(actions(incident)).hasSize(1);
    }

    @Test
    void an_acknowledgement_by_a_link_that_cannot_be_audited_is_not_made() throws Exception {
        var incident = fire("unaudited-co2");
        var token = token(linkPath(incident));
        database.jdbc()
                .sql("alter table dispatcher.audit add constraint refused check (target <> '%s')".formatted(incident))
                .update();

        var refused = press(token);

        database.jdbc()
                .sql("alter table dispatcher.audit drop constraint refused")
                .update();
        assertThat(refused.statusCode()).isEqualTo(500);
        assertThat(openIncident(incident).path("acknowledged").isNull()).isTrue();
        assertThat(press(token).body()).contains("It is acknowledged");
        assertThat(actions(incident)).hasSize(1);
    }

    @Test
    void the_link_of_a_groups_message_acknowledges_all_that_fires_in_it() throws Exception {
        var one = AlertEvents.of("grouped-co2").firing(0);
        var other = AlertEvents.of("grouped-heat").firing(0);
        publish(one);
        publish(other);
        await().atMost(30, SECONDS)
                .until(() -> links.containsKey(one.incident()) && links.containsKey(other.incident()));
        var path = linkPath(one.incident());
        assertThat(links.get(other.incident())).isEqualTo(links.get(one.incident()));

        assertThat(open("GET", path).body()).contains("Acknowledge 2 incidents", "grouped-co2", "grouped-heat");
        resolve("grouped-heat", other.incident());
        assertThat(open("GET", path).body()).contains("Acknowledge this incident", "Resolved");
        press(token(path));

        assertThat(openIncident(one.incident()).path("acknowledged").path("by").asString())
                .isEqualTo("link:crew");
        assertThat(actions(other.incident())).isEmpty();
    }

    @Test
    void the_page_says_that_an_incident_is_resolved() throws Exception {
        var incident = fire("over-co2");
        var path = linkPath(incident);
        resolve("over-co2", incident);

        assertThat(open("GET", path).body()).contains("Already resolved").doesNotContain("<button");
        assertThat(press(token(path)).body()).contains("Already resolved").doesNotContain("Thank you");
        assertThat(actions(incident)).isEmpty();
    }

    @Test
    void a_token_that_the_address_and_the_form_have_is_accepted_when_it_is_the_same() throws Exception {
        var incident = fire("twice-co2");
        var path = linkPath(incident);
        var form = "t=" + URLEncoder.encode(token(path), UTF_8);

        assertThat(raw("POST " + path + "x", "Host: localhost", form))
                .startsWith("HTTP/1.1 400")
                .contains("This link is not valid");
        assertThat(raw("POST " + path, "Host: localhost", form))
                .startsWith("HTTP/1.1 200")
                .contains("It is acknowledged");
    }

    @Test
    void forged_links_are_refused() throws Exception {
        var path = linkPath(fire("forged-co2"));

        for (var wrong :
                List.of("/ack", "/ack?t=", "/ack?t=abc", path.substring(0, path.length() - 2), path + "AAAA")) {
            var shown = open("GET", wrong);
            assertThat(shown.statusCode()).as(wrong).isEqualTo(400);
            assertThat(shown.body()).contains("This link is not valid").doesNotContain("<button", "forged-co2");
        }
        assertThat(press("abc").statusCode()).isEqualTo(400);
    }

    @Test
    void a_foreign_host_and_another_sites_form_are_refused() throws Exception {
        var incident = fire("foreign-co2");
        var path = linkPath(incident);
        var form = "t=" + URLEncoder.encode(token(path), UTF_8);

        assertThat(raw("GET " + path, "Host: evil.example", "")).startsWith("HTTP/1.1 421");
        assertThat(raw("POST /ack", "Host: evil.example", form)).startsWith("HTTP/1.1 421");
        assertThat(raw("POST /ack", "Host: localhost\r\nOrigin: https://evil.example", form))
                .startsWith("HTTP/1.1 403");
        assertThat(openIncident(incident).path("acknowledged").isNull()).isTrue();
        // as the gateway forwards it
        var forwarded = "Host: localhost\r\nOrigin: " + PUBLIC_URL + "\r\nX-Forwarded-Proto: https"
                + "\r\nX-Forwarded-Host: alerts.example.com\r\nX-Forwarded-Port: 443";
        assertThat(raw("POST /ack", forwarded, form)).startsWith("HTTP/1.1 200").contains("It is acknowledged");
    }

    private String raw(String request, String headers, String form) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), uri("/").getPort())) {
            socket.setSoTimeout(30_000);
            var text = "%s HTTP/1.1\r\n%s\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d"
                            .formatted(request, headers, form.length())
                    + "\r\nConnection: close\r\n\r\n" + form;
            socket.getOutputStream().write(text.getBytes(UTF_8));
            socket.getOutputStream().flush();
            return new String(socket.getInputStream().readAllBytes(), UTF_8);
        }
    }

    @Test
    void the_page_has_its_style_sheet() throws Exception {
        var style = open("GET", "/ack/style.css");

        assertThat(style.statusCode()).isEqualTo(200);
        assertThat(style.headers().firstValue("Content-Type").orElse("")).startsWith("text/css");
    }

    /** Lets an alert fire, and waits until its receiver is notified. */
    private String fire(String monitor) throws Exception {
        var firing = AlertEvents.of(monitor).firing(0);
        publish(firing);
        await().atMost(30, SECONDS).until(() -> links.containsKey(firing.incident()));
        return firing.incident();
    }

    private void resolve(String monitor, String incident) throws Exception {
        publish(AlertEvents.of(monitor).resolved(0));
        await().atMost(30, SECONDS).until(() -> openIncident(incident).isMissingNode());
    }

    private static String ack(String incident) {
        return "/api/incidents/%s/ack".formatted(incident);
    }

    /** The link in the message, at this service. */
    private String linkPath(String incident) {
        var link = Objects.requireNonNull(links.get(incident));
        assertThat(link).startsWith(PUBLIC_URL + "/ack?t=");
        return link.substring(PUBLIC_URL.length());
    }

    private static String token(String path) {
        return path.substring(path.indexOf('=') + 1);
    }

    private JsonNode openIncident(String incident) throws Exception {
        return tree(send("GET", "/api/alerts", ""))
                .valueStream()
                .filter(open -> open.path("incident").asString().equals(incident))
                .findFirst()
                .orElse(JsonMapper.shared().missingNode());
    }

    private static JsonNode tree(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return JsonMapper.shared().readTree(response.body());
    }

    /** As a browser does: without an identity. */
    private HttpResponse<String> open(String method, String path) throws Exception {
        return http.send(
                HttpRequest.newBuilder(uri(path))
                        .method(method, BodyPublishers.noBody())
                        .build(),
                BodyHandlers.ofString());
    }

    private HttpResponse<String> press(String token) throws Exception {
        return http.send(
                HttpRequest.newBuilder(uri("/ack"))
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .header("Origin", "null")
                        .header("Sec-Fetch-Site", "same-origin")
                        .POST(BodyPublishers.ofString("t=" + URLEncoder.encode(token, UTF_8)))
                        .build(),
                BodyHandlers.ofString());
    }
}
