package io.growalert.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.stripe.StripeClient;
import com.stripe.exception.ApiException;
import com.stripe.exception.RateLimitException;
import com.stripe.exception.StripeException;
import com.stripe.net.RequestOptions;
import com.stripe.param.CustomerCreateParams;
import io.growalert.sandbox.fault.Fault;
import io.growalert.sandbox.fault.When;
import io.growalert.sandbox.http.JsonNodes;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RequestFaultsTest {
    private final HttpClient client = HttpClient.newHttpClient();
    private StripeSandbox sandbox;

    @BeforeEach
    void start() throws IOException {
        sandbox = StripeSandbox.start(Options.defaults());
    }

    @AfterEach
    void stop() {
        sandbox.close();
        client.close();
    }

    @Test
    void too_many_requests_get_retry_after() throws Exception {
        sandbox.faults().add(new Fault.RateLimit(Duration.ofMillis(1500)), When.next(2));

        assertThatThrownBy(() -> create("k1"))
                .isInstanceOfSatisfying(
                        RateLimitException.class, e -> assertThat(e.getCode()).isEqualTo("rate_limit"));
        var answer = get("/v1/customers");
        assertThat(answer.statusCode()).isEqualTo(429);
        assertThat(answer.headers().firstValue("Retry-After")).contains("2");
        create("k1");
        assertThat(customers()).isOne();
    }

    @Test
    void an_error_before_the_work_leaves_nothing_behind_and_a_repeat_does_it() throws StripeException {
        sandbox.faults().add(new Fault.ErrorBefore(), When.next(1).on("POST", "/v1/customers"));

        assertThatThrownBy(() -> create("k1")).isInstanceOf(ApiException.class);

        assertThat(customers()).isZero();
        create("k1");
        assertThat(customers()).isOne();
    }

    @Test
    void an_error_after_the_work_is_remembered_with_its_key() throws StripeException {
        sandbox.faults().add(new Fault.ErrorAfter(), When.next(1).on("POST", "/v1/customers"));

        assertThatThrownBy(() -> create("k1")).isInstanceOf(ApiException.class);

        assertThat(customers()).isOne();
        assertThatThrownBy(() -> create("k1"))
                .isInstanceOfSatisfying(
                        ApiException.class, e -> assertThat(e.getStatusCode()).isEqualTo(500));
        assertThat(customers()).isOne();
    }

    @Test
    void a_connection_that_is_cut_after_the_work_gets_the_answer_with_the_same_key() throws Exception {
        sandbox.faults().add(new Fault.CutAfter(), When.next(1).on("POST", "/v1/customers"));
        // not by the SDK: the JDK's HttpURLConnection below it repeats a request whose connection was cut
        var request = request("/v1/customers")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("Idempotency-Key", "k1")
                .POST(BodyPublishers.ofString("name=A"))
                .build();

        assertThatThrownBy(() -> client.send(request, BodyHandlers.ofString())).isInstanceOf(IOException.class);

        assertThat(customers()).isOne();
        var again = client.send(request, BodyHandlers.ofString());
        assertThat(again.statusCode()).isEqualTo(200);
        assertThat(again.headers().firstValue("Idempotent-Replayed")).contains("true");
        assertThat(customers()).isOne();
    }

    @Test
    void a_response_that_hangs_after_the_work_is_had_with_the_same_key() throws Exception {
        sandbox.faults()
                .add(new Fault.HangAfter(Duration.ofHours(1)), When.next(1).on("POST", "/v1/customers"));
        var request = request("/v1/customers")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("Idempotency-Key", "k1")
                .POST(BodyPublishers.ofString("name=A"));

        var hanging = client.sendAsync(request.build(), BodyHandlers.ofString());

        await().untilAsserted(() -> assertThat(customers()).isOne());
        assertThat(hanging).isNotDone();
        var again = client.send(request.build(), BodyHandlers.ofString());
        assertThat(again.headers().firstValue("Idempotent-Replayed")).contains("true");
        assertThat(customers()).isOne();
        hanging.cancel(true);
    }

    @Test
    void faults_are_set_shown_and_cleared_by_http() throws Exception {
        var set = post("""
                {"kind": "rate_limit", "retry_after_ms": 1000, "method": "GET", "path": "/v1/events", "next": 5}
                """);
        assertThat(set.statusCode()).isEqualTo(200);
        assertThat(get("/v1/events").statusCode()).isEqualTo(429);
        assertThat(get("/sandbox/faults").body())
                .contains("\"kind\" : \"rate_limit\"", "\"retry_after_ms\" : 1000", "\"next\" : 4", "/v1/events");

        var cleared = client.send(request("/sandbox/faults").DELETE().build(), BodyHandlers.ofString());

        assertThat(cleared.statusCode()).isEqualTo(200);
        assertThat(get("/v1/events").statusCode()).isEqualTo(200);
    }

    @Test
    void every_kind_of_fault_can_be_requested_and_is_shown_as_requested() throws Exception {
        var posted = """
                {"kind":"duplicates","copies":5,"type":"invoice.","next":3}
                {"kind":"shuffle","window_ms":2000,"seed":7}
                {"kind":"delay","delay_ms":100}
                {"kind":"same_second","hold_ms":5000}
                {"kind":"rate_limit","retry_after_ms":1000,"method":"POST","path":"/v1/charges","share":0.5}
                {"kind":"error_before","next":1}
                {"kind":"error_after","next":1}
                {"kind":"cut_after","next":1}
                {"kind":"hang_after","hang_ms":70,"next":4}
                {"kind":"hang","hang_ms":50,"method":"GET","path":"/v1/prices"}
                {"kind":"refuse","status":400,"type":"invalid_request_error","message":"No.","code":"parameter_unknown","param":"foo"}
                {"kind":"drop"}
                """.lines().toList();
        for (var fault : posted) {
            assertThat(post(fault).statusCode()).isEqualTo(200);
        }

        var shown = JsonNodes.objects(
                JsonNodes.MAPPER.readTree(get("/sandbox/faults").body()).path("faults"));

        assertThat(shown).extracting(JsonNodes.MAPPER::writeValueAsString).containsExactlyInAnyOrderElementsOf(posted);
    }

    @Test
    void a_malformed_fault_is_rejected_with_the_reason() throws Exception {
        assertThat(post("{").statusCode()).isEqualTo(400);
        assertThat(post("[]").statusCode()).isEqualTo(400);
        assertThat(post("{\"kind\": \"earthquake\"}").body()).contains("earthquake", "rate_limit");
        assertThat(post("{\"kind\": \"drop\", \"nxt\": 1}").body()).contains("nxt", "next");
        assertThat(post("{\"kind\": \"duplicates\", \"copies\": 1}").body()).contains("between 2 and 100");
        assertThat(post("{\"kind\": \"delay\"}").body()).contains("longer than nothing");
        assertThat(get("/sandbox/faults").body()).doesNotContain("kind");
    }

    @Test
    void the_status_page_counts_objects_and_shows_that_no_money_moves() throws Exception {
        create("k1");

        assertThat(get("/sandbox").body()).contains("stripe-sandbox: no money moves", "\"customer\" : 1");
        assertThat(get("/sandbox/status").headers().firstValue("Content-Type")).contains("application/json");
    }

    private void create(String key) throws StripeException {
        stripe().v1()
                .customers()
                .create(
                        CustomerCreateParams.builder().setName("A").build(),
                        RequestOptions.builder().setIdempotencyKey(key).build());
    }

    private int customers() throws StripeException {
        return stripe().v1().customers().list().getData().size();
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return client.send(request(path).build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> post(String fault) throws IOException, InterruptedException {
        return client.send(
                request("/sandbox/faults")
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(fault))
                        .build(),
                BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(sandbox.apiBase().resolve(path))
                .header("Authorization", "Bearer " + StripeSandbox.SECRET_KEY);
    }

    private StripeClient stripe() {
        return StripeClient.builder()
                .setApiKey(StripeSandbox.SECRET_KEY)
                .setApiBase(sandbox.apiBase().toString())
                .build();
    }
}
