package io.growalert.billing.customer.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.billing.customer.Running;
import io.growalert.billing.customer.Subscriber;
import io.growalert.sandbox.fault.Fault;
import io.growalert.sandbox.fault.When;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** A customer gets the requested subscription, once. */
class NewSubscriptionTest {
    @RegisterExtension
    private static final SubscriptionScene SCENE = SubscriptionScene.withoutMail();

    private final Running billing = SCENE.billing();
    private final String basic = SCENE.basic();
    private final String premium = SCENE.premium();

    private final Subscriber customer = Subscriber.of(billing);

    @Test
    void a_subscription_waits_for_the_browser_and_is_not_charged_before() {
        var answer = customer.subscribe(basic);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().propertyNames()).containsExactly("subscriptionId", "clientSecret", "intent");
        assertThat(answer.json().path("intent").asString()).isEqualTo("payment");
        assertThat(answer.json().path("subscriptionId").asString()).startsWith("sub_");
        assertThat(answer.json().path("clientSecret").asString())
                .startsWith("pi_")
                .contains("_secret_");
        assertThat(customer.statuses()).containsExactly("incomplete");
        assertThat(billing.charged(customer.cookie())).isEmpty();

        customer.confirm(answer, "pm_card_visa");
        assertThat(customer.statuses()).containsExactly("active");
        assertThat(billing.charged(customer.cookie())).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"price_unknown\"", "\"\"", "7", "null"})
    void a_price_that_is_not_offered_is_named(String price) {
        var answer = billing.post("/create-subscription", customer.cookie(), "{\"priceId\": %s}".formatted(price));

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().path("field").asString()).isEqualTo("priceId");
        assertThat(answer.code()).isIn("unknown_price", "invalid_field");
        assertThat(customer.statuses()).isEmpty();
    }

    @Test
    void a_price_of_stripes_that_is_not_among_the_offered_is_refused() {
        var product =
                billing.stripe("POST", "/v1/products", "name=Secret").path("id").asString();
        var cheap = billing.stripe(
                        "POST",
                        "/v1/prices",
                        "product=%s&unit_amount=1&currency=eur&recurring[interval]=month".formatted(product))
                .path("id")
                .asString();

        var answer = billing.post("/create-subscription", customer.cookie(), "{\"priceId\": \"%s\"}".formatted(cheap));

        assertThat(answer.code()).isEqualTo("unknown_price");
    }

    @Test
    void the_same_again_is_the_same_subscription_with_its_secret() {
        var first = customer.subscribe(basic);
        var again = customer.subscribe(basic);

        assertThat(again.json()).isEqualTo(first.json());
        assertThat(customer.statuses()).hasSize(1);
    }

    @Test
    void clicks_at_the_same_time_are_one_subscription() {
        var statuses = IntStream.range(0, 8)
                .parallel()
                .mapToObj(i -> customer.subscribe(basic).status())
                .distinct()
                .toList();

        assertThat(statuses).contains(200).isSubsetOf(200, 409);
        assertThat(customer.statuses()).hasSize(1);
    }

    @Test
    void after_its_end_the_same_request_starts_anew() {
        var first = customer.subscribe(basic);
        customer.confirm(first, "pm_card_visa");
        assertThat(customer.cancel("now").json().path("status").asString()).isEqualTo("canceled");

        var second = customer.subscribe(basic);

        assertThat(second.json().path("subscriptionId"))
                .isNotEqualTo(first.json().path("subscriptionId"));
        assertThat(customer.statuses()).containsExactlyInAnyOrder("canceled", "incomplete");
    }

    @Test
    void when_stripe_fails_after_the_work_there_is_one_subscription() {
        billing.stripe.faults().add(new Fault.ErrorAfter(), When.next(1).on("POST", "/v1/subscriptions"));

        var answer = customer.subscribe(basic);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().path("clientSecret").asString()).contains("_secret_");
        assertThat(customer.statuses()).hasSize(1);
    }

    @Test
    void the_next_request_resumes_after_a_cut_connection_or_a_busy_stripe() {
        billing.stripe
                .faults()
                .add(new Fault.RateLimit(Duration.ofSeconds(1)), When.next(1).on("POST", "/v1/subscriptions"));
        var busy = customer.subscribe(basic);
        billing.stripe.faults().add(new Fault.CutAfter(), When.next(1).on("POST", "/v1/subscriptions"));
        var cut = customer.subscribe(basic);
        var again = customer.subscribe(basic);

        assertThat(busy.code()).isEqualTo("stripe_busy");
        assertThat(cut.status()).isIn(200, 503);
        assertThat(again.status()).isEqualTo(200);
        assertThat(customer.statuses()).hasSize(1);
    }

    @Test
    void after_a_crash_the_created_subscription_is_found() {
        var first = customer.subscribe(basic);
        billing.database
                .jdbc()
                .sql("""
                    update billing.requests set state = 'open', object = null, generation = generation + 1,
                        lease_until = clock_timestamp()
                    where customer = :customer
                    """)
                .param("customer", Running.customerIn(customer.cookie()))
                .update();

        var again = customer.subscribe(basic);

        assertThat(again.json()).isEqualTo(first.json());
        assertThat(customer.statuses()).hasSize(1);
    }

    @Test
    void a_trial_requires_the_card_only_and_states_when_the_first_payment_is() {
        try (var trial = billing.beside(Map.of("growalert.billing.customer.trial-days", 14))) {
            var there = customer.at(trial);
            var answer = there.subscribe(basic);

            assertThat(answer.json().path("intent").asString()).isEqualTo("setup");
            assertThat(answer.json().path("clientSecret").asString()).startsWith("seti_");
            assertThat(customer.statuses()).containsExactly("trialing");
            var mine = trial.get("/subscription", customer.cookie()).json();
            assertThat(Duration.between(instant(mine, "createdAt"), instant(mine, "trialEnd")))
                    .isEqualTo(Duration.ofDays(14));

            there.confirm(answer, "pm_card_visa");
            var again = there.subscribe(basic).json();
            assertThat(again.path("subscriptionId")).isEqualTo(answer.json().path("subscriptionId"));
            assertThat(again.path("clientSecret").isNull()).isTrue();
            assertThat(again.path("intent").isNull()).isTrue();
            assertThat(billing.charged(customer.cookie())).isEmpty();
        }
    }

    private static Instant instant(JsonNode subscription, String field) {
        return Instant.parse(subscription.path(field).asString());
    }

    @Test
    void whatever_keys_are_sent_the_first_payment_is_of_one_subscription() {
        var first = customer.subscribe(basic, "Idempotency-Key", "one");
        var second = customer.subscribe(basic, "Idempotency-Key", "two");
        var without = customer.subscribe(basic);

        assertThat(List.of(second.json(), without.json())).containsOnly(first.json());
        assertThat(customer.statuses()).containsExactly("incomplete");
    }

    @Test
    void concurrent_pages_with_separate_keys_get_one_subscription() {
        var statuses = IntStream.range(0, 8)
                .parallel()
                .mapToObj(page -> customer.subscribe(basic, "Idempotency-Key", "page " + page)
                        .status())
                .distinct()
                .toList();

        assertThat(statuses).contains(200).isSubsetOf(200, 409);
        assertThat(customer.statuses()).hasSize(1);
    }

    @Test
    void a_running_subscription_is_found_again_without_its_request() {
        var first = customer.subscribe(basic, "Idempotency-Key", "one");
        customer.confirm(first, "pm_card_visa");
        billing.database.jdbc().sql("delete from billing.requests").update();

        var later = customer.subscribe(basic, "Idempotency-Key", "two");

        assertThat(later.status()).isEqualTo(200);
        assertThat(later.json().path("subscriptionId")).isEqualTo(first.json().path("subscriptionId"));
        assertThat(customer.statuses()).containsExactly("active");
        assertThat(billing.charged(customer.cookie())).hasSize(1);
    }

    @Test
    void the_same_key_for_another_plan_is_refused() {
        customer.subscribe(basic, "Idempotency-Key", "one");

        assertThat(customer.subscribe(premium, "Idempotency-Key", "one").code()).isEqualTo("idempotency_key_reused");
        assertThat(customer.statuses()).hasSize(1);
    }

    @Test
    void subscribing_revokes_a_cancellation_and_charges_nothing() {
        customer.confirm(customer.subscribe(basic), "pm_card_visa");
        customer.cancel("period_end");

        var again = customer.subscribe(basic);

        assertThat(again.status()).isEqualTo(200);
        assertThat(customer.atStripe()).singleElement().satisfies(subscription -> assertThat(
                        subscription.path("cancel_at_period_end").asBoolean())
                .isFalse());
        assertThat(billing.charged(customer.cookie())).hasSize(1);
    }

    @Test
    void a_second_trial_is_refused() {
        try (var trial = billing.beside(Map.of("growalert.billing.customer.trial-days", 14))) {
            var there = customer.at(trial);
            there.confirm(there.subscribe(basic), "pm_card_visa");
            there.cancel("now");

            var again = there.subscribe(basic);

            assertThat(again.json().path("clientSecret").asString()).startsWith("pi_");
            assertThat(customer.statuses()).containsExactlyInAnyOrder("canceled", "incomplete");
        }
    }
}
