package io.growalert.standalone;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.growalert.sandbox.StripeSandbox;
import io.growalert.testkit.FreePort;
import io.growalert.testkit.TestPostgres;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** This version continues a site of the previous one: its broker's folder, its database and its customers at Stripe. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PreviousVersionTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int HTTP = ForkedGrowAlert.freeHttp();
    private static final int SANDBOX = HTTP + 4;
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final Queue<Message> ARRIVED = new ConcurrentLinkedQueue<>();

    private record Message(String id, JsonNode event) {
        boolean is(String type, String monitor) {
            return event.path("type").asString().equals(type)
                    && event.path("monitor").asString().equals(monitor);
        }
    }

    @TempDir
    static Path folder;

    private static final TestPostgres DATABASE = new TestPostgres();
    private static final TestPostgres FARM = new TestPostgres();
    private static HttpServer receiver;
    private static ForkedGrowAlert growalert;
    private static Map<String, String> open = Map.of();
    private static List<String> delivered = List.of();
    private static List<String> ledger = List.of();
    private static String payment = "";
    private static String order = "";

    @BeforeAll
    static void upgrade() throws Exception {
        var data = folder.resolve("data");
        var site = RecordedSite.in(data);
        RecordedSite.restore(DATABASE);
        open = openIncidents();
        delivered = rows("select id from dispatcher.deliveries where state = 'delivered'");
        ledger = ledger();
        payment = row("select payment from billing.device_orders where status not in ('paid', 'canceled')");
        order = row("select id from billing.device_orders where payment = '%s'".formatted(payment));
        FARM.jdbc()
                .sql("create table bench (name text primary key, value float8 not null)")
                .update();
        for (var monitor : List.of("open-0", "open-1", "refused", "unreachable", "muted")) {
            value(monitor, 2);
        }
        for (var monitor : List.of("half", "calm")) {
            value(monitor, 0);
        }
        receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.createContext("/", exchange -> {
            try (exchange) {
                var event =
                        JsonMapper.shared().readTree(exchange.getRequestBody().readAllBytes());
                ARRIVED.add(new Message(exchange.getRequestHeaders().getFirst("webhook-id"), event));
                exchange.sendResponseHeaders(204, -1);
            }
        });
        receiver.start();
        var hook = "http://127.0.0.1:%d/hook".formatted(receiver.getAddress().getPort());
        var dead = "http://127.0.0.1:%d/hook".formatted(FreePort.next());
        growalert = ForkedGrowAlert.up(
                data,
                folder.resolve("tmp"),
                Map.of(
                        "FARM_URL", FARM.url().replaceFirst("\\?.*", ""),
                        "HOOK_URL", hook,
                        "REFUSING_URL", dead,
                        "DEAD_URL", dead),
                HTTP,
                "--postgres",
                DATABASE.url(),
                "--config",
                site.definitions().toString());
        growalert.awaitOutput("Ready after");
    }

    @AfterAll
    static void stop() {
        growalert.close();
        receiver.stop(0);
        DATABASE.close();
        FARM.close();
        CLIENT.close();
    }

    @Test
    @Order(1)
    void the_recorded_site_has_open_incidents_and_an_open_order() {
        assertThat(open).hasSizeGreaterThanOrEqualTo(5);
        assertThat(delivered).isNotEmpty();
        assertThat(payment).startsWith("pi_");
        assertThat(ledger).hasSizeGreaterThan(10);
    }

    @Test
    @Order(2)
    void open_incidents_are_open_under_their_ids() {
        await().atMost(PATIENCE).untilAsserted(() -> {
            var now = new TreeMap<String, String>();
            json(operator("/api/alerts").GET()).forEach(alert -> {
                if (!alert.path("series").isEmpty()) {
                    now.put(
                            alert.path("alert").asString(),
                            alert.path("incident").asString());
                }
            });
            assertThat(now).containsAllEntriesOf(open);
        });
    }

    @Test
    @Order(3)
    void one_is_resolved_when_its_value_is_good_and_nothing_is_notified_again() throws Exception {
        value("open-0", 0);

        await().atMost(PATIENCE).until(() -> ARRIVED.stream().anyMatch(message -> message.is("resolved", "open-0")));

        assertThat(ARRIVED)
                .filteredOn(message -> message.is("resolved", "open-0"))
                .singleElement()
                .satisfies(message -> assertThat(open)
                        .containsValue(message.event().path("incident").asString()));
        assertThat(ARRIVED).extracting(Message::id).doesNotContainAnyElementsOf(delivered);
        assertThat(ARRIVED)
                .filteredOn(message -> message.event().path("type").asString().equals("firing"))
                .as("the mute of an hour ended, and released what it held")
                .allMatch(message -> message.is("firing", "muted"));
    }

    @Test
    @Order(3)
    void the_refund_that_was_in_progress_is_recorded_and_nothing_else_is_changed_or_charged() throws Exception {
        await().atMost(PATIENCE)
                .until(
                        () -> row("select count(*) from billing.device_orders where refunded_amount = amount"),
                        "1"::equals);

        assertThat(ledger()).containsAll(ledger);
        assertThat(row("select count(*) from billing.stripe_events where state = 'parked'"))
                .isEqualTo("1");
        assertThat(charges()).isEqualTo(2 + 1);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(rows("select kind || ' ' || state from billing.mails"))
                .containsExactly("refunded sent"));
    }

    @Test
    @Order(4)
    void the_open_order_is_paid_shipped_and_mailed_once() throws Exception {
        CLIENT.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/sandbox/payment_intents/%s/authenticate"
                                .formatted(SANDBOX, payment)))
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(BodyPublishers.ofString("success=true"))
                        .build(),
                BodyHandlers.discarding());
        await().atMost(PATIENCE)
                .until(
                        () -> row("select status from billing.device_orders where id = '%s'".formatted(order)),
                        "paid"::equals);

        var out = new StringWriter();
        int code = GrowAlert.commandLine()
                .setOut(new PrintWriter(out, true))
                .execute(
                        "billing",
                        "shipped",
                        order,
                        "--url",
                        "http://127.0.0.1:" + HTTP,
                        "--operator-token-file",
                        folder.resolve("data/operator-token").toString());

        assertThat(code).as(out.toString()).isZero();
        assertThat(row("select shipping_state from billing.orders where id = '%s'".formatted(order)))
                .isEqualTo("shipped");
        assertThat(charges()).isEqualTo(2 + 1 + 1);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(rows(
                        "select kind || ' ' || state from billing.mails where subject like '%s%%'".formatted(order)))
                .contains("receipt sent", "shipped sent"));
        assertThat(row("select count(*) from billing.orders where shipping_state = 'unknown'"))
                .as("whether it was shipped is unknown of an order that was paid before")
                .isEqualTo("1");
    }

    private static Map<String, String> openIncidents() {
        var incidents = new TreeMap<String, String>();
        DATABASE.jdbc()
                .sql("select alert_id, id from dispatcher.incidents where resolved_at is null")
                .query()
                .listOfRows()
                .forEach(row -> incidents.put(String.valueOf(row.get("alert_id")), String.valueOf(row.get("id"))));
        return incidents;
    }

    /** What money depends on, without the columns that newer versions add. */
    private static List<String> ledger() {
        return rows("""
                select 'order ' || concat_ws(' ', id, customer, payment, quantity, amount) from billing.device_orders
                union all select 'charge ' || concat_ws(' ', id, payment, status, amount, amount_captured) from billing.charges
                union all select 'invoice ' || concat_ws(' ', id, customer, status, amount_due, amount_paid) from billing.invoices
                union all select 'payment ' || concat_ws(' ', id, customer, amount) from billing.payments
                union all select 'customer ' || concat_ws(' ', id, email) from billing.customers
                union all select 'subscription ' || concat_ws(' ', id, customer) from billing.subscriptions
                union all select 'registration ' || concat_ws(' ', customer, address) from billing.registrations
                """);
    }

    private static int charges() throws Exception {
        return json(request("http://127.0.0.1:%d/v1/charges?limit=100".formatted(SANDBOX))
                        .header("Authorization", "Bearer " + StripeSandbox.SECRET_KEY))
                .path("data")
                .size();
    }

    private static void value(String monitor, double value) {
        FARM.jdbc()
                .sql("insert into bench values (:name, :value) on conflict (name) do update set value = excluded.value")
                .param("name", monitor)
                .param("value", value)
                .update();
    }

    private static List<String> rows(String sql) {
        return DATABASE.jdbc().sql(sql).query(String.class).list();
    }

    private static String row(String sql) {
        return rows(sql).getFirst();
    }

    private static HttpRequest.Builder operator(String path) throws Exception {
        var token =
                Files.readString(folder.resolve("data/operator-token"), UTF_8).strip();
        return request("http://127.0.0.1:" + HTTP + path).header("Authorization", "Bearer " + token);
    }

    private static HttpRequest.Builder request(String address) {
        return HttpRequest.newBuilder(URI.create(address));
    }

    private static JsonNode json(HttpRequest.Builder request) throws Exception {
        return JsonMapper.shared()
                .readTree(CLIENT.send(request.build(), BodyHandlers.ofString()).body());
    }
}
