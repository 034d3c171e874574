package io.growalert.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.stripe.exception.AuthenticationException;
import com.stripe.exception.InvalidRequestException;
import com.stripe.exception.PermissionException;
import com.stripe.exception.StripeException;
import com.stripe.param.CustomerCreateParams;
import com.stripe.param.PriceListParams;
import com.stripe.param.SubscriptionCreateParams;
import com.stripe.service.V1Services;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Keys with named rights, as Stripe's own SDK meets them. */
class RestrictedKeysTest {
    @TempDir
    private Path folder;

    private Peer peer;

    @BeforeEach
    void start() throws IOException {
        peer = Peer.start();
    }

    @AfterEach
    void stop() {
        peer.close();
    }

    private V1Services with(String... rights) {
        return peer.client(peer.sandbox().keys().create(List.of(rights))).v1();
    }

    @Test
    void a_request_without_its_right_is_refused_with_the_name_of_the_right_and_nothing_is_executed()
            throws StripeException {
        var reader = with("rak_customer_read");
        var customer = peer.customer();

        assertThat(reader.customers().retrieve(customer.getId()).getId()).isEqualTo(customer.getId());
        assertThatThrownBy(() ->
                        reader.customers().create(CustomerCreateParams.builder().build()))
                .isInstanceOfSatisfying(PermissionException.class, refused -> {
                    assertThat(refused.getStatusCode()).isEqualTo(403);
                    assertThat(refused.getMessage())
                            .contains("'rk_test_****", "Having the 'rak_customer_write' permission would allow");
                });
        assertThat(peer.v1().customers().list().getData()).hasSize(1);
    }

    @Test
    void write_includes_read_and_no_other_resource() throws StripeException {
        var writer = with("rak_customer_write");

        var customer = writer.customers().create(CustomerCreateParams.builder().build());

        assertThat(writer.customers().retrieve(customer.getId()).getId()).isEqualTo(customer.getId());
        assertThatThrownBy(() -> writer.paymentMethods().retrieve("pm_1"))
                .isInstanceOf(PermissionException.class)
                .hasMessageContaining("rak_payment_method_read");
    }

    @Test
    void the_right_is_checked_before_the_object_is_looked_up() {
        assertThatThrownBy(() -> with().charges().retrieve("ch_none")).isInstanceOf(PermissionException.class);
        assertThatThrownBy(() -> with("rak_charge_read").charges().retrieve("ch_none"))
                .isInstanceOf(InvalidRequestException.class)
                .isNotInstanceOf(PermissionException.class);
    }

    @Test
    void an_expanded_object_needs_read_of_its_own_resource() throws StripeException {
        var prices = PriceListParams.builder().addExpand("data.product").build();

        assertThatThrownBy(() -> with("rak_plan_read").prices().list(prices))
                .isInstanceOf(PermissionException.class)
                .hasMessageContaining("rak_product_read");
        assertThat(with("rak_plan_read", "rak_product_read")
                        .prices()
                        .list(prices)
                        .getData())
                .isNotEmpty();

        var subscription = SubscriptionCreateParams.builder()
                .setCustomer(peer.customer().getId())
                .addItem(SubscriptionCreateParams.Item.builder()
                        .setPrice(peer.v1().prices().list().getData().getFirst().getId())
                        .build())
                .setPaymentBehavior(SubscriptionCreateParams.PaymentBehavior.DEFAULT_INCOMPLETE)
                .addExpand("latest_invoice.confirmation_secret")
                .addExpand("pending_setup_intent")
                .build();
        assertThatThrownBy(() -> with("rak_subscription_write", "rak_invoice_read")
                        .subscriptions()
                        .create(subscription))
                .isInstanceOf(PermissionException.class)
                .hasMessageContaining("rak_setup_intent_read");
        assertThat(peer.v1().subscriptions().list().getData()).isEmpty();
    }

    @Test
    void the_control_api_issues_lists_and_revokes_keys_and_shows_what_was_requested() throws Exception {
        var issued = control("POST", "/sandbox/keys", "{\"rights\": [\"rak_customer_write\"]}");
        var key = issued.path("key").asString();
        var client = peer.client(key).v1();
        client.customers().list();
        assertThatThrownBy(() -> client.events().list()).isInstanceOf(PermissionException.class);

        var listed = control("GET", "/sandbox/keys", "").path("keys").path(0);
        assertThat(key).startsWith("rk_test_");
        assertThat(listed.path("rights").toString()).isEqualTo("[\"rak_customer_write\"]");
        assertThat(listed.path("used").toString()).isEqualTo("[\"rak_customer_read\"]");
        assertThat(listed.path("refused").toString()).isEqualTo("[\"rak_event_read\"]");
        assertThat(control("POST", "/sandbox/keys", "{\"rights\": [\"customers\"]}")
                        .at("/error/message")
                        .asString())
                .contains("'customers'");

        assertThat(control("DELETE", "/sandbox/keys/" + key, "").path("keys")).isEmpty();
        assertThatThrownBy(() -> client.customers().list()).isInstanceOf(AuthenticationException.class);
    }

    @Test
    void a_key_survives_a_restart() throws Exception {
        var options = Options.defaults().withJournal(folder.resolve("journal"));
        String key;
        try (var sandbox = StripeSandbox.start(options)) {
            key = sandbox.keys().create(List.of("rak_customer_read"));
        }
        try (var again = Peer.start(options)) {
            assertThat(again.client(key).v1().customers().list().getData()).isEmpty();
        }
    }

    @Test
    void the_endpoint_of_the_options_is_listed_and_its_secret_is_not() throws Exception {
        var url = URI.create("http://127.0.0.1:1/webhook");
        try (var sandbox = Peer.start(Options.defaults().withWebhook(url, "whsec_1"))) {
            var endpoints = sandbox.v1().webhookEndpoints().list();

            assertThat(endpoints.getData()).singleElement().satisfies(endpoint -> {
                assertThat(endpoint.getUrl()).isEqualTo(url.toString());
                assertThat(endpoint.getEnabledEvents()).containsExactly("*");
                assertThat(endpoint.getStatus()).isEqualTo("enabled");
            });
            assertThat(endpoints.getLastResponse().body()).doesNotContain("whsec_1");
        }
    }

    private JsonNode control(String method, String path, String body) throws IOException, InterruptedException {
        try (var http = HttpClient.newHttpClient()) {
            var request = HttpRequest.newBuilder(peer.at(path))
                    .header("Content-Type", "application/json")
                    .method(method, BodyPublishers.ofString(body))
                    .build();
            return JsonMapper.shared()
                    .readTree(http.send(request, BodyHandlers.ofString()).body());
        }
    }
}
