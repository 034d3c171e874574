package io.growalert.billing.customer;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.growalert.billing.BillingService;
import io.growalert.billing.TestDatabase;
import io.growalert.sandbox.Options;
import io.growalert.sandbox.PlanPrice;
import io.growalert.sandbox.StripeSandbox;
import io.growalert.testkit.TestKafka;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The whole billing-service over real HTTP, beside a real database and the sandbox. */
public final class Running implements AutoCloseable {
    public static final String KEY =
            Base64.getEncoder().encodeToString("k".repeat(32).getBytes(UTF_8));
    public static final String OLD_KEY =
            Base64.getEncoder().encodeToString("o".repeat(32).getBytes(UTF_8));
    private static final JsonMapper JSON = JsonMapper.shared();

    public final TestDatabase database;
    public final StripeSandbox stripe;
    private final boolean own;
    private final Map<String, Object> settings;
    private final ConfigurableApplicationContext service;
    private final HttpClient http = HttpClient.newHttpClient();

    private Running(TestDatabase database, StripeSandbox stripe, boolean own, Map<String, Object> settings) {
        this.database = database;
        this.stripe = stripe;
        this.own = own;
        this.settings = settings;
        service = BillingService.start(settings(database, stripe, settings));
    }

    public static Running started() throws IOException {
        return started(Map.of());
    }

    public static Running started(Map<String, Object> settings) throws IOException {
        return started(Options.defaults(), settings);
    }

    /** The sandbox sends its events to the service. */
    public static Running withWebhooks(Map<String, Object> settings) throws IOException {
        int port = freePort();
        var all = new HashMap<>(settings);
        all.put("server.port", port);
        var webhook = URI.create("http://127.0.0.1:%d/webhook".formatted(port));
        return started(Options.defaults().withWebhook(webhook, "whsec_test"), all);
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static Running started(Options stripe, Map<String, Object> settings) throws IOException {
        var prices = List.of(
                new PlanPrice("premium", "Premium", 1_500, "eur", "month"),
                new PlanPrice("basic", "Basic", 500, "eur", "month"));
        return new Running(TestDatabase.migrated(), StripeSandbox.start(stripe.withPrices(prices)), true, settings);
    }

    /** Beside a sandbox with these prices, all of which are offered. */
    public static Running selling(List<PlanPrice> prices, InstantSource clockOfStripe, Map<String, Object> settings)
            throws IOException {
        var all = new HashMap<>(settings);
        all.put(
                "growalert.billing.customer.prices",
                prices.stream().map(PlanPrice::lookupKey).toList());
        var options = Options.defaults().withPrices(prices).withClock(clockOfStripe);
        return new Running(TestDatabase.migrated(), StripeSandbox.start(options), true, all);
    }

    /** On a database that was there before. */
    public static Running on(TestDatabase database, Map<String, Object> settings) throws IOException {
        return new Running(database, StripeSandbox.start(Options.defaults()), true, settings);
    }

    /** Another instance on the same database and the same Stripe, with these settings changed. */
    public Running beside(Map<String, Object> settings) {
        var all = new HashMap<>(this.settings);
        all.putAll(settings);
        return new Running(database, stripe, false, all);
    }

    private static Map<String, Object> settings(
            TestDatabase database, StripeSandbox stripe, Map<String, Object> others) {
        var settings = new HashMap<String, Object>();
        settings.put("server.port", 0);
        settings.put("growalert.billing.kafka", TestKafka.bootstrapServers());
        settings.put("growalert.billing.database.url", database.url());
        settings.put("growalert.billing.database.username", "postgres");
        settings.put("growalert.billing.stripe.api-base", stripe.apiBase());
        settings.put("growalert.billing.stripe.secret-key", StripeSandbox.SECRET_KEY);
        settings.put("growalert.billing.stripe.publishable-key", StripeSandbox.PUBLISHABLE_KEY);
        settings.put("growalert.billing.stripe.retries", 0);
        settings.put("growalert.billing.webhook.secrets", List.of("whsec_test"));
        settings.put("growalert.billing.customer.prices", List.of("basic", "premium"));
        settings.put("growalert.billing.customer.device.amount", 4_900);
        settings.put("growalert.billing.customer.device.currency", "eur");
        settings.put("growalert.billing.customer.session.keys", List.of(KEY));
        // most tests need no webhooks
        settings.put("growalert.billing.doctor.every", "0s");
        settings.putAll(others);
        return settings;
    }

    /** Of the command line of a further instance at this port. */
    public List<String> arguments(int port) {
        var all = settings(database, stripe, settings);
        all.put("server.port", port);
        return all.entrySet().stream()
                .map(setting -> "--%s=%s"
                        .formatted(
                                setting.getKey(),
                                setting.getValue() instanceof List<?> list
                                        ? list.stream().map(String::valueOf).collect(Collectors.joining(","))
                                        : setting.getValue()))
                .toList();
    }

    public <T> T bean(Class<T> type) {
        return service.getBean(type);
    }

    public URI at(String path) {
        return URI.create(
                "http://127.0.0.1:%s%s".formatted(service.getEnvironment().getProperty("local.server.port"), path));
    }

    /** A response, with its body as JSON if it is any. */
    public record Answer(int status, JsonNode json, HttpResponse<String> response) {
        public String code() {
            return json.path("code").asString("");
        }

        public String header(String name) {
            return response.headers().firstValue(name).orElse("");
        }

        /** The cookie {@code customer} that it sets. */
        public String cookie() {
            var cookie = header("Set-Cookie");
            return cookie.substring(cookie.indexOf('=') + 1, cookie.indexOf(';'));
        }
    }

    public Answer get(String path, @Nullable String cookie) {
        return send(request(path, cookie).GET());
    }

    public Answer post(String path, @Nullable String cookie, String json, String... headers) {
        var request =
                request(path, cookie).header("Content-Type", "application/json").POST(BodyPublishers.ofString(json));
        return send(headers.length == 0 ? request : request.headers(headers));
    }

    public HttpRequest.Builder request(String path, @Nullable String cookie) {
        var request = HttpRequest.newBuilder(at(path));
        return cookie == null ? request : request.header("Cookie", "customer=" + cookie);
    }

    public Answer send(HttpRequest.Builder request) {
        try {
            var response = http.send(request.build(), BodyHandlers.ofString());
            var type = response.headers().firstValue("Content-Type").orElse("");
            var json = type.contains("json") ? JSON.readTree(response.body()) : JSON.nullNode();
            return new Answer(response.statusCode(), json, response);
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** A new customer's cookie. */
    public String register(String email) {
        var answer = post("/create-customer", null, "{\"email\": \"%s\"}".formatted(email));
        if (answer.status() != 200) {
            throw new AssertionError(answer.json());
        }
        return answer.cookie();
    }

    public static String customerIn(String cookie) {
        return cookie.substring(0, cookie.indexOf('.'));
    }

    /** The response of the sandbox to a direct request. */
    public JsonNode stripe(String method, String path, String form) {
        return send(HttpRequest.newBuilder(stripe.apiBase().resolve(path))
                        .header("Authorization", "Bearer " + StripeSandbox.SECRET_KEY)
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .method(method, BodyPublishers.ofString(form)))
                .json();
    }

    /** A customer's charges that moved money. */
    public List<JsonNode> charged(String cookie) {
        return stripe("GET", "/v1/charges?limit=100&customer=" + customerIn(cookie), "")
                .path("data")
                .valueStream()
                .filter(charge -> charge.path("status").asString().equals("succeeded"))
                .toList();
    }

    /** A customer's payments, by status. */
    public List<String> payments(String cookie) {
        return stripe("GET", "/v1/payment_intents?limit=100&customer=" + customerIn(cookie), "")
                .path("data")
                .valueStream()
                .map(payment -> payment.path("status").asString())
                .toList();
    }

    /** A token of a card, as a page makes one. */
    public String token(String number) {
        return stripe(
                        "POST",
                        "/v1/tokens",
                        "card[number]=%s&card[exp_month]=12&card[exp_year]=2034&card[cvc]=123".formatted(number))
                .path("id")
                .asString();
    }

    /** A payment method of a card, as a page makes one. */
    public String method(String number) {
        return stripe(
                        "POST",
                        "/v1/payment_methods",
                        "type=card&card[number]=%s&card[exp_month]=12&card[exp_year]=2034&card[cvc]=123"
                                .formatted(number))
                .path("id")
                .asString();
    }

    /** How many mails ended like this. */
    public double mails(String outcome) {
        return bean(MeterRegistry.class).get("growalert.billing.mails").tag("outcome", outcome).counters().stream()
                .mapToDouble(Counter::count)
                .sum();
    }

    /** All that is in the database, except in these tables, as text. */
    public String dump(String... except) {
        var tables = database.jdbc()
                .sql("select table_name from information_schema.tables where table_schema = 'billing'")
                .query(String.class)
                .list();
        var all = new ArrayList<String>();
        tables.removeAll(List.of(except));
        for (var table : tables) {
            all.addAll(database.jdbc()
                    .sql("select t::text from billing.\"%s\" t".formatted(table))
                    .query(String.class)
                    .list());
        }
        return String.join("\n", all);
    }

    @Override
    public void close() {
        http.close();
        service.close();
        if (own) {
            stripe.close();
            database.close();
        }
    }
}
