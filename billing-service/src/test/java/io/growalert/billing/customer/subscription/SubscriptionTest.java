package io.growalert.billing.customer.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.billing.customer.Running;
import io.growalert.billing.customer.Running.Answer;
import io.growalert.billing.customer.Subscriber;
import io.growalert.sandbox.fault.Fault;
import io.growalert.sandbox.fault.When;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A customer reads and cancels its subscription. */
class SubscriptionTest {
    @RegisterExtension
    private static final SubscriptionScene SCENE = SubscriptionScene.withoutMail();

    private final Running billing = SCENE.billing();
    private final String basic = SCENE.basic();
    private final String premium = SCENE.premium();

    private final Subscriber customer = Subscriber.of(billing);

    @Test
    void a_subscription_is_read_from_stripe_until_there_is_a_record() {
        assertThat(billing.get("/subscription", customer.cookie()).code()).isEqualTo("no_subscription");
        var id = customer.subscribe(basic).json().path("subscriptionId").asString();

        var mine = billing.get("/subscription", customer.cookie());

        assertThat(mine.status()).isEqualTo(200);
        assertThat(mine.json().path("id").asString()).isEqualTo(id);
        assertThat(mine.json().path("status").asString()).isEqualTo("incomplete");
        assertThat(mine.json().path("items").path(0).path("price").asString()).isEqualTo(basic);
        assertThat(mine.json().path("items").path(0).path("unitAmount").asLong())
                .isEqualTo(500);
        assertThat(mine.json().path("items").path(0).path("periodEnd").asString())
                .endsWith("Z");
    }

    @Test
    void a_customer_sees_our_record_once_it_is_there() {
        billing.database
                .jdbc()
                .sql("""
                    insert into billing.subscriptions (id, customer, status, currency, cancel_at_period_end, created_at)
                    values ('sub_old', :customer, 'canceled', 'eur', false, '2026-11-24T10:00:00Z'),
                           ('sub_runs', :customer, 'active', 'eur', true, '2026-11-20T10:00:00Z'),
                           ('sub_left', :customer, 'incomplete', 'eur', false, '2026-11-23T10:00:00Z')
                    """)
                .param("customer", Running.customerIn(customer.cookie()))
                .update();
        billing.database
                .jdbc()
                .sql("""
                    insert into billing.subscription_items (id, subscription, price, quantity, unit_amount, period_end)
                    values (:id, 'sub_runs', 'price_1', 1, 500, '2026-12-20T10:00:00Z')
                    """)
                .param("id", "si_" + Running.customerIn(customer.cookie()))
                .update();

        var mine = billing.get("/subscription", customer.cookie()).json();

        assertThat(mine.path("id").asString()).isEqualTo("sub_runs");
        assertThat(mine.path("cancelAtPeriodEnd").asBoolean()).isTrue();
        assertThat(mine.path("items").path(0).path("periodEnd").asString()).isEqualTo("2026-12-20T10:00:00Z");
    }

    @Test
    void canceling_twice_is_canceling_once() {
        customer.confirm(customer.subscribe(basic), "pm_card_visa");

        var first = customer.cancel("period_end");
        var again = customer.cancel("period_end");

        assertThat(first.status()).isEqualTo(200);
        assertThat(first.json().path("cancelAtPeriodEnd").asBoolean()).isTrue();
        assertThat(first.json().path("status").asString()).isEqualTo("active");
        assertThat(again.json()).isEqualTo(first.json());
        assertThat(customer.cancel("now").json().path("status").asString()).isEqualTo("canceled");
        assertThat(customer.cancel("now").status()).isEqualTo(200);
        assertThat(customer.cancel("period_end").json().path("status").asString())
                .isEqualTo("canceled");
    }

    private Answer resume(Running at, String id) {
        return at.post("/subscription/resume", customer.cookie(), "{\"subscriptionId\": \"%s\"}".formatted(id));
    }

    private Answer cancelAtPeriodEnd(String id) {
        return billing.post(
                "/cancel-subscription",
                customer.cookie(),
                "{\"when\": \"period_end\", \"subscriptionId\": \"%s\"}".formatted(id));
    }

    private String subscribed() {
        var started = customer.subscribe(basic);
        customer.confirm(started, "pm_card_visa");
        return started.json().path("subscriptionId").asString();
    }

    @Test
    void a_subscription_is_canceled_and_resumed_any_number_of_times() {
        var id = subscribed();

        for (int i = 0; i < 2; i++) {
            assertThat(cancelAtPeriodEnd(id).json().path("cancelAtPeriodEnd").asBoolean())
                    .isTrue();
            assertThat(resume(billing, id).json().path("cancelAtPeriodEnd").asBoolean(true))
                    .isFalse();
            assertThat(resume(billing, id).status()).isEqualTo(200);
        }
        assertThat(billing.charged(customer.cookie())).hasSize(1);
    }

    @Test
    void a_subscription_of_a_price_that_is_no_longer_offered_is_resumed() {
        var id = subscribed();
        cancelAtPeriodEnd(id);
        try (var other = billing.beside(Map.of("growalert.billing.customer.prices", List.of("premium")))) {
            assertThat(customer.at(other).subscribe(basic).code()).isEqualTo("unknown_price");

            assertThat(resume(other, id).status()).isEqualTo(200);
        }
        assertThat(customer.atStripe().getFirst().path("cancel_at").isNull()).isTrue();
    }

    @Test
    void one_that_ended_is_not_resumed_and_none_is_started() {
        var incomplete = customer.subscribe(basic).json().path("subscriptionId").asString();
        assertThat(resume(billing, incomplete).code()).isEqualTo("subscription_ended");
        var id = subscribed();
        customer.cancel("now");

        assertThat(resume(billing, id).status()).isEqualTo(409);
        assertThat(resume(billing, id).code()).isEqualTo("subscription_ended");
        assertThat(resume(billing, "sub_1").code()).isEqualTo("no_subscription");
        assertThat(customer.running()).isEmpty();
        assertThat(billing.post("/subscription/resume", null, "{\"subscriptionId\": \"sub_1\"}")
                        .code())
                .isEqualTo("session_missing");
    }

    @Test
    void a_cancellation_that_is_sent_again_never_ends_a_later_subscription() {
        customer.confirm(customer.subscribe(basic), "pm_card_visa");
        var body = "{\"when\": \"now\"}";
        var first = billing.post("/cancel-subscription", customer.cookie(), body, "Idempotency-Key", "k");
        customer.confirm(customer.subscribe(basic), "pm_card_visa");

        var again = billing.post("/cancel-subscription", customer.cookie(), body, "Idempotency-Key", "k");
        var other = billing.post(
                "/cancel-subscription", customer.cookie(), "{\"when\": \"period_end\"}", "Idempotency-Key", "k");

        assertThat(again.json().path("id")).isEqualTo(first.json().path("id"));
        assertThat(other.code()).isEqualTo("idempotency_key_reused");
        assertThat(customer.statuses()).containsExactlyInAnyOrder("active", "canceled");
    }

    @Test
    void a_cancellation_that_is_sent_again_without_a_key_ends_no_other_subscription() {
        customer.confirm(customer.subscribe(basic), "pm_card_visa");
        customer.subscribePastUs(premium);
        var first = customer.cancel("now");

        var again = customer.cancel("now");

        assertThat(again.json().path("id")).isEqualTo(first.json().path("id"));
        assertThat(customer.statuses()).containsExactlyInAnyOrder("active", "canceled");
    }

    @Test
    void a_subscription_without_a_payment_is_canceled_at_once() {
        customer.subscribe(basic);

        assertThat(customer.cancel("period_end").json().path("status").asString())
                .isIn("canceled", "incomplete_expired");
    }

    @Test
    void another_customers_subscription_cannot_be_canceled() {
        customer.confirm(customer.subscribe(basic), "pm_card_visa");
        var id = billing.get("/subscription", customer.cookie())
                .json()
                .path("id")
                .asString();
        var other = billing.register("other@example.com");

        var theirs = billing.post("/cancel-subscription", other, "{\"when\": \"now\"}");
        var named = billing.post(
                "/cancel-subscription", other, "{\"when\": \"now\", \"subscriptionId\": \"%s\"}".formatted(id));

        assertThat(List.of(theirs.code(), named.code())).containsOnly("no_subscription");
        assertThat(customer.statuses()).containsExactly("active");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"when\": \"later\"}", "{\"when\": 1}"})
    void when_is_one_of_two_values(String body) {
        var answer = billing.post("/cancel-subscription", customer.cookie(), body);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().path("field").asString()).isEqualTo("when");
    }

    @Test
    void while_stripe_is_unreachable_known_prices_are_offered_and_unknown_ones_are_503() {
        billing.stripe.faults().add(new Fault.ErrorBefore(), When.ALWAYS.on("GET", "/v1/prices"));

        assertThat(billing.get("/config", null).status()).isEqualTo(200);
        try (var fresh = billing.beside(Map.of())) {
            var answer = fresh.get("/config", null);
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.code()).isEqualTo("stripe_unavailable");
            assertThat(answer.header("Retry-After")).isNotEmpty();
        }
    }

    @Test
    void each_outcome_is_counted() {
        customer.subscribe(basic);
        customer.cancel("later");

        var meters = billing.bean(io.micrometer.core.instrument.MeterRegistry.class);
        assertThat(meters.get("growalert.billing.requests")
                        .tags("endpoint", "/create-subscription", "outcome", "200")
                        .counter()
                        .count())
                .isPositive();
        assertThat(meters.get("growalert.billing.requests")
                        .tags("endpoint", "/cancel-subscription", "outcome", "invalid_field")
                        .counter()
                        .count())
                .isPositive();
    }
}
