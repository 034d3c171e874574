package io.growalert.billing.stripe;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.billing.customer.Running;
import io.growalert.billing.customer.Settings;
import io.growalert.billing.customer.Subscriber;
import io.growalert.billing.doctor.Diagnosis;
import io.growalert.billing.doctor.Doctor;
import io.growalert.testkit.TestIdentity;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The list of rights is complete: with exactly these, everything that billing does at Stripe is permitted. */
class RightsTourTest {
    private static final String GOOD = "4242424242424242";
    private static final String DECLINED = "4000000000000002";
    private static final TestIdentity IDENTITY = new TestIdentity();

    @SuppressWarnings("NullAway.Init")
    private static Running shop;

    @BeforeAll
    static void start() throws IOException {
        shop = Running.started();
    }

    @AfterAll
    static void stop() {
        shop.close();
    }

    private static Running with(String key) {
        return shop.beside(Map.of(
                "growalert.billing.stripe.secret-key",
                key,
                "growalert.billing.stripe.requests-per-second",
                100,
                "growalert.identity.public-key",
                IDENTITY.publicKey()));
    }

    @Test
    void billing_works_with_exactly_these_rights_and_makes_no_other_calls() {
        var key = shop.stripe.keys().create(StripeRights.needed());
        try (var billing = with(key)) {
            subscriptions(billing);
            orders(billing);
            operators(billing);
        }

        assertThat(shop.stripe.keys().refused(key)).isEmpty();
        assertThat(shop.stripe.keys().requests(key))
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(StripeCall.values())
                        .map(StripeCall::request)
                        .toList());
        assertThat(StripeRights.strongest(shop.stripe.keys().used(key)))
                .as("no right is superfluous")
                .isEqualTo(StripeRights.needed());
    }

    private static void subscriptions(Running billing) {
        var customer = Subscriber.of(billing);
        var basic = Subscriber.price(billing, 0);
        var premium = Subscriber.price(billing, 1);
        assertThat(customer.subscribe(premium).status()).isEqualTo(200);
        // discards the first one
        var subscribed = customer.subscribe(basic);
        assertThat(subscribed.status()).isEqualTo(200);
        customer.confirm(subscribed, "pm_card_visa");
        assertThat(customer.subscribe(basic).status()).isEqualTo(200);
        assertThat(customer.cancel("period_end").status()).isEqualTo(200);
        assertThat(customer.subscribe(basic).status()).isEqualTo(200);
        assertThat(customer.cancel("now").status()).isEqualTo(200);
        // without a mail server the same address is another customer, found by the cookie
        assertThat(billing.post("/create-customer", customer.cookie(), "{\"email\": \"again@example.com\"}")
                        .status())
                .isEqualTo(200);
    }

    private static void orders(Running billing) {
        var cookie = billing.register("tour@example.com");
        var order = "{\"token\": \"%s\", \"quantity\": 1}";
        var paid = order.formatted(billing.token(GOOD));
        assertThat(billing.post("/charge", cookie, paid, "Idempotency-Key", "1").status())
                .isEqualTo(200);
        assertThat(billing.post("/charge", cookie, paid, "Idempotency-Key", "1").status())
                .isEqualTo(200);
        assertThat(billing.post("/charge", cookie, order.formatted(billing.method(GOOD)), "Idempotency-Key", "2")
                        .status())
                .isEqualTo(200);
        assertThat(billing.post("/charge", cookie, order.formatted(billing.token(DECLINED)), "Idempotency-Key", "3")
                        .status())
                .isEqualTo(402);
    }

    private static void operators(Running billing) {
        var erased = Running.customerIn(billing.register("erased@example.com"));
        assertThat(billing.send(billing.request("/api/billing/customers/" + erased, null)
                                .header("Authorization", IDENTITY.bearer("billing-service"))
                                .DELETE())
                        .status())
                .isEqualTo(200);
        var reconciled = billing.send(billing.request("/api/billing/reconcile?since=1d", null)
                .header("Authorization", IDENTITY.bearer("billing-service"))
                .POST(BodyPublishers.noBody()));
        assertThat(reconciled.response().body()).contains("\"complete\":true");
        // what an event alone does not decide
        for (var kind : Kind.values()) {
            assertThat(billing.bean(StripeObjects.class).fetch(kind, "none"))
                    .isInstanceOf(StripeObjects.Answer.Gone.class);
        }
        assertThat(billing.bean(StripeConnection.class).webhooks().list()).isEmpty();
    }

    static List<String> rights() {
        return StripeRights.needed();
    }

    @ParameterizedTest
    @MethodSource("rights")
    void the_doctor_names_each_right_that_is_missing(String right) {
        var rights = new ArrayList<>(StripeRights.needed());
        rights.remove(right);

        assertThat(problems(rights)).singleElement().satisfies(problem -> {
            assertThat(problem.text()).contains(right.replace("_write", ""));
            assertThat(problem.remedy()).contains(StripeRights.shown(right).replaceAll(": .*", ""));
        });

        if (right.endsWith("_write")) {
            rights.add(right.replace("_write", "_read"));
            assertThat(problems(rights)).singleElement().satisfies(problem -> {
                assertThat(problem.text()).contains(right);
                assertThat(problem.remedy()).contains("'" + StripeRights.shown(right) + "'");
            });
        }
    }

    private static List<Diagnosis> problems(List<String> rights) {
        var settings = Settings.stripe(
                shop.stripe.apiBase(), shop.stripe.keys().create(rights));
        return Doctor.withoutService(settings, new Doctor.Offer(List.of("basic")), null).examine().stream()
                .filter(diagnosis -> diagnosis.area() == Diagnosis.Area.RIGHTS && diagnosis.isProblem())
                .toList();
    }
}
