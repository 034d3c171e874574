package io.growalert.billing.customer;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.billing.customer.Running.Answer;
import io.growalert.sandbox.Fault;
import io.growalert.sandbox.When;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A customer has the subscription that he asked for, once. */
class SubscriptionTest {
    @SuppressWarnings("NullAway.Init")
    private static Running billing;

    @SuppressWarnings("NullAway.Init")
    private static String basic;

    private final String cookie = billing.register("grower@example.com");

    @BeforeAll
    static void start() throws IOException {
        billing = Running.started(Map.of("growalert.billing.customer.limits.customers-per-address", 1_000));
        basic = billing.get("/config", null)
                .json()
                .path("prices")
                .path(0)
                .path("id")
                .asString();
    }

    @AfterAll
    static void stop() {
        billing.close();
    }

    @AfterEach
    void mend() {
        billing.stripe.faults().clear();
    }

    private Answer subscribe(String... headers) {
        return billing.post("/create-subscription", cookie, "{\"priceId\": \"%s\"}".formatted(basic), headers);
    }

    private Answer cancel(String when) {
        return billing.post("/cancel-subscription", cookie, "{\"when\": \"%s\"}".formatted(when));
    }

    private List<String> subscriptions() {
        return billing.stripe(
                        "GET", "/v1/subscriptions?status=all&limit=100&customer=" + Running.customerIn(cookie), "")
                .path("data")
                .valueStream()
                .map(subscription -> subscription.path("status").asString())
                .toList();
    }

    /** As Stripe's script does it in the browser. */
    private void confirm(Answer subscribed, String card) {
        var secret = subscribed.json().path("clientSecret").asString();
        var payment = secret.substring(0, secret.indexOf("_secret_"));
        billing.stripe("POST", "/v1/payment_intents/%s/confirm".formatted(payment), "payment_method=" + card);
    }

    @Test
    void a_subscription_waits_for_the_browser_and_is_not_charged_before() {
        var answer = subscribe();

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().propertyNames()).containsExactly("subscriptionId", "clientSecret");
        assertThat(answer.json().path("subscriptionId").asString()).startsWith("sub_");
        assertThat(answer.json().path("clientSecret").asString())
                .startsWith("pi_")
                .contains("_secret_");
        assertThat(subscriptions()).containsExactly("incomplete");
        assertThat(billing.charged(cookie)).isEmpty();

        confirm(answer, "pm_card_visa");
        assertThat(subscriptions()).containsExactly("active");
        assertThat(billing.charged(cookie)).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"price_unknown\"", "\"\"", "7", "null"})
    void a_price_that_is_not_offered_is_named(String price) {
        var answer = billing.post("/create-subscription", cookie, "{\"priceId\": %s}".formatted(price));

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().path("field").asString()).isEqualTo("priceId");
        assertThat(answer.code()).isIn("unknown_price", "invalid_field");
        assertThat(subscriptions()).isEmpty();
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

        var answer = billing.post("/create-subscription", cookie, "{\"priceId\": \"%s\"}".formatted(cheap));

        assertThat(answer.code()).isEqualTo("unknown_price");
    }

    @Test
    void the_same_again_is_the_same_subscription_with_its_secret() {
        var first = subscribe();
        var again = subscribe();

        assertThat(again.json()).isEqualTo(first.json());
        assertThat(subscriptions()).hasSize(1);
    }

    @Test
    void clicks_at_the_same_time_are_one_subscription() {
        var statuses = IntStream.range(0, 8)
                .parallel()
                .mapToObj(i -> subscribe().status())
                .distinct()
                .toList();

        assertThat(statuses).contains(200).isSubsetOf(200, 409);
        assertThat(subscriptions()).hasSize(1);
    }

    @Test
    void after_its_end_the_same_request_starts_anew() {
        var first = subscribe();
        confirm(first, "pm_card_visa");
        assertThat(cancel("now").json().path("status").asString()).isEqualTo("canceled");

        var second = subscribe();

        assertThat(second.json().path("subscriptionId"))
                .isNotEqualTo(first.json().path("subscriptionId"));
        assertThat(subscriptions()).containsExactlyInAnyOrder("canceled", "incomplete");
    }

    @Test
    void when_stripe_fails_after_the_work_there_is_one_subscription() {
        billing.stripe.faults().add(new Fault.ErrorAfter(), When.next(1).on("POST", "/v1/subscriptions"));

        var answer = subscribe();

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().path("clientSecret").asString()).contains("_secret_");
        assertThat(subscriptions()).hasSize(1);
    }

    @Test
    void when_the_connection_is_cut_or_stripe_is_busy_the_next_request_goes_on() {
        billing.stripe
                .faults()
                .add(new Fault.RateLimit(Duration.ofSeconds(1)), When.next(1).on("POST", "/v1/subscriptions"));
        var busy = subscribe();
        billing.stripe.faults().add(new Fault.CutAfter(), When.next(1).on("POST", "/v1/subscriptions"));
        var cut = subscribe();
        var again = subscribe();

        assertThat(busy.code()).isEqualTo("stripe_busy");
        assertThat(cut.status()).isIn(200, 503);
        assertThat(again.status()).isEqualTo(200);
        assertThat(subscriptions()).hasSize(1);
    }

    @Test
    void after_a_crash_the_subscription_that_was_made_is_found() {
        var first = subscribe();
        billing.database
                .jdbc()
                .sql("""
                    update billing.requests set state = 'open', object = null, generation = generation + 1,
                        lease_until = clock_timestamp()
                    where customer = :customer
                    """)
                .param("customer", Running.customerIn(cookie))
                .update();

        var again = subscribe();

        assertThat(again.json()).isEqualTo(first.json());
        assertThat(subscriptions()).hasSize(1);
    }

    @Test
    void a_trial_asks_for_the_card_only() {
        try (var trial = billing.beside(Map.of("growalert.billing.customer.trial-days", 14))) {
            var answer = trial.post("/create-subscription", cookie, "{\"priceId\": \"%s\"}".formatted(basic));

            assertThat(answer.json().path("clientSecret").asString()).startsWith("seti_");
            assertThat(subscriptions()).containsExactly("trialing");
        }
    }

    @Test
    void a_customer_sees_his_own_from_stripe_until_there_is_a_record() {
        assertThat(billing.get("/subscription", cookie).code()).isEqualTo("no_subscription");
        var id = subscribe().json().path("subscriptionId").asString();

        var mine = billing.get("/subscription", cookie);

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
                .param("customer", Running.customerIn(cookie))
                .update();
        billing.database
                .jdbc()
                .sql("""
                    insert into billing.subscription_items (id, subscription, price, quantity, unit_amount, period_end)
                    values (:id, 'sub_runs', 'price_1', 1, 500, '2026-12-20T10:00:00Z')
                    """)
                .param("id", "si_" + Running.customerIn(cookie))
                .update();

        var mine = billing.get("/subscription", cookie).json();

        assertThat(mine.path("id").asString()).isEqualTo("sub_runs");
        assertThat(mine.path("cancelAtPeriodEnd").asBoolean()).isTrue();
        assertThat(mine.path("items").path(0).path("periodEnd").asString()).isEqualTo("2026-12-20T10:00:00Z");
    }

    @Test
    void canceling_twice_is_canceling_once() {
        confirm(subscribe(), "pm_card_visa");

        var first = cancel("period_end");
        var again = cancel("period_end");

        assertThat(first.status()).isEqualTo(200);
        assertThat(first.json().path("cancelAtPeriodEnd").asBoolean()).isTrue();
        assertThat(first.json().path("status").asString()).isEqualTo("active");
        assertThat(again.json()).isEqualTo(first.json());
        assertThat(cancel("now").json().path("status").asString()).isEqualTo("canceled");
        assertThat(cancel("now").status()).isEqualTo(200);
        assertThat(cancel("period_end").json().path("status").asString()).isEqualTo("canceled");
    }

    @Test
    void a_cancellation_that_is_sent_again_never_ends_a_later_subscription() {
        confirm(subscribe(), "pm_card_visa");
        var body = "{\"when\": \"now\"}";
        var first = billing.post("/cancel-subscription", cookie, body, "Idempotency-Key", "k");
        confirm(subscribe(), "pm_card_visa");

        var again = billing.post("/cancel-subscription", cookie, body, "Idempotency-Key", "k");
        var other = billing.post("/cancel-subscription", cookie, "{\"when\": \"period_end\"}", "Idempotency-Key", "k");

        assertThat(again.json().path("id")).isEqualTo(first.json().path("id"));
        assertThat(other.code()).isEqualTo("idempotency_key_reused");
        assertThat(subscriptions()).containsExactlyInAnyOrder("active", "canceled");
    }

    @Test
    void a_cancellation_that_is_sent_again_without_a_key_ends_no_other_subscription() {
        confirm(subscribe("Idempotency-Key", "one"), "pm_card_visa");
        confirm(subscribe("Idempotency-Key", "two"), "pm_card_visa");
        var first = cancel("now");

        var again = cancel("now");

        assertThat(again.json().path("id")).isEqualTo(first.json().path("id"));
        assertThat(subscriptions()).containsExactlyInAnyOrder("active", "canceled");
    }

    @Test
    void what_was_never_paid_is_canceled_at_once() {
        subscribe();

        assertThat(cancel("period_end").json().path("status").asString()).isIn("canceled", "incomplete_expired");
    }

    @Test
    void nobody_cancels_anothers_subscription() {
        confirm(subscribe(), "pm_card_visa");
        var id = billing.get("/subscription", cookie).json().path("id").asString();
        var other = billing.register("other@example.com");

        var theirs = billing.post("/cancel-subscription", other, "{\"when\": \"now\"}");
        var named = billing.post(
                "/cancel-subscription", other, "{\"when\": \"now\", \"subscriptionId\": \"%s\"}".formatted(id));

        assertThat(List.of(theirs.code(), named.code())).containsOnly("no_subscription");
        assertThat(subscriptions()).containsExactly("active");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"when\": \"later\"}", "{\"when\": 1}"})
    void when_is_one_of_two_words(String body) {
        var answer = billing.post("/cancel-subscription", cookie, body);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().path("field").asString()).isEqualTo("when");
    }

    @Test
    void while_stripe_is_away_known_prices_are_offered_and_unknown_ones_are_503() {
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
        subscribe();
        cancel("later");

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
