package io.growalert.billing.stripe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.growalert.billing.customer.Running;
import io.growalert.billing.customer.Running.Answer;
import io.growalert.billing.customer.Settings;
import io.growalert.billing.customer.Subscriber;
import io.growalert.billing.customer.plan.PlanScene;
import io.growalert.billing.doctor.Diagnosis;
import io.growalert.billing.doctor.Doctor;
import io.growalert.testkit.TestIdentity;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** The list of rights is complete: with exactly these, everything that billing does at Stripe is permitted. */
class RightsTourTest {
    private static final String GOOD = "4242424242424242";
    private static final String DECLINED = "4000000000000002";
    private static final TestIdentity IDENTITY = new TestIdentity();

    @RegisterExtension
    private static final PlanScene SCENE = new PlanScene();

    @Test
    void billing_works_with_exactly_these_rights_and_makes_no_other_calls() {
        var key = SCENE.billing().stripe.keys().create(StripeRights.needed(true));
        try (var billing = SCENE.billing()
                .beside(Map.of(
                        "growalert.billing.stripe.secret-key",
                        key,
                        "growalert.billing.customer.portal",
                        true,
                        "growalert.identity.public-key",
                        IDENTITY.publicKey()))) {
            subscriptions(billing);
            plans(billing);
            account(billing);
            var order = orders(billing);
            operators(billing, order);
        }

        var keys = SCENE.billing().stripe.keys();
        assertThat(keys.refused(key)).isEmpty();
        assertThat(keys.requests(key))
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(StripeCall.values())
                        .map(StripeCall::request)
                        .toList());
        assertThat(StripeRights.strongest(keys.used(key)))
                .as("no right is superfluous")
                .isEqualTo(StripeRights.needed(true));
    }

    private static void subscriptions(Running billing) {
        var customer = Subscriber.of(billing);
        assertDone(customer.subscribe(SCENE.price("premium")));
        // discards the first one
        var subscribed = customer.subscribe(SCENE.price("basic"));
        customer.confirm(subscribed, "pm_card_visa");
        assertDone(subscribed);
        assertDone(customer.cancel("period_end"));
        assertDone(customer.subscribe(SCENE.price("basic")));
        assertDone(customer.cancel("now"));
        assertDone(billing.post("/create-customer", customer.cookie(), "{\"email\": \"again@example.com\"}"));
    }

    private static void plans(Running billing) {
        var customer = SCENE.subscribed("basic").at(billing);
        var preview = assertDone(billing.post(
                "/subscription/preview", customer.cookie(), "{\"priceId\": \"%s\"}".formatted(SCENE.price("premium"))));
        assertDone(billing.post(
                "/subscription/change",
                customer.cookie(),
                "{\"priceId\": %s, \"prorationDate\": %s}"
                        .formatted(preview.path("priceId"), preview.path("prorationDate"))));

        var owing = SCENE.subscribed("basic").at(billing);
        SCENE.payBy(owing, "pm_card_chargeCustomerFail");
        SCENE.offset(Duration.ofDays(32));
        await().atMost(Duration.ofMinutes(1))
                .until(() -> owing.statuses().getFirst().equals("past_due"));
        SCENE.payBy(owing, "pm_card_visa");
        var open = assertDone(billing.get("/account", owing.cookie()))
                .path("openInvoice")
                .path("id")
                .asString();
        assertDone(billing.post("/invoices/%s/pay".formatted(open), owing.cookie(), "{}"));
        SCENE.offset(Duration.ZERO);
    }

    private static void account(Running billing) {
        var customer = SCENE.subscribed("basic").at(billing);
        var secret = assertDone(billing.post("/payment-method", customer.cookie(), "{}"))
                .path("clientSecret")
                .asString();
        var setup = secret.substring(0, secret.indexOf("_secret_"));
        billing.stripe("POST", "/v1/setup_intents/%s/confirm".formatted(setup), "payment_method=pm_card_mastercard");
        assertDone(billing.post("/payment-method", customer.cookie(), "{\"setupIntent\": \"%s\"}".formatted(setup)));
        assertDone(billing.post("/portal-session", customer.cookie(), "{}"));
        // of a price that is no longer offered
        var product =
                SCENE.subscription(customer).at("/items/data/0/price/product").asString();
        assertThat(billing.bean(StripePlans.class).nameOf(product)).isEqualTo("Basic");

        var deleted = billing.send(billing.request("/account", customer.cookie())
                .header("Content-Type", "application/json")
                .method("DELETE", BodyPublishers.ofString("{\"confirm\": \"delete\"}")));
        assertThat(deleted.status()).as("%s", deleted.json()).isEqualTo(204);
    }

    /** Returns the id of a paid order. */
    private static String orders(Running billing) {
        var cookie = billing.register("tour@example.com");
        var order = "{\"token\": \"%s\", \"quantity\": 1}";
        var paid = order.formatted(billing.token(GOOD));
        var charge = assertDone(billing.post("/charge", cookie, paid, "Idempotency-Key", "1"));
        assertDone(billing.post("/charge", cookie, paid, "Idempotency-Key", "1"));
        assertDone(billing.post("/charge", cookie, order.formatted(billing.method(GOOD)), "Idempotency-Key", "2"));
        assertThat(billing.post("/charge", cookie, order.formatted(billing.token(DECLINED)), "Idempotency-Key", "3")
                        .status())
                .isEqualTo(402);
        return charge.path("metadata").path("growalert_order").asString();
    }

    private static void operators(Running billing, String order) {
        // there are no webhooks: it records the order, too
        assertThat(reconcile(billing)).contains("\"objects\"").doesNotContain("403");
        var refund = "/api/billing/orders/%s/refund".formatted(order);
        assertDone(asAdmin(billing, "POST", refund, "{}", "Idempotency-Key", "refund"));
        assertDone(asAdmin(billing, "POST", refund, "{}", "Idempotency-Key", "refund"));
        // what an event alone does not decide
        for (var kind : Kind.values()) {
            assertThat(billing.bean(StripeObjects.class).fetch(kind, "none"))
                    .isInstanceOf(StripeObjects.Answer.Gone.class);
        }
        assertThat(billing.bean(StripeConnection.class).webhooks().list()).isEmpty();
    }

    /** Returns the lines of its progress, with the report as the last. */
    private static String reconcile(Running billing) {
        try (var http = HttpClient.newHttpClient()) {
            var request = billing.request("/api/billing/reconcile?since=1d", null)
                    .header("Authorization", IDENTITY.bearer("billing-service"))
                    .POST(BodyPublishers.noBody())
                    .build();
            return http.send(request, BodyHandlers.ofString()).body();
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private static Answer asAdmin(Running billing, String method, String path, String body, String... headers) {
        var request = billing.request(path, null)
                .header("Authorization", IDENTITY.bearer("billing-service"))
                .header("Content-Type", "application/json")
                .method(method, BodyPublishers.ofString(body));
        return billing.send(headers.length == 0 ? request : request.headers(headers));
    }

    private static JsonNode assertDone(Answer answer) {
        assertThat(answer.status()).as("%s", answer.json()).isEqualTo(200);
        return answer.json();
    }

    static List<String> rights() {
        return StripeRights.needed(true);
    }

    @ParameterizedTest
    @MethodSource("rights")
    void the_doctor_names_each_right_that_is_missing(String right) {
        var rights = new ArrayList<>(StripeRights.needed(true));
        rights.remove(right);

        assertNamed(right, rights);
        if (right.endsWith("_write")) {
            rights.add(right.replace("_write", "_read"));
            assertNamed(right, rights);
        }
    }

    private static void assertNamed(String right, List<String> granted) {
        assertThat(problems(granted)).singleElement().satisfies(problem -> {
            assertThat(problem.text()).contains(right);
            assertThat(problem.remedy()).contains("'" + StripeRights.shown(right) + "'");
        });
    }

    private static List<Diagnosis> problems(List<String> rights) {
        var stripe = SCENE.billing().stripe;
        var settings = Settings.stripe(stripe.apiBase(), stripe.keys().create(rights));
        return Doctor.withoutService(settings, new Doctor.Offer(List.of("basic"), "", true), null).examine().stream()
                .filter(diagnosis -> diagnosis.area() == Diagnosis.Area.RIGHTS && diagnosis.isProblem())
                .toList();
    }
}
