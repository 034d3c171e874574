package io.growalert.billing.stripe;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.billing.customer.Settings;
import io.growalert.billing.stripe.StripeTrial.CallResult;
import io.growalert.billing.stripe.StripeTrial.TriedCall;
import io.growalert.sandbox.Options;
import io.growalert.sandbox.PlanPrice;
import io.growalert.sandbox.StripeSandbox;
import io.growalert.sandbox.fault.Fault;
import io.growalert.sandbox.fault.When;
import io.growalert.testkit.StubServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class StripeTrialTest {
    @SuppressWarnings("NullAway.Init")
    private static StripeSandbox sandbox;

    @BeforeAll
    static void start() throws IOException {
        sandbox = StripeSandbox.start(
                Options.defaults().withPrices(List.of(new PlanPrice("basic", "Basic", 500, "eur", "month"))));
    }

    @AfterAll
    static void stop() {
        sandbox.close();
    }

    @AfterEach
    void clearFaults() {
        sandbox.faults().clear();
    }

    private static StripeTrial.TrialReport tried(URI address, String key) {
        return StripeConnection.open(Settings.stripe(address, key)).trial().run(true);
    }

    @Test
    void a_key_with_all_rights_may_do_everything_and_nothing_is_changed_by_the_trial() throws Exception {
        var before = objects();

        var report = tried(sandbox.apiBase(), StripeSandbox.SECRET_KEY);

        assertThat(report.attempts())
                .hasSize(StripeCall.values().length)
                .extracting(TriedCall::result)
                .containsOnly(new CallResult.Permitted());
        assertThat(report.failure()).isEmpty();
        assertThat(report.ahead()).hasValue(Duration.ZERO);
        assertThat(objects()).isEqualTo(before);
    }

    @Test
    void a_key_without_any_right_may_do_nothing_and_each_call_names_its_right() {
        var report = tried(sandbox.apiBase(), sandbox.keys().create(List.of()));

        assertThat(report.attempts()).hasSize(StripeCall.values().length).allSatisfy(tried -> assertThat(tried.result())
                .isInstanceOfSatisfying(CallResult.Forbidden.class, forbidden -> assertThat(forbidden.rights())
                        .hasSize(1)));
        assertThat(report.failure()).isEmpty();
    }

    @Test
    void an_unknown_key_is_rejected_at_the_first_call() {
        var report = tried(sandbox.apiBase(), "sk_test_unknown");

        assertThat(report.attempts()).hasSize(1);
        assertThat(report.failure()).hasValue(new CallResult.Denied());
    }

    @Test
    void an_unreachable_stripe_is_reported_at_the_first_call() {
        var report = tried(URI.create("http://127.0.0.1:1"), "sk_test_1");

        assertThat(report.attempts()).hasSize(1);
        assertThat(report.failure()).hasValue(new CallResult.Unreachable());
        assertThat(report.ahead()).isEmpty();
    }

    @Test
    void a_failure_of_stripe_leaves_a_call_unknown() {
        sandbox.faults().add(new Fault.ErrorBefore(), When.ALWAYS.on("GET", "/v1/disputes"));

        assertThat(tried(sandbox.apiBase(), StripeSandbox.SECRET_KEY).attempts())
                .filteredOn(tried -> tried.result() instanceof CallResult.Unknown)
                .extracting(TriedCall::call)
                .containsExactly("GET /v1/disputes", "GET /v1/disputes/{id}");
    }

    @ParameterizedTest
    @CsvSource({
        "Having the 'rak_plan_read' permission would allow this request to continue., rak_plan_read",
        "'Having the ''rak_file_read'', ''rak_product_read'' permissions would allow this request.', rak_product_read",
        "Having the 'rak_something_read' permission would allow this request to continue., rak_something_read",
        "the required permissions are not available for use by restricted keys., rak_plan_read rak_product_read"
    })
    void stripes_wording_names_the_right(String wording, String rights) {
        try (var server = new StubServer()) {
            server.answer(exchange -> StubServer.answer(
                    exchange,
                    403,
                    "{\"error\": {\"type\": \"invalid_request_error\", \"message\": \"The provided key 'rk_test_1' %s\"}}"
                            .formatted(wording)));

            assertThat(tried(URI.create(server.url()), "rk_test_1")
                            .attempts()
                            .getFirst()
                            .result())
                    .isEqualTo(new CallResult.Forbidden(Set.of(rights.split(" ", -1))));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-300, 300})
    void the_clocks_are_compared_by_the_date_of_the_responses(int seconds) {
        var settings = Settings.stripe(sandbox.apiBase(), StripeSandbox.SECRET_KEY);
        var stripe = StripeConnection.of(
                StripeConfiguration.client(settings).build(),
                settings,
                () -> Instant.now().plusSeconds(seconds),
                () -> {});

        var ahead = stripe.trial().run(true).ahead().orElseThrow();

        assertThat(ahead.toSeconds()).isBetween(seconds - 2L, seconds + 2L);
    }

    /** How many there are, except of the sandbox's own. */
    private static Map<String, Integer> objects() throws IOException, InterruptedException {
        try (var http = HttpClient.newHttpClient()) {
            var request = HttpRequest.newBuilder(sandbox.apiBase().resolve("/sandbox/status"))
                    .build();
            return JsonMapper.shared()
                    .readTree(http.send(request, BodyHandlers.ofString()).body())
                    .path("objects")
                    .propertyStream()
                    .filter(kind -> !kind.getKey().startsWith("sandbox."))
                    .collect(Collectors.toMap(
                            Map.Entry::getKey, kind -> kind.getValue().asInt()));
        }
    }
}
