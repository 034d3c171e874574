package io.growalert.standalone;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** Customers of {@code growalert up} without a key of Stripe's: one life, told in order. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class BillingUpTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern COMMANDS = Pattern.compile("(?ms)^```\\n(billing=.*?)^```$");
    private static final int KAFKA = Ports.anyFree();
    private static final int POSTGRES = Ports.anyFree();
    private static final int HTTP = ForkedGrowAlert.freeHttp();
    private static final int BILLING = HTTP + 2;
    private static final int SANDBOX = HTTP + 3;

    @TempDir
    static Path folder;

    private static final HttpClient BROWSER = HttpClient.newHttpClient();
    private static ForkedGrowAlert growalert;
    private static String customer = "";
    private static String cookie = "";

    @BeforeAll
    static void start() throws IOException {
        growalert = up(Map.of());
        growalert.awaitOutput("Ready after");
    }

    @AfterAll
    static void stop() {
        growalert.close();
        BROWSER.close();
    }

    @Test
    @Order(1)
    void the_console_says_in_one_line_that_no_money_moves() {
        assertThat(growalert.output())
                .contains("  Customers   http://127.0.0.1:" + BILLING)
                .contains(
                        "  Billing     stripe-sandbox: no money moves; set STRIPE_SECRET_KEY to bill through Stripe\n");
    }

    @Test
    @Order(2)
    void who_registers_subscribes_confirms_and_orders_is_in_the_database() throws Exception {
        var registered = post("/create-customer", Map.of("email", "grower@example.com"));
        customer = json(registered).at("/customer/id").asString();
        cookie = registered.headers().firstValue("set-cookie").orElseThrow().replaceFirst(";.*", "");
        var price = json(get("/config")).at("/prices/0/id").asString();

        var subscription = json(post("/create-subscription", Map.of("priceId", price)));
        confirm(subscription.path("clientSecret").asString());
        var charge = json(post("/charge", Map.of("token", "tok_visa", "quantity", 2)));

        assertThat(charge.path("object").asString()).isEqualTo("charge");
        awaitRow("SELECT status FROM billing.subscriptions WHERE customer = '%s'", "active");
        awaitRow("SELECT status FROM billing.invoices WHERE customer = '%s'", "paid");
        awaitRow("SELECT status || ' ' || quantity FROM billing.device_orders WHERE customer = '%s'", "paid 2");
    }

    @Test
    @Order(3)
    void a_declined_card_is_an_answer_and_charges_nothing() throws Exception {
        var declined = post("/charge", Map.of("token", "tok_chargeDeclined", "quantity", 1));

        assertThat(declined.statusCode()).isEqualTo(402);
        assertThat(row("SELECT count(*) FROM billing.device_orders WHERE customer = '%s' AND status = 'paid'"))
                .isEqualTo("1");
    }

    @Test
    @Order(4)
    void all_of_it_is_told_under_the_customers_id_and_nothing_personal() {
        var told = new ArrayList<String>();
        try (var consumer = new KafkaConsumer<>(
                Map.<String, Object>of(
                        "bootstrap.servers", "127.0.0.1:" + KAFKA, "group.id", "test", "auto.offset.reset", "earliest"),
                new StringDeserializer(),
                new StringDeserializer())) {
            consumer.subscribe(List.of("growalert.billing"));
            await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
                consumer.poll(Duration.ofMillis(100)).forEach(event -> told.add(event.key() + " " + event.value()));
                assertThat(told)
                        .anyMatch(event -> event.contains("\"type\":\"customer.created\""))
                        .anyMatch(event -> event.contains("\"kind\":\"subscription\"") && event.contains("\"active\""))
                        .anyMatch(event -> event.contains("\"kind\":\"device_order\"") && event.contains("\"paid\""));
            });
        }
        assertThat(told).allMatch(event -> event.startsWith(customer + " ")).noneMatch(event -> event.contains("@"));
    }

    @Test
    @Order(5)
    void after_a_stop_and_a_start_the_customer_is_still_one_with_the_same_cookie() throws Exception {
        growalert.terminate();
        growalert.close();
        growalert = up(Map.of());
        growalert.awaitOutput("Ready after");

        assertThat(get("/subscription").statusCode()).isEqualTo(200);
        assertThat(json(post("/charge", Map.of("token", "tok_visa", "quantity", 3)))
                        .path("object")
                        .asString())
                .isEqualTo("charge");
        awaitRow("SELECT sum(quantity) FROM billing.device_orders WHERE status = 'paid' AND customer = '%s'", "5");
    }

    @Test
    @Order(6)
    void the_commands_of_the_readme_do_what_it_says() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/curl")), "curl is not installed");
        var commands = COMMANDS.matcher(Files.readString(Path.of("../README.md")));
        assertThat(commands.find()).isTrue();
        var script = commands.group(1).replace("127.0.0.1:8082", "127.0.0.1:" + BILLING);

        var process = new ProcessBuilder("bash", "-ec", script)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();

        assertThat(new String(process.getInputStream().readAllBytes(), UTF_8))
                .contains("cus_", "subscriptionId", "_secret_", "\"object\":\"charge\"");
    }

    @Test
    @Order(7)
    void half_of_stripes_keys_are_one_line_that_names_the_others() throws Exception {
        try (var other = ForkedGrowAlert.up(
                folder.resolve("other"), folder.resolve("tmp2"), Map.of("STRIPE_SECRET_KEY", "sk_test_1"))) {
            assertThat(other.awaitEnd()).isEqualTo(1);
            assertThat(other.output())
                    .hasLineCount(1)
                    .contains("set STRIPE_PUBLISHABLE_KEY and STRIPE_WEBHOOK_SECRET too");
        }
    }

    private static ForkedGrowAlert up(Map<String, String> environment) throws IOException {
        var definitions = Files.writeString(folder.resolve("definitions.yaml"), "receivers: {console: {log: {}}}\n");
        return ForkedGrowAlert.up(
                folder.resolve("data"),
                folder.resolve("tmp"),
                environment,
                "--config",
                definitions.toString(),
                "--kafka-port",
                String.valueOf(KAFKA),
                "--postgres-port",
                String.valueOf(POSTGRES),
                "--http-port",
                String.valueOf(HTTP));
    }

    private static HttpResponse<String> get(String path) throws Exception {
        return BROWSER.send(request(path).build(), BodyHandlers.ofString());
    }

    private static HttpResponse<String> post(String path, Map<String, Object> body) throws Exception {
        return BROWSER.send(
                request(path)
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(JSON.writeValueAsString(body)))
                        .build(),
                BodyHandlers.ofString());
    }

    private static HttpRequest.Builder request(String path) {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + BILLING + path));
        return cookie.isEmpty() ? request : request.header("Cookie", cookie);
    }

    /** What Stripe's script does in the browser with a good card. */
    private static void confirm(String clientSecret) throws Exception {
        var payment = clientSecret.replaceFirst("_secret_.*", "");
        var form = Map.of("client_secret", clientSecret, "payment_method", "pm_card_visa").entrySet().stream()
                .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), UTF_8))
                .collect(Collectors.joining("&"));
        var answer = BROWSER.send(
                HttpRequest.newBuilder(URI.create(
                                "http://127.0.0.1:%d/v1/payment_intents/%s/confirm".formatted(SANDBOX, payment)))
                        .header("Authorization", "Bearer pk_test_sandbox")
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(BodyPublishers.ofString(form))
                        .build(),
                BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }

    private static JsonNode json(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return JSON.readTree(response.body());
    }

    private static void awaitRow(String sql, String expected) {
        await(sql).atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(row(sql))
                .isEqualTo(expected));
    }

    /** The first column of the first row of a query about the customer; empty without one. */
    private static String row(String sql) throws SQLException {
        var database =
                new PostgresTarget("jdbc:postgresql://127.0.0.1:%d/postgres".formatted(POSTGRES), "postgres", "");
        try (var connection = database.connect();
                var statement = connection.createStatement();
                var rows = statement.executeQuery(sql.formatted(customer))) {
            return rows.next() ? String.valueOf(rows.getString(1)) : "";
        }
    }
}
