package io.growalert.standalone;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** Customers of {@code growalert up} without a Stripe key: one process, tested in order. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class BillingUpTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final OpenApi API = OpenApi.read();
    private static final Pattern COMMANDS = Pattern.compile("(?ms)^```\\n(growalert=.*?)^```$");
    private static final Pattern ASKED = Pattern.compile("(?ms)^```\\n(token=.*?)^```$");
    private static final String EMAIL = "customer@example.com";
    private static final Pattern LINK = Pattern.compile("http://127\\.0\\.0\\.1:(\\d+)/sign-in\\.html#token=(\\S+)");
    private static final int HTTP = ForkedGrowAlert.freeHttp();
    private static final int KAFKA = ForkedGrowAlert.kafka(HTTP);
    private static final int POSTGRES = ForkedGrowAlert.postgres(HTTP);
    private static final int BILLING = HTTP + 3;
    private static final int SANDBOX = HTTP + 4;

    @TempDir
    static Path folder;

    private static Path tokenFile = Path.of("");
    private static final HttpClient BROWSER = HttpClient.newHttpClient();
    private static ForkedGrowAlert growalert;
    private static String customer = "";
    private static String cookie = "";
    private static String token = "";

    @BeforeAll
    static void start() throws IOException {
        tokenFile = folder.resolve("data/operator-token");
        growalert = up(Map.of());
        growalert.awaitOutput("Ready after");
        token = Files.readString(tokenFile).strip();
    }

    @AfterAll
    static void stop() {
        growalert.close();
        BROWSER.close();
    }

    @Test
    @Order(1)
    void the_console_shows_in_one_line_that_no_money_moves() {
        assertThat(growalert.output())
                .contains("  Customers   http://127.0.0.1:%d/register.html\n".formatted(HTTP))
                .contains(
                        "  Billing     stripe-sandbox: no money moves; set STRIPE_SECRET_KEY to bill through Stripe\n");
    }

    @Test
    @Order(1)
    void the_operator_token_is_shown_and_kept_for_its_owner() throws Exception {
        assertThat(token).matches("[A-Za-z0-9_-]{43}");
        assertThat(growalert.output()).contains("  Token       " + token + "   shown only this time");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(tokenFile)))
                .isEqualTo("rw-------");
    }

    @ParameterizedTest
    @Order(1)
    @ValueSource(strings = {"/api/monitors", "/api/alerts", "/api/billing/events?state=parked", "/docs"})
    void the_token_opens_what_is_the_operators_and_nothing_else_does(String path) throws Exception {
        assertThat(get(path).statusCode()).isEqualTo(401);
        assertThat(BROWSER.send(asOperator(HTTP, path, "not" + token).build(), BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(401);
        assertThat(BROWSER.send(asOperator(HTTP, path, token).build(), BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    @Order(1)
    void no_service_accepts_it_without_the_gateway() throws Exception {
        for (var address : List.of(
                "%d /api/monitors".formatted(HTTP + 1),
                "%d /api/alerts".formatted(HTTP + 2),
                "%d /api/billing/events?state=parked".formatted(BILLING))) {
            var request = asOperator(
                    Integer.parseInt(address.replaceFirst(" .*", "")), address.replaceFirst(".* ", ""), token);

            assertThat(BROWSER.send(request.build(), BodyHandlers.ofString()).statusCode())
                    .as(address)
                    .isEqualTo(401);
        }
    }

    @Test
    @Order(1)
    void named_operators_have_their_roles_until_they_are_revoked() throws Exception {
        var operators = folder.resolve("data/operators.json").toString();
        var ann = run("operators", "add", "ann", "--role", "viewer", "--operators-file", operators);
        var bob = run("operators", "add", "bob", "--role", "admin", "--operators-file", operators);

        await().untilAsserted(() -> assertThat(status("/api/alerts", bob)).isEqualTo(200));
        assertThat(status("/api/monitors", ann)).isEqualTo(200);
        assertThat(status("/api/billing/events?state=parked", ann)).isEqualTo(403);
        assertThat(status("/api/billing/events?state=parked", bob)).isEqualTo(200);

        assertThat(run("operators", "revoke", "bob", "--operators-file", operators))
                .isEqualTo("bob revoked");
        await().untilAsserted(() -> assertThat(status("/api/alerts", bob)).isEqualTo(401));
        assertThat(status("/api/alerts", ann)).isEqualTo(200);
        assertThat(Files.readString(Path.of(operators))).doesNotContain(ann);
    }

    private static int status(String path, String token) throws Exception {
        return BROWSER.send(asOperator(HTTP, path, token).build(), BodyHandlers.ofString())
                .statusCode();
    }

    private static String run(String... arguments) {
        var out = new StringWriter();
        assertThat(GrowAlert.commandLine().setOut(new PrintWriter(out, true)).execute(arguments))
                .isZero();
        return out.toString().strip();
    }

    @Test
    @Order(1)
    void the_page_is_there_with_the_script_that_stands_in_for_stripes() throws Exception {
        var sandbox = "http://127.0.0.1:" + SANDBOX;
        var page = get("/register.html");
        var config = json(get("/page-config"));
        var script = config.path("stripeJs").asString();

        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
                .contains("script-src 'self' " + sandbox)
                .doesNotContain("stripe.com");
        assertThat(config.path("stripe").asBoolean(true)).isFalse();
        assertThat(script).startsWith(sandbox);
        assertThat(BROWSER.send(HttpRequest.newBuilder(URI.create(script)).build(), BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(200);
        // the gateway polls the services every 5 s, and may have done so just before the last of them was up
        await().untilAsserted(() -> assertThat(get("/health").body()).contains("UP"));
    }

    @Test
    @Order(2)
    void who_registers_subscribes_confirms_and_orders_is_in_the_database() throws Exception {
        var registered = post("/create-customer", Map.of("email", EMAIL));
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
        // Stripe's webhooks arrive at the same port
        assertThat(growalert.log().lines())
                .anyMatch(line -> line.contains("io.growalert.gateway.access")
                        && line.contains("route=\"webhook\"")
                        && line.contains("status=\"200\""));
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
    void every_read_operation_responds_as_described() throws Exception {
        var reading = API.operations().stream()
                .filter(operation -> operation.method().equals("get"))
                .filter(operation -> !operation.path().contains("{"))
                // a stream does not end
                .filter(operation -> !operation.path().equals("/api/live"))
                .toList();
        assertThat(reading).hasSizeGreaterThan(15);

        for (var operation : reading) {
            var path = operation.path() + (operation.query().equals("?") ? "" : operation.query());
            var answer = BROWSER.send(
                    asOperator(HTTP, path, token).header("Cookie", cookie).build(), BodyHandlers.ofString());

            assertThat(API.complaints(answer)).as("%s", answer).isEmpty();
            assertThat(answer.statusCode()).as("%s", answer).isLessThan(500);
        }
    }

    @Test
    @Order(4)
    void all_of_it_is_published_under_the_customers_id_and_nothing_personal() {
        var published = new ArrayList<String>();
        try (var consumer = new KafkaConsumer<>(
                Map.<String, Object>of(
                        "bootstrap.servers", "127.0.0.1:" + KAFKA, "group.id", "test", "auto.offset.reset", "earliest"),
                new StringDeserializer(),
                new StringDeserializer())) {
            consumer.subscribe(List.of("growalert.billing"));
            await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
                consumer.poll(Duration.ofMillis(100))
                        .forEach(event -> published.add(event.key() + " " + event.value()));
                assertThat(published)
                        .anyMatch(event -> event.contains("\"type\":\"customer.created\""))
                        .anyMatch(event -> event.contains("\"kind\":\"subscription\"") && event.contains("\"active\""))
                        .anyMatch(event -> event.contains("\"kind\":\"device_order\"") && event.contains("\"paid\""));
            });
        }
        assertThat(published)
                .allMatch(event -> event.startsWith(customer + " "))
                .noneMatch(event -> event.contains("@"));
    }

    @Test
    @Order(5)
    void after_a_stop_and_a_start_the_customer_is_still_one_with_the_same_cookie() throws Exception {
        growalert.terminate();
        growalert.close();
        growalert = up(Map.of());
        growalert.awaitOutput("Ready after");

        assertThat(Files.readString(tokenFile).strip()).isEqualTo(token);
        assertThat(growalert.output())
                .contains("  Token       in " + tokenFile + "\n")
                .doesNotContain(token);
        assertThat(growalert.log()).doesNotContain(token);
        assertThat(get("/subscription").statusCode()).isEqualTo(200);
        assertThat(json(post("/charge", Map.of("token", "tok_visa", "quantity", 3)))
                        .path("object")
                        .asString())
                .isEqualTo("charge");
        awaitRow("SELECT sum(quantity) FROM billing.device_orders WHERE status = 'paid' AND customer = '%s'", "5");
    }

    @Test
    @Order(5)
    void the_address_is_taken_and_its_owner_signs_in_by_the_mail_in_the_data_folder() throws Exception {
        var mails = folder.resolve("data/mail");
        assertThat(growalert.output()).contains("  Mail        written to " + mails + "\n");

        var unknown = anonymously("/create-customer", "{\"email\": \"%s\"}".formatted(EMAIL));
        assertThat(unknown.statusCode()).isEqualTo(409);
        assertThat(unknown.body()).contains("sign_in_needed");
        assertThat(anonymously("/sign-in", "{\"email\": \"%s\"}".formatted(EMAIL))
                        .statusCode())
                .isEqualTo(202);
        await().atMost(Duration.ofSeconds(30))
                .until(() -> mailWith(mails, "/sign-in.html#token=").isPresent());
        var link = LINK.matcher(mailWith(mails, "/sign-in.html#token=").orElseThrow());
        assertThat(link.find()).isTrue();
        assertThat(link.group(1)).isEqualTo(String.valueOf(HTTP));
        var signedIn = anonymously("/sign-in/confirm", "{\"token\": \"%s\"}".formatted(link.group(2)));

        assertThat(signedIn.statusCode()).isEqualTo(200);
        assertThat(get("/subscription").statusCode()).as("the earlier session").isEqualTo(401);
        cookie = signedIn.headers().firstValue("set-cookie").orElseThrow().replaceFirst(";.*", "");
        assertThat(cookie).startsWith("customer=" + customer + ".");
        assertThat(get("/subscription").statusCode()).isEqualTo(200);
        assertThat(growalert.log()).doesNotContain(EMAIL, link.group(2));
    }

    @Test
    @Order(4)
    void the_receipts_of_subscription_and_order_are_mails_in_the_data_folder() {
        var mails = folder.resolve("data/mail");
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            assertThat(mailWith(mails, "Invoice: ")).hasValueSatisfying(mail -> assertThat(mail)
                    .contains(
                            "To: " + EMAIL,
                            "Subject: Your receipt",
                            "See the invoice: http://127.0.0.1:",
                            "/account.html"));
            assertThat(mailWith(mails, "Devices: 2")).isPresent();
        });
        awaitRow(
                "SELECT count(*) FROM billing.mails WHERE state = 'sent' AND kind = 'receipt' AND customer = '%s'",
                "2");
        assertThat(run(
                        "billing",
                        "mails",
                        "--url",
                        "http://127.0.0.1:" + HTTP,
                        "--operator-token-file",
                        tokenFile.toString()))
                .contains("receipt", "address_missing", customer)
                .endsWith("3 mails")
                .doesNotContain(EMAIL);
    }

    private static Optional<String> mailWith(Path mails, String text) {
        try (var files = Files.list(mails)) {
            for (var file :
                    files.filter(each -> each.toString().endsWith(".eml")).toList()) {
                var mail = Files.readString(file);
                if (mail.contains(text)) {
                    return Optional.of(mail);
                }
            }
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static HttpResponse<String> anonymously(String path, String body) throws Exception {
        return BROWSER.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + HTTP + path))
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }

    @Test
    @Order(6)
    void the_commands_of_the_readme_work_as_described() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/curl")), "curl is not installed");
        var commands = COMMANDS.matcher(Files.readString(Path.of("../README.md")));
        assertThat(commands.find()).isTrue();
        var script = commands.group(1).replace("127.0.0.1:8080", "127.0.0.1:" + HTTP);

        assertThat(output(script)).contains("cus_", "subscriptionId", "_secret_", "\"object\":\"charge\"");
    }

    @Test
    @Order(6)
    void the_operators_commands_of_the_readme_work_as_described() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/curl")), "curl is not installed");
        var commands = ASKED.matcher(Files.readString(Path.of("../README.md")));
        assertThat(commands.find()).isTrue();
        var script = commands.group(1)
                .replace("127.0.0.1:8080", "127.0.0.1:" + HTTP)
                .replace("growalert-data/example/operator-token", tokenFile.toString());

        assertThat(output(script))
                .startsWith("[]")
                .contains("\"customer\":\"" + customer)
                .doesNotContain("operator_token_needed");
    }

    @Test
    @Order(6)
    void the_command_line_gets_in_with_the_token_in_the_file() throws Exception {
        var wrong =
                Files.writeString(folder.resolve("wrong-token"), "w".repeat(43)).toString();

        assertThat(billing(tokenFile.toString(), "parked")).isEqualTo("0 nothing is parked");
        assertThat(billing(tokenFile.toString(), "replay", "evt_nobody"))
                .startsWith("1 0 events are applied again")
                .contains("not parked: evt_nobody");
        assertThat(billing(tokenFile.toString(), "erase", "cus_nobody")).contains("responded with 404: no customer");
        assertThat(billing(tokenFile.toString(), "reconcile", "--since", "1h"))
                .startsWith("0 ")
                .contains("requests in");
        assertThat(billing(wrong, "parked")).startsWith("1 ").contains("responded with 401", "--operator-token-file");
    }

    @Test
    @Order(7)
    void half_of_stripes_keys_are_one_line_that_names_the_others() throws Exception {
        try (var other = ForkedGrowAlert.up(
                folder.resolve("other"), folder.resolve("tmp2"), Map.of("STRIPE_SECRET_KEY", "sk_test_1"), HTTP)) {
            assertThat(other.awaitEnd()).isEqualTo(1);
            assertThat(other.output())
                    .hasLineCount(1)
                    .contains("set STRIPE_PUBLISHABLE_KEY and STRIPE_WEBHOOK_SECRET too");
        }
    }

    private static ForkedGrowAlert up(Map<String, String> environment) throws IOException {
        var definitions = Files.writeString(folder.resolve("definitions.yaml"), "receivers: {console: {log: {}}}\n");
        return ForkedGrowAlert.up(
                folder.resolve("data"), folder.resolve("tmp"), environment, HTTP, "--config", definitions.toString());
    }

    private static String output(String script) throws IOException {
        var process = new ProcessBuilder("bash", "-ec", script)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        return new String(process.getInputStream().readAllBytes(), UTF_8);
    }

    /** Exit code and all that was printed. */
    private static String billing(String holding, String... arguments) {
        var all = new ArrayList<>(List.of("billing"));
        all.addAll(List.of(arguments));
        all.addAll(List.of("--url", "http://127.0.0.1:" + HTTP, "--operator-token-file", holding));
        var printed = new StringWriter();
        int code = GrowAlert.commandLine()
                .setOut(new PrintWriter(printed, true))
                .setErr(new PrintWriter(printed, true))
                .execute(all.toArray(String[]::new));
        return code + " " + printed.toString().strip();
    }

    private static HttpRequest.Builder asOperator(int port, String path, String shown) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .header("Authorization", "Bearer " + shown);
    }

    private static HttpResponse<String> get(String path) throws Exception {
        return described(request(path));
    }

    private static HttpResponse<String> post(String path, Map<String, Object> body) throws Exception {
        return described(request(path)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(JSON.writeValueAsString(body))));
    }

    /** Sends a request to the gateway, and checks the response against the document. */
    private static HttpResponse<String> described(HttpRequest.Builder request) throws Exception {
        var answer = BROWSER.send(request.build(), BodyHandlers.ofString());
        assertThat(API.complaints(answer)).as("%s %s", answer, answer.body()).isEmpty();
        return answer;
    }

    private static HttpRequest.Builder request(String path) {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + HTTP + path));
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
