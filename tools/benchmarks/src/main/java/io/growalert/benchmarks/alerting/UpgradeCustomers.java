package io.growalert.benchmarks.alerting;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.growalert.benchmarks.load.StripeSigner;
import io.growalert.benchmarks.process.Await;
import io.growalert.sandbox.StripeSandbox;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The customers of a site that is upgraded: what they have at its end, and the requests that continue it. */
final class UpgradeCustomers {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    /**
     * What the customers had when the previous version ended.
     *
     * @param openPayment of the order that is not paid
     * @param refunded the order whose refund billing had not heard of
     * @param ledger rows by table and id
     * @param charges at the sandbox: amounts by id
     */
    record Left(String openPayment, String refunded, Map<String, JsonNode> ledger, Map<String, String> charges) {}

    private final UpgradeSite site;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

    UpgradeCustomers(UpgradeSite site) {
        this.site = site;
    }

    /** A subscription with two paid orders, a refund of one of them that billing has not heard of, an order whose payment is open, and a parked event. */
    Left leave() throws Exception {
        var ann = register("ann@example.org");
        var price = json(send(gateway("/config"))).at("/prices/0/id").asString();
        var subscription = post(ann, "/create-subscription", "{\"priceId\": \"%s\"}".formatted(price));
        stripe(
                "/v1/payment_intents/%s/confirm"
                        .formatted(subscription.path("clientSecret").asString().replaceFirst("_secret_.*", "")),
                "payment_method",
                "pm_card_visa");
        post(ann, "/charge", "{\"token\": \"tok_visa\", \"quantity\": 2}");
        var refunded = post(ann, "/charge", "{\"token\": \"tok_visa\", \"quantity\": 1}");
        var bob = register("bob@example.org");
        var open = post(bob, "/charge", "{\"token\": \"pm_card_threeDSecure2Required\", \"quantity\": 3}");
        webhook(malformed());
        Await.until(
                PATIENCE,
                () -> count("select count(*) from billing.device_orders where status = 'paid'") == 2
                        && count("select count(*) from billing.device_orders where status not in ('paid', 'canceled')")
                                == 1
                        && count("select count(*) from billing.subscriptions where status = 'active'") == 1
                        && count("select count(*) from billing.stripe_events where state = 'parked'") == 1);
        // it does not renew, however long the site is stored
        post(ann, "/cancel-subscription", "{\"when\": \"period_end\"}");
        Await.until(
                PATIENCE, () -> count("select count(*) from billing.subscriptions where cancel_at_period_end") == 1);
        for (var type : List.of("refund", "charge.refund")) {
            send(sandbox(
                    "/sandbox/faults",
                    "{\"kind\": \"delay\", \"delay_ms\": 3600000, \"type\": \"%s\"}".formatted(type)));
        }
        stripe("/v1/refunds", "charge", refunded.path("id").asString());
        Await.until(
                PATIENCE,
                () -> count("select count(*) from billing.stripe_events where state = 'received'") == 0
                        && count("select count(*) from billing.outbox where relayed_at is null") == 0);
        return new Left(
                open.path("paymentIntentId").asString(),
                text("select id from billing.device_orders where payment = '%s'"
                        .formatted(refunded.path("payment_intent").asString())),
                ledger(),
                charges());
    }

    /** An event without what its type requires, so that it is parked. */
    private static String malformed() {
        return """
                {"id": "evt_malformed", "object": "event", "type": "charge.succeeded", "created": %d, "livemode": false,
                 "data": {"object": {"id": "ch_malformed", "object": "charge", "metadata": {"growalert_request": "upgrade"}}}}
                """.formatted(Instant.now().getEpochSecond());
    }

    /** The card's owner authenticates, and so pays. */
    void authenticate(String payment) throws Exception {
        send(sandbox("/sandbox/payment_intents/%s/authenticate".formatted(payment), "success=true"));
    }

    /** The rows that money depends on, by table and id. */
    Map<String, JsonNode> ledger() throws Exception {
        var rows = new TreeMap<String, JsonNode>();
        for (var table : List.of(
                "customers",
                "subscriptions",
                "invoices",
                "payments",
                "charges",
                "refunds",
                "disputes",
                "device_orders",
                "registrations")) {
            for (var row : texts("select to_json(t)::text from billing.%s t".formatted(table))) {
                var json = JSON.readTree(row);
                rows.put(
                        "%s %s"
                                .formatted(
                                        table,
                                        json.path("id")
                                                .asString(json.path("customer").asString(""))),
                        json);
            }
        }
        return rows;
    }

    /** Amounts of all charges at the sandbox, by id. */
    Map<String, String> charges() throws Exception {
        var charges = new TreeMap<String, String>();
        json(send(request(URI.create("http://127.0.0.1:%d/v1/charges?limit=100"
                                .formatted(site.ports().http() + 4)))
                        .header("Authorization", "Bearer " + StripeSandbox.SECRET_KEY)))
                .path("data")
                .forEach(charge -> charges.put(
                        charge.path("id").asString(),
                        "%s %s"
                                .formatted(
                                        charge.path("amount"),
                                        charge.path("status").asString())));
        return charges;
    }

    /** The mails in the data folder, each as its text. */
    List<String> mails() {
        var folder = site.scratch().resolve("data").resolve("mail");
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (var files = Files.list(folder)) {
            var mails = new ArrayList<String>();
            for (var file :
                    files.filter(each -> each.toString().endsWith(".eml")).toList()) {
                mails.add(Files.readString(file));
            }
            return mails;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    long count(String sql) {
        try {
            return Long.parseLong(text(sql));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The first column of the first row; empty without one. */
    String text(String sql) throws SQLException {
        return texts(sql).stream().findFirst().orElse("");
    }

    List<String> texts(String sql) throws SQLException {
        try (var connection = DriverManager.getConnection(site.ports().database());
                var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            var texts = new ArrayList<String>();
            while (rows.next()) {
                texts.add(rows.getString(1));
            }
            return texts;
        }
    }

    private String register(String email) throws Exception {
        var response = send(gateway("/create-customer")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"email\": \"%s\"}".formatted(email))));
        return response.headers().firstValue("set-cookie").orElseThrow().replaceFirst(";.*", "");
    }

    private JsonNode post(String cookie, String path, String body) throws Exception {
        return json(send(gateway(path)
                .header("Content-Type", "application/json")
                .header("Cookie", cookie)
                .POST(HttpRequest.BodyPublishers.ofString(body))));
    }

    private void webhook(String body) throws Exception {
        Path keys = site.scratch()
                .resolve("data")
                .resolve("services")
                .resolve("billing-service")
                .resolve("keys");
        var signer = new StripeSigner(Files.readAllLines(keys).get(1));
        send(gateway("/webhook")
                .header("Content-Type", "application/json")
                .header("Stripe-Signature", signer.of(body.getBytes(UTF_8), Instant.now()))
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private void stripe(String path, String... parameters) throws Exception {
        var form = new ArrayList<String>();
        for (int i = 0; i < parameters.length; i += 2) {
            form.add(parameters[i] + "=" + URLEncoder.encode(parameters[i + 1], UTF_8));
        }
        send(sandbox(path, form.stream().collect(Collectors.joining("&"))));
    }

    private HttpRequest.Builder sandbox(String path, String body) {
        return request(URI.create("http://127.0.0.1:%d%s".formatted(site.ports().http() + 4, path)))
                .header("Authorization", "Bearer " + StripeSandbox.SECRET_KEY)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(body));
    }

    private HttpRequest.Builder gateway(String path) {
        return request(URI.create("http://127.0.0.1:%d%s".formatted(site.ports().http(), path)));
    }

    private static HttpRequest.Builder request(URI address) {
        return HttpRequest.newBuilder(address).timeout(Duration.ofSeconds(30));
    }

    private static JsonNode json(HttpResponse<String> response) {
        return JSON.readTree(response.body());
    }

    /** @throws IllegalStateException when the response is not a 2xx */
    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        var response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() / 100 != 2) {
            throw new IllegalStateException(
                    "%s: %d %s".formatted(response.uri(), response.statusCode(), response.body()));
        }
        return response;
    }
}
