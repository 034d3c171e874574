package io.growalert.billing.setup;

import static io.growalert.billing.setup.SetupScene.WEBHOOK;
import static io.growalert.billing.setup.SetupScene.kinds;
import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.billing.customer.Settings;
import io.growalert.billing.projection.EventTypes;
import io.growalert.billing.setup.SetupStep.Kind;
import io.growalert.billing.stripe.StripeConnection;
import io.growalert.billing.stripe.StripeWebhooks;
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
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class SetupEndpointTest {
    @TempDir
    private Path folder;

    @AutoClose
    private SetupScene scene;

    @BeforeEach
    void open() throws IOException {
        scene = SetupScene.open(folder);
    }

    @Test
    void the_endpoint_receives_exactly_the_types_that_are_applied() throws Exception {
        scene.setUp(scene.request(WEBHOOK));

        var endpoint = StripeConnection.open(scene.settings()).webhooks().list().getFirst();
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
        scene.post(
                "/v1/webhook_endpoints",
                "url=%s&enabled_events[]=customer.created&enabled_events[]=price.created".formatted(WEBHOOK));

        assertThat(kinds(scene.dryRun(scene.request(WEBHOOK)))).contains(Kind.WOULD_CHANGE);
        assertThat(kinds(scene.setUp(scene.request(WEBHOOK)))).contains(Kind.CHANGED);
        var again = scene.setUp(scene.request(WEBHOOK));
        assertThat(kinds(again)).containsOnly(Kind.FOUND, Kind.NOTE);
        assertThat(again.getLast().text()).contains("does not apply: price.created;");
        assertThat(scene.get("/v1/webhook_endpoints")
                        .at("/data/0/enabled_events")
                        .valueStream())
                .extracting(JsonNode::asString)
                .containsAll(StripeWebhooks.eventTypes(EventTypes::areApplied))
                .contains("price.created")
                .doesNotHaveDuplicates();

        var id = scene.get("/v1/webhook_endpoints").at("/data/0/id").asString();
        scene.post("/v1/webhook_endpoints/" + id, "disabled=true");
        assertThat(kinds(scene.setUp(scene.request(WEBHOOK)))).contains(Kind.CHANGED);
        assertThat(scene.get("/v1/webhook_endpoints").at("/data/0/status").asString())
                .isEqualTo("enabled");
        assertThat(scene.secretFile()).as("only Stripe's dashboard shows it").doesNotExist();
    }

    @Test
    void an_endpoint_of_all_types_stays_as_it_is() throws Exception {
        scene.setUp(scene.request(null));
        scene.post("/v1/webhook_endpoints", "url=%s&enabled_events[]=*".formatted(WEBHOOK));
        var before = scene.state();

        assertThat(kinds(scene.setUp(scene.request(WEBHOOK)))).containsOnly(Kind.FOUND, Kind.NOTE);
        assertThat(scene.state()).isEqualTo(before);
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
        assertThat(scene.get("/v1/webhook_endpoints").path("data")).hasSize(1);
        assertThat(scene.secretFile()).as("of the endpoint that was deleted").doesNotExist();
    }

    private SetupRequest endpointOnly() {
        return new SetupRequest(List.of(), "device", List.of(), List.of(), "Greenhouse", WEBHOOK, scene.secretFile());
    }

    private String forward(StubServer.Seen request) throws IOException {
        try (var http = HttpClient.newHttpClient()) {
            var copy = HttpRequest.newBuilder(scene.sandbox.apiBase().resolve(request.uri()))
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
        scene.post("/v1/webhook_endpoints", "url=%s&enabled_events[]=*&api_version=2024-06-20".formatted(WEBHOOK));

        assertThat(scene.setUp(scene.request(WEBHOOK)).getLast().text())
                .contains("is of API version 2024-06-20, not 2026-07-29.dahlia", "delete it");
    }

    @Test
    void a_file_that_exists_is_not_overwritten_and_no_endpoint_is_created() throws Exception {
        Files.createDirectories(scene.secretFile().getParent());
        Files.writeString(scene.secretFile(), "whsec_other");

        var result = scene.setUp(scene.request(WEBHOOK));

        assertThat(SetupStep.hasProblem(result)).isTrue();
        assertThat(result.getLast().text()).contains("--secret-file");
        assertThat(scene.get("/v1/webhook_endpoints").path("data")).isEmpty();
        assertThat(Files.readString(scene.secretFile())).isEqualTo("whsec_other");
    }
}
