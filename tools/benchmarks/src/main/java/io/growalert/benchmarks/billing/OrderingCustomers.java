package io.growalert.benchmarks.billing;

import io.growalert.benchmarks.report.Report;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Customers that register, subscribe and order devices through a gateway, one after the other. A request whose answer is lost
 * or a failure is sent again under its key, as a browser does, until it is answered.
 */
public final class OrderingCustomers implements AutoCloseable {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration BETWEEN = Duration.ofSeconds(2);
    private static final Duration PATIENCE = Duration.ofMinutes(4);
    private static final int ORDERS = 2;

    private record Order(String customer, int quantity) {}

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
    private final SandboxClient stripe;
    private final URI gateway;
    private final List<String> customers = new ArrayList<>();
    private final List<Order> paid = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();
    private final Map<String, Integer> outcomes = new TreeMap<>();
    private final Thread thread = Thread.ofPlatform().unstarted(this::live);
    private int number;
    private volatile boolean stopped;

    public OrderingCustomers(int gateway, URI stripe) {
        this.gateway = URI.create("http://127.0.0.1:" + gateway);
        this.stripe = new SandboxClient(stripe);
    }

    public void start() {
        thread.start();
    }

    private void live() {
        try {
            while (!stopped) {
                register(number++);
                TimeUnit.MILLISECONDS.sleep(BETWEEN.toMillis());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void register(int number) throws InterruptedException {
        var registered = send("/create-customer", "{\"email\":\"soak%d@example.com\"}".formatted(number), null);
        if (registered == null) {
            return;
        }
        var cookie = registered
                .headers()
                .firstValue("Set-Cookie")
                .map(value -> value.replaceAll(";.*", ""))
                .orElse(null);
        var customer = JSON.readTree(registered.body()).at("/customer/id").asString("");
        customers.add(customer);
        subscribe(cookie);
        for (int order = 1; order <= ORDERS; order++) {
            var answer = send("/charge", "{\"token\":\"pm_card_visa\",\"quantity\":%d}".formatted(order), cookie);
            if (answer != null) {
                paid.add(new Order(customer, order));
            }
        }
    }

    private void subscribe(@Nullable String cookie) throws InterruptedException {
        var price = stripe.get("/v1/prices").at("/data/0/id").asString("");
        var offered = stripe.get("/v1/prices", "lookup_keys[0]", "basic")
                .at("/data/0/id")
                .asString(price);
        var answer = send("/create-subscription", "{\"priceId\":\"%s\"}".formatted(offered), cookie);
        if (answer != null) {
            var secret = JSON.readTree(answer.body()).path("clientSecret").asString("");
            stripe.post(
                    "/v1/payment_intents/%s/confirm".formatted(secret.replaceAll("_secret.*", "")),
                    "payment_method",
                    "pm_card_visa");
        }
    }

    /** The answer with 200; null when it is rejected for good, or there is none in time. */
    private @Nullable HttpResponse<String> send(String path, String body, @Nullable String cookie)
            throws InterruptedException {
        var request = HttpRequest.newBuilder(gateway.resolve(path))
                .timeout(Duration.ofSeconds(35))
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", UUID.randomUUID().toString())
                .POST(HttpRequest.BodyPublishers.ofString(body));
        if (cookie != null) {
            request.header("Cookie", cookie);
        }
        var end = Instant.now().plus(PATIENCE);
        var last = "";
        while (Instant.now().isBefore(end) && !(stopped && last.isEmpty())) {
            try {
                var answer = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
                last = outcome(path, answer);
                outcomes.merge(last, 1, Integer::sum);
                if (answer.statusCode() == 200) {
                    return answer;
                }
                if (isFinal(answer.statusCode())) {
                    break;
                }
            } catch (IOException e) {
                last = path + " none";
                outcomes.merge(last, 1, Integer::sum);
            }
            TimeUnit.SECONDS.sleep(1);
        }
        if (!last.isEmpty()) {
            failures.add(last);
        }
        return null;
    }

    private static boolean isFinal(int status) {
        return status / 100 == 4 && status != 408 && status != 409 && status != 429;
    }

    private static String outcome(String path, HttpResponse<String> answer) {
        return answer.statusCode() == 200
                ? path + " 200"
                : "%s %d %s".formatted(path, answer.statusCode(), code(answer.body()));
    }

    private static String code(String body) {
        try {
            return JSON.readTree(body).path("code").asString("");
        } catch (JacksonException e) {
            return "";
        }
    }

    /** Whether each order was charged once. */
    public void judge(Report report) throws InterruptedException {
        stopped = true;
        thread.join();
        Report.print("%d customers registered, %d orders paid; answers: %s"
                .formatted(customers.size(), paid.size(), outcomes));
        report.check("customers' requests all succeed in the end", failures);
        var wrong = new ArrayList<String>();
        for (var customer : customers) {
            var charged = charged(customer);
            var ordered = paid.stream()
                    .filter(order -> order.customer().equals(customer))
                    .map(Order::quantity)
                    .sorted()
                    .toList();
            if (!charged.equals(ordered)) {
                wrong.add("%s ordered %s and paid %s".formatted(customer, ordered, charged));
            }
        }
        report.check("each order is charged once", wrong);
        report.check("customers ordered", !paid.isEmpty(), "no order was paid");
    }

    /** The quantities that this customer paid. */
    private List<Integer> charged(String customer) {
        var quantities = new ArrayList<Integer>();
        for (JsonNode intent : stripe.get("/v1/payment_intents", "customer", customer, "limit", "100")
                .path("data")) {
            if (intent.path("status").asString("").equals("succeeded")
                    && intent.path("metadata").has("growalert_order")) {
                quantities.add(Integer.parseInt(
                        intent.at("/metadata/growalert_quantity").asString("0")));
            }
        }
        return quantities.stream().sorted().toList();
    }

    @Override
    public void close() {
        stopped = true;
        thread.interrupt();
        http.close();
    }
}
