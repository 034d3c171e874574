package io.growalert.dispatcher;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.growalert.events.AlertEvent;
import io.growalert.events.Json;
import io.growalert.events.Topics;
import io.growalert.testkit.TestIdentity;
import io.growalert.testkit.TestKafka;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Acknowledging through the API and by the link in a message, at the running service. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AcknowledgementTest {
    private static final String PUBLIC_URL = "https://alerts.example.com";

    @TempDir
    static Path folder;

    private final TestDatabase database = TestDatabase.empty();
    private final HttpClient http = HttpClient.newHttpClient();
    private final TestIdentity identity = new TestIdentity();
    /** By incident. */
    private final Map<String, String> links = new ConcurrentHashMap<>();

    private HttpServer server;
    private KafkaProducer<String, byte[]> producer;
    private ConfigurableApplicationContext dispatcher;

    @BeforeAll
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::take);
        server.start();
        var definitions = Files.writeString(folder.resolve("growalert.yml"), """
                receivers:
                  ops: {webhook: {url: "http://127.0.0.1:%1$d/"}}
                  crew: {webhook: {url: "http://127.0.0.1:%1$d/", groups: true}}
                routes:
                  receiver: ops
                  routes:
                    - {match: ["monitor=~grouped-.*"], receiver: crew, groupBy: [site], groupWait: 2s}
                """.formatted(
                        server.getAddress().getPort()));
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", TestKafka.bootstrapServers()),
                new StringSerializer(),
                new ByteArraySerializer());
        var settings = new HashMap<String, Object>();
        settings.put("server.port", 0);
        settings.put("growalert.identity.public-key", identity.publicKey());
        settings.put("growalert.dispatcher.kafka", TestKafka.bootstrapServers());
        settings.put("growalert.dispatcher.files", List.of(definitions));
        settings.put("growalert.dispatcher.data", folder.resolve("data"));
        settings.put("growalert.dispatcher.partitions", 2);
        settings.put("growalert.dispatcher.sessionTimeout", "6s");
        settings.put("growalert.dispatcher.database.url", database.url());
        settings.put("growalert.dispatcher.database.username", "postgres");
        settings.put("growalert.dispatcher.public-url", PUBLIC_URL + "/");
        settings.put("growalert.dispatcher.link-key", "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=");
        dispatcher = AlertDispatcher.start(settings);
    }

    @AfterAll
    void stop() {
        dispatcher.close();
        producer.close();
        server.stop(0);
        database.close();
    }

    private void take(HttpExchange exchange) throws IOException {
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

        var acknowledged = json(call("PUT", ack(incident), """
                {"until": "%s", "comment": "on my way"}""".formatted(until)));

        assertThat(acknowledged.path("incident").asString()).isEqualTo(incident);
        assertThat(acknowledged.path("by").asString()).isEqualTo("ann");
        assertThat(acknowledged.path("until").asString()).isEqualTo(until.toString());
        assertThat(acknowledged.path("comment").asString()).isEqualTo("on my way");
        var open = openIncident(incident).path("acknowledged");
        assertThat(open.path("by").asString()).isEqualTo("ann");
        assertThat(open.path("comment").asString()).isEqualTo("on my way");
        assertThat(call("DELETE", ack(incident), "").statusCode()).isEqualTo(204);
        assertThat(call("DELETE", ack(incident), "").statusCode()).isEqualTo(204);
        assertThat(openIncident(incident).path("acknowledged").isNull()).isTrue();
        assertThat(audited(incident)).containsExactly("ann end-acknowledgement", "ann acknowledge-incident");
    }

    @Test
    void the_same_request_again_changes_nothing() throws Exception {
        var incident = fire("idempotent-co2");

        var first = call("PUT", ack(incident), "");
        var second = call("PUT", ack(incident), "{}");

        assertThat(second.body()).isEqualTo(first.body());
        assertThat(json(first).path("until").isNull()).isTrue();
        assertThat(audited(incident)).containsExactly("ann acknowledge-incident");
    }

    @Test
    void unknown_and_resolved_incidents_and_wrong_terms_are_refused() throws Exception {
        var incident = fire("refused-co2");

        assertThat(call("PUT", ack("unknown"), "{}").statusCode()).isEqualTo(404);
        assertThat(call("DELETE", ack("unknown"), "").statusCode()).isEqualTo(404);
        var past = call("PUT", ack(incident), "{\"until\": \"2020-01-01T00:00:00Z\"}");
        assertThat(past.statusCode()).isEqualTo(400);
        assertThat(past.body()).contains("invalid_field", "until");
        assertThat(call("PUT", ack(incident), "{\"comment\": \"%s\"}".formatted("a".repeat(1_001)))
                        .body())
                .contains("invalid_field", "comment");
        assertThat(call("PUT", ack(incident), "[]").body()).contains("malformed_json");
        resolve("refused-co2", incident);
        var resolved = call("PUT", ack(incident), "{}");
        assertThat(resolved.statusCode()).isEqualTo(409);
        assertThat(resolved.body()).contains("incident_resolved");
        assertThat(call("DELETE", ack(incident), "").statusCode()).isEqualTo(204);
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

        var pressed = post(token(path));

        assertThat(pressed.statusCode()).isEqualTo(200);
        assertThat(pressed.body()).contains("It is acknowledged", "by link:ops").doesNotContain("<button");
        assertThat(openIncident(incident).path("acknowledged").path("by").asString())
                .isEqualTo("link:ops");
        assertThat(audited(incident)).containsExactly("link:ops acknowledge-incident");
        assertThat(open("GET", path).body()).contains("by link:ops").doesNotContain("<button");
        post(token(path));
        assertThat(audited(incident)).hasSize(1);
    }

    @Test
    void an_acknowledgement_by_a_link_that_cannot_be_audited_is_not_made() throws Exception {
        var incident = fire("unaudited-co2");
        var token = token(linkPath(incident));
        database.jdbc()
                .sql("alter table dispatcher.audit add constraint refused check (target <> '%s')".formatted(incident))
                .update();

        var refused = post(token);

        database.jdbc()
                .sql("alter table dispatcher.audit drop constraint refused")
                .update();
        assertThat(refused.statusCode()).isEqualTo(500);
        assertThat(openIncident(incident).path("acknowledged").isNull()).isTrue();
        assertThat(post(token).body()).contains("It is acknowledged");
        assertThat(audited(incident)).hasSize(1);
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
        post(token(path));

        assertThat(openIncident(one.incident()).path("acknowledged").path("by").asString())
                .isEqualTo("link:crew");
        assertThat(audited(other.incident())).isEmpty();
    }

    @Test
    void the_page_says_that_an_incident_is_resolved() throws Exception {
        var incident = fire("over-co2");
        var path = linkPath(incident);
        resolve("over-co2", incident);

        assertThat(open("GET", path).body()).contains("Already resolved").doesNotContain("<button");
        assertThat(post(token(path)).body()).contains("Already resolved").doesNotContain("Thank you");
        assertThat(audited(incident)).isEmpty();
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
        assertThat(post("abc").statusCode()).isEqualTo(400);
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
    private String fire(String monitor) {
        var firing = AlertEvents.of(monitor).firing(0);
        publish(firing);
        await().atMost(30, SECONDS).until(() -> links.containsKey(firing.incident()));
        return firing.incident();
    }

    private void resolve(String monitor, String incident) {
        publish(AlertEvents.of(monitor).resolved(0));
        await().atMost(30, SECONDS).until(() -> openIncident(incident).isMissingNode());
    }

    private void publish(AlertEvent event) {
        var _ = producer.send(new ProducerRecord<>(Topics.ALERTS, event.alert(), Json.write(event)));
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
        return json(call("GET", "/api/alerts", ""))
                .valueStream()
                .filter(open -> open.path("incident").asString().equals(incident))
                .findFirst()
                .orElse(JsonMapper.shared().missingNode());
    }

    private List<String> audited(String target) throws Exception {
        return json(call("GET", "/api/audit", ""))
                .valueStream()
                .filter(entry -> entry.path("target").asString().equals(target))
                .map(entry -> "%s %s"
                        .formatted(
                                entry.path("operator").asString(),
                                entry.path("action").asString()))
                .toList();
    }

    private static JsonNode json(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return JsonMapper.shared().readTree(response.body());
    }

    private HttpResponse<String> call(String method, String path, String body) throws Exception {
        return http.send(
                HttpRequest.newBuilder(uri(path))
                        .header("Content-Type", "application/json")
                        .header("Authorization", identity.bearer("alert-dispatcher", "ann", "operator"))
                        .method(method, BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }

    /** As a browser does: without an identity. */
    private HttpResponse<String> open(String method, String path) throws Exception {
        return http.send(
                HttpRequest.newBuilder(uri(path))
                        .method(method, BodyPublishers.noBody())
                        .build(),
                BodyHandlers.ofString());
    }

    private HttpResponse<String> post(String token) throws Exception {
        return http.send(
                HttpRequest.newBuilder(uri("/ack"))
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .header("Origin", "null")
                        .header("Sec-Fetch-Site", "same-origin")
                        .POST(BodyPublishers.ofString("t=" + URLEncoder.encode(token, UTF_8)))
                        .build(),
                BodyHandlers.ofString());
    }

    private URI uri(String path) {
        var port = dispatcher.getEnvironment().getProperty("local.server.port");
        return URI.create("http://127.0.0.1:%s%s".formatted(port, path));
    }
}
