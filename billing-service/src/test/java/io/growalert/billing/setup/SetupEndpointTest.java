package io.growalert.billing.setup;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.billing.customer.Settings;
import io.growalert.billing.projection.EventTypes;
import io.growalert.billing.setup.SetupStep.Kind;
import io.growalert.billing.stripe.StripeCatalog.WantedPrice;
import io.growalert.billing.stripe.StripeConnection;
import io.growalert.billing.stripe.StripeWebhooks;
import io.growalert.sandbox.Options;
import io.growalert.sandbox.StripeSandbox;
import io.growalert.testkit.StubServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class SetupEndpointTest {
    private static final URI URL = URI.create("https://shop.example.com/webhook");
    private static final WantedPrice MONTHLY = new WantedPrice("monthly", 1_900, "eur", "month");
    private static final WantedPrice YEARLY = new WantedPrice("yearly", 19_000, "eur", "year");
    private static final WantedPrice DEVICE = new WantedPrice("device", 4_900, "eur", null);

    @TempDir
    private Path folder;

    private StripeSandbox sandbox;

    @BeforeEach
    void start() throws IOException {
        sandbox = StripeSandbox.start(Options.defaults());
    }

    @AfterEach
    void stop() {
        sandbox.close();
    }

    private List<SetupStep> setUp(SetupRequest request, boolean dryRun) {
        return setUp(request, dryRun, StripeSandbox.SECRET_KEY);
    }

    private List<SetupStep> setUp(SetupRequest request, boolean dryRun, String key) {
        var reported = new ArrayList<SetupStep>();
        var result = new BillingSetup(StripeConnection.open(Settings.stripe(sandbox.apiBase(), key)))
                .run(request, dryRun, reported::add);
        assertThat(result).isEqualTo(reported);
        return result;
    }

    private SetupRequest request(@Nullable URI webhook, WantedPrice... named) {
        return new SetupRequest(
                List.of("monthly", "yearly"),
                "device",
                List.of(named),
                List.of(MONTHLY, YEARLY, DEVICE),
                "Greenhouse",
                webhook,
                secretFile());
    }

    private Path secretFile() {
        return folder.resolve("secrets/webhook");
    }

    private static List<Kind> kinds(List<SetupStep> steps) {
        return steps.stream().map(SetupStep::kind).toList();
    }

    @Test
    void the_endpoint_receives_exactly_the_types_that_are_applied() throws Exception {
        setUp(request(URL), false);

        var endpoint = StripeConnection.open(Settings.stripe(sandbox.apiBase(), StripeSandbox.SECRET_KEY))
                .webhooks()
                .list()
                .getFirst();
        assertThat(endpoint.apiVersion()).isEqualTo("2026-07-29.dahlia");
        assertThat(endpoint.types())
                .containsExactlyElementsOf(StripeWebhooks.eventTypes(EventTypes::areApplied))
                .contains(
                        "customer.subscription.trial_will_end",
                        "invoice.payment_action_required",
                        "charge.dispute.closed",
                        "invoice_payment.paid",
                        "refund.updated")
                .doesNotContain("invoice.upcoming", "customer.tax_id.created", "price.created", "*");
    }

    @Test
    void an_endpoint_gets_the_types_that_it_lacks_and_loses_none_and_a_disabled_one_is_enabled() throws Exception {
        post(
                "/v1/webhook_endpoints",
                "url=%s&enabled_events[]=customer.created&enabled_events[]=price.created".formatted(URL));

        assertThat(kinds(setUp(request(URL), true))).contains(Kind.WOULD_CHANGE);
        assertThat(kinds(setUp(request(URL), false))).contains(Kind.CHANGED);
        var again = setUp(request(URL), false);
        assertThat(kinds(again)).containsOnly(Kind.FOUND, Kind.NOTE);
        assertThat(again.getLast().text()).contains("does not apply: price.created;");
        assertThat(get("/v1/webhook_endpoints").at("/data/0/enabled_events").valueStream())
                .extracting(JsonNode::asString)
                .containsAll(StripeWebhooks.eventTypes(EventTypes::areApplied))
                .contains("price.created")
                .doesNotHaveDuplicates();

        var id = get("/v1/webhook_endpoints").at("/data/0/id").asString();
        post("/v1/webhook_endpoints/" + id, "disabled=true");
        assertThat(kinds(setUp(request(URL), false))).contains(Kind.CHANGED);
        assertThat(get("/v1/webhook_endpoints").at("/data/0/status").asString()).isEqualTo("enabled");
        assertThat(secretFile()).as("only Stripe's dashboard shows it").doesNotExist();
    }

    @Test
    void an_endpoint_of_all_types_stays_as_it_is() throws Exception {
        setUp(request(null), false);
        post("/v1/webhook_endpoints", "url=%s&enabled_events[]=*".formatted(URL));
        var before = state();

        assertThat(kinds(setUp(request(URL), false))).containsOnly(Kind.FOUND, Kind.NOTE);
        assertThat(state()).isEqualTo(before);
    }

    @Test
    void of_two_endpoints_that_operators_create_at_the_same_time_the_older_stays() throws Exception {
        try (var stripe = new StubServer(exchange -> {})) {
            stripe.answer(exchange -> {
                var request = stripe.requests().getLast();
                var isCreation =
                        request.method().equals("POST") && request.uri().equals("/v1/webhook_endpoints");
                if (isCreation) {
                    // the other operator is a moment faster
                    forward(request);
                }
                StubServer.answer(exchange, 200, forward(request));
            });
            var steps = new BillingSetup(
                            StripeConnection.open(Settings.stripe(URI.create(stripe.url()), StripeSandbox.SECRET_KEY)))
                    .run(endpointOnly(), false, _ -> {});

            assertThat(steps.getLast().kind()).isEqualTo(Kind.FOUND);
        }
        assertThat(get("/v1/webhook_endpoints").path("data")).hasSize(1);
        assertThat(secretFile()).as("of the endpoint that was deleted").doesNotExist();
    }

    private SetupRequest endpointOnly() {
        return new SetupRequest(List.of(), "device", List.of(), List.of(), "Greenhouse", URL, secretFile());
    }

    private String forward(StubServer.Seen request) throws IOException {
        try (var http = HttpClient.newHttpClient()) {
            var copy = HttpRequest.newBuilder(sandbox.apiBase().resolve(request.uri()))
                    .header("Authorization", "Bearer " + StripeSandbox.SECRET_KEY)
                    .method(request.method(), BodyPublishers.ofByteArray(request.body()));
            if (request.body().length > 0) {
                copy.header("Content-Type", "application/x-www-form-urlencoded");
            }
            return http.send(copy.build(), BodyHandlers.ofString()).body();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    @Test
    void an_endpoint_of_an_older_version_of_the_api_is_a_problem() throws Exception {
        post("/v1/webhook_endpoints", "url=%s&enabled_events[]=*&api_version=2024-06-20".formatted(URL));

        assertThat(setUp(request(URL), false).getLast().text())
                .contains("is of API version 2024-06-20, not 2026-07-29.dahlia", "delete it");
    }

    @Test
    void a_file_that_exists_is_not_overwritten_and_no_endpoint_is_created() throws Exception {
        Files.createDirectories(secretFile().getParent());
        Files.writeString(secretFile(), "whsec_other");

        var result = setUp(request(URL), false);

        assertThat(SetupStep.hasProblem(result)).isTrue();
        assertThat(result.getLast().text()).contains("--secret-file");
        assertThat(get("/v1/webhook_endpoints").path("data")).isEmpty();
        assertThat(Files.readString(secretFile())).isEqualTo("whsec_other");
    }

    /** Everything that setup could change. */
    private String state() throws IOException, InterruptedException {
        return get("/v1/products").toString() + get("/v1/prices") + get("/v1/webhook_endpoints");
    }

    private JsonNode get(String path) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(
                sandbox.apiBase().resolve(path.replace("[", "%5B").replace("]", "%5D"))));
    }

    private JsonNode post(String path, String form) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(sandbox.apiBase().resolve(path))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(form)));
    }

    private static JsonNode send(HttpRequest.Builder request) throws IOException, InterruptedException {
        try (var http = HttpClient.newHttpClient()) {
            var response = http.send(
                    request.header("Authorization", "Bearer " + StripeSandbox.SECRET_KEY)
                            .build(),
                    BodyHandlers.ofString());
            return JsonMapper.shared().readTree(response.body());
        }
    }
}
