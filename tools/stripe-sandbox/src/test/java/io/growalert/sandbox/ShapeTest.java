package io.growalert.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.stripe.StripeClient;
import com.stripe.exception.StripeException;
import com.stripe.param.CustomerCreateParams;
import com.stripe.param.PaymentIntentCreateParams;
import io.growalert.sandbox.fault.Fault;
import io.growalert.sandbox.fault.When;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * Every object that the sandbox returns or sends, held against {@code shapes.json}: an unknown key, a missing one or another
 * type of value is checked.
 */
class ShapeTest {
    private WebhookReceiver receiver;
    private StripeSandbox sandbox;
    private AnswerRecorder stripe;

    @BeforeEach
    void start() throws IOException {
        receiver = new WebhookReceiver();
        sandbox = StripeSandbox.start(Options.defaults()
                .withWebhook(receiver.url(), WebhookReceiver.SECRET)
                .withPrices(List.of(
                        new PlanPrice("basic", "Basic", 500, "usd", "month"),
                        new PlanPrice("pro", "Pro", 900, "usd", "month"))));
        stripe = new AnswerRecorder(sandbox.apiBase());
    }

    @AfterEach
    void stop() {
        sandbox.close();
        stripe.close();
        receiver.close();
    }

    @Test
    void every_route_responds_in_the_shape_of_stripes() throws StripeException {
        catalog();
        customers();
        paymentMethods();
        confirmationTokens();
        payments();
        charges();
        setupIntents();
        var billing = new BillingRequests(stripe);
        billing.subscriptions();
        billing.invoices();
        refundsAndDisputes();
        billing.coupons();
        billing.invoiceItems();
        billing.subscriptionItems();
        billing.debits();
        billing.portalAndSearches();
        billing.testClocks();
        events();
        webhookEndpoints();
        errors();
        throughTheSdk();

        assertThat(stripe.problems()).isEmpty();
        assertThat(sandbox.routes().all())
                .filteredOn(route -> route.segments().contains("v1"))
                .filteredOn(route -> !stripe.requested(route))
                .as("addresses without a request")
                .isEmpty();
    }

    private void catalog() {
        var product = id(stripe.post("/v1/products", "name", "Devices", "description", "Sensors"));
        stripe.get("/v1/products");
        stripe.get("/v1/products/" + product);
        stripe.post("/v1/products/" + product, "metadata[a]", "b");
        var price = id(stripe.post(
                "/v1/prices",
                "currency",
                "usd",
                "unit_amount",
                "700",
                "product",
                product,
                "recurring[interval]",
                "month"));
        stripe.post("/v1/prices", "currency", "usd", "unit_amount", "700", "product_data[name]", "Once");
        stripe.get("/v1/prices", "lookup_keys[]", "basic", "expand[]", "data.product");
        stripe.get("/v1/prices/" + price, "expand[]", "product");
        stripe.post("/v1/prices/" + price, "nickname", "Monthly");
    }

    private void customers() {
        var customer = id(stripe.post(
                "/v1/customers",
                "email",
                "grower@example.com",
                "address[city]",
                "Delft",
                "shipping[name]",
                "A",
                "shipping[address][line1]",
                "B 1"));
        stripe.get("/v1/customers");
        stripe.post("/v1/customers/" + customer, "source", "tok_visa");
        stripe.get("/v1/customers/" + customer, "expand[]", "default_source");
        stripe.delete("/v1/customers/" + customer);
        stripe.get("/v1/customers/" + customer);
    }

    private void paymentMethods() {
        var customer = customer();
        var method = id(stripe.publicly(
                "POST",
                "/v1/payment_methods",
                "type",
                "card",
                "card[number]",
                "4242424242424242",
                "card[exp_month]",
                "12",
                "card[exp_year]",
                "2039",
                "card[cvc]",
                "123",
                "billing_details[address][postal_code]",
                "12345"));
        stripe.post("/v1/payment_methods/" + method + "/attach", "customer", customer);
        stripe.get("/v1/payment_methods", "customer", customer);
        stripe.get("/v1/payment_methods/" + method, "expand[]", "customer");
        stripe.post("/v1/payment_methods/" + method, "billing_details[name]", "A Grower");
        stripe.get("/v1/customers/" + customer + "/payment_methods");
        stripe.post("/v1/payment_methods/" + method + "/detach");
        var token = id(stripe.publicly(
                "POST",
                "/v1/tokens",
                "card[number]",
                "5555555555554444",
                "card[exp_month]",
                "12",
                "card[exp_year]",
                "2039",
                "card[cvc]",
                "123"));
        stripe.get("/v1/tokens/" + token);
        stripe.publicly("GET", "/v1/tokens/" + token);
    }

    private void confirmationTokens() {
        var token = id(stripe.publicly(
                "POST",
                "/v1/confirmation_tokens",
                "payment_method_data[type]",
                "card",
                "payment_method_data[card][number]",
                "4242424242424242",
                "payment_method_data[card][exp_month]",
                "12",
                "payment_method_data[card][exp_year]",
                "2039",
                "payment_method_data[card][cvc]",
                "123",
                "return_url",
                "http://127.0.0.1/"));
        stripe.post("/v1/test_helpers/confirmation_tokens", "payment_method", "pm_card_visa");
        var params = new String[] {"amount", "900", "currency", "usd", "confirm", "true", "confirmation_token", token};
        var paid = stripe.post("/v1/payment_intents", params);
        assertThat(paid.path("status").asString()).isEqualTo("succeeded");
        assertThat(stripe.get("/v1/confirmation_tokens/" + token)
                        .path("payment_intent")
                        .asString())
                .isEqualTo(id(paid));
        assertThat(stripe.post("/v1/payment_intents", params)
                        .path("error")
                        .path("param")
                        .asString())
                .isEqualTo("confirmation_token");
    }

    private void payments() {
        var customer = customer();
        var paid = stripe.post(
                "/v1/payment_intents",
                "amount",
                "1500",
                "currency",
                "usd",
                "customer",
                customer,
                "setup_future_usage",
                "off_session",
                "metadata[order]",
                "1",
                "shipping[name]",
                "A",
                "shipping[address][line1]",
                "B 1");
        var paidId = id(paid);
        var secret = paid.path("client_secret").asString();
        stripe.post("/v1/payment_intents/" + paidId, "description", "Devices");
        stripe.publicly("GET", "/v1/payment_intents/" + paidId, "client_secret", secret);
        stripe.publicly(
                "POST",
                "/v1/payment_intents/" + paidId + "/confirm",
                "client_secret",
                secret,
                "payment_method",
                "pm_card_visa",
                "return_url",
                "http://127.0.0.1/");
        stripe.get("/v1/payment_intents/" + paidId, "expand[]", "latest_charge.customer", "expand[]", "payment_method");
        for (var success : List.of("true", "false")) {
            var secured = id(intent("pm_card_authenticationRequired"));
            stripe.post("/sandbox/payment_intents/" + secured + "/authenticate", "success", success);
            stripe.get("/v1/payment_intents/" + secured, "expand[]", "latest_charge");
        }
        intent("pm_card_chargeDeclined");
        stripe.post("/v1/payment_intents/" + id(intent("pm_card_threeDSecureRequired")) + "/cancel");
        stripe.get("/v1/payment_intents");
    }

    private void charges() {
        var charge = id(stripe.post("/v1/charges", "amount", "300", "currency", "usd", "source", "tok_visa"));
        stripe.get("/v1/charges/" + charge, "expand[]", "payment_intent");
        stripe.post("/v1/charges/" + charge, "description", "Devices");
        stripe.post("/v1/charges", "amount", "300", "currency", "usd", "source", "tok_chargeDeclined");
        stripe.get("/v1/charges");
    }

    private void setupIntents() {
        var customer = customer();
        var made = stripe.post("/v1/setup_intents", "customer", customer);
        var secret = made.path("client_secret").asString();
        var path = "/v1/setup_intents/" + id(made);
        stripe.get("/v1/setup_intents", "customer", customer);
        stripe.publicly("GET", path, "client_secret", secret);
        stripe.post(path, "description", "For later");
        stripe.publicly(
                "POST", path + "/confirm", "client_secret", secret, "payment_method", "pm_card_authenticationRequired");
        stripe.post("/sandbox/setup_intents/" + id(made) + "/authenticate", "success", "false");
        stripe.get(path);
        stripe.publicly("POST", path + "/confirm", "client_secret", secret, "payment_method", "pm_card_visa");
        stripe.get(path, "expand[]", "payment_method", "expand[]", "customer");
        stripe.post("/v1/setup_intents/" + id(stripe.post("/v1/setup_intents")) + "/cancel");
    }

    private void refundsAndDisputes() {
        var charge = id(stripe.post("/v1/charges", "amount", "300", "currency", "usd", "source", "tok_visa"));
        var refund = id(stripe.post("/v1/refunds", "charge", charge, "amount", "100"));
        stripe.get("/v1/refunds", "charge", charge);
        stripe.get("/v1/refunds/" + refund, "expand[]", "charge.refunds");
        stripe.post("/v1/refunds/" + refund, "metadata[a]", "b");
        var disputed =
                id(stripe.post("/v1/charges", "amount", "300", "currency", "usd", "source", "tok_createDispute"));
        var dispute =
                id(stripe.get("/v1/disputes", "charge", disputed).path("data").path(0));
        stripe.get("/v1/disputes/" + dispute, "expand[]", "charge");
        stripe.post("/v1/disputes/" + dispute, "metadata[a]", "b", "evidence[uncategorized_text]", "c");
        stripe.post("/v1/disputes/" + dispute + "/close");
        var first = id(stripe.post("/v1/charges", "amount", "300", "currency", "usd", "source", "tok_visa"));
        var second = id(stripe.post("/sandbox/charges/" + first + "/dispute"));
        stripe.post("/sandbox/disputes/" + second + "/close", "status", "won");
        stripe.get("/v1/disputes/" + second);
    }

    /** Of all that has happened until now; sent and listed. */
    private void events() {
        var listed = stripe.get("/v1/events", "limit", "100");
        stripe.get("/v1/events/" + listed.path("data").path(0).path("id").asString());
        await().untilAsserted(() -> assertThat(receiver.ids())
                .contains(listed.path("data").path(0).path("id").asString()));
        receiver.bodies().forEach(stripe::check);
    }

    private void webhookEndpoints() {
        var endpoint = id(stripe.post(
                "/v1/webhook_endpoints", "url", receiver.url().toString(), "enabled_events[]", "invoice.paid"));
        stripe.get("/v1/webhook_endpoints");
        stripe.get("/v1/webhook_endpoints/" + endpoint);
        stripe.post("/v1/webhook_endpoints/" + endpoint, "disabled", "true");
        stripe.delete("/v1/webhook_endpoints/" + endpoint);
    }

    private void errors() {
        stripe.get("/v1/customers/cus_none");
        stripe.get("/v1/nothing");
        stripe.post("/v1/customers", "emial", "x");
        stripe.post("/v1/charges", "amount", "300", "currency", "usd");
        stripe.publicly("GET", "/v1/customers");
        sandbox.faults().add(new Fault.ErrorBefore(), When.next(1));
        stripe.get("/v1/customers");
        sandbox.faults().add(new Fault.RateLimit(Duration.ofSeconds(1)), When.next(1));
        stripe.get("/v1/customers");
    }

    private void throughTheSdk() throws StripeException {
        var sdk = StripeClient.builder()
                .setApiKey(StripeSandbox.SECRET_KEY)
                .setApiBase(sandbox.apiBase().toString())
                .build()
                .v1();
        var customer = stripe.checked(sdk.customers()
                .create(CustomerCreateParams.builder()
                        .setEmail("sdk@example.com")
                        .build()));
        var intent = stripe.checked(sdk.paymentIntents()
                .create(PaymentIntentCreateParams.builder()
                        .setAmount(100L)
                        .setCurrency("usd")
                        .setCustomer(customer.getId())
                        .setPaymentMethod("pm_card_visa")
                        .setConfirm(true)
                        .setReturnUrl("http://127.0.0.1/")
                        .addExpand("latest_charge")
                        .build()));
        assertThat(intent.getLatestChargeObject().getPaid()).isTrue();
    }

    private String customer() {
        return id(stripe.post("/v1/customers", "email", "grower@example.com"));
    }

    /** Confirmed at once. */
    private JsonNode intent(String method) {
        var answer = stripe.post(
                "/v1/payment_intents",
                "amount",
                "900",
                "currency",
                "usd",
                "payment_method",
                method,
                "confirm",
                "true",
                "return_url",
                "http://127.0.0.1/");
        return answer.has("error") ? answer.path("error").path("payment_intent") : answer;
    }

    private static String id(JsonNode answer) {
        return answer.path("id").asString();
    }
}
