package io.growalert.billing.customer.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.billing.customer.Running;
import io.growalert.billing.customer.Subscriber;
import io.growalert.sandbox.fault.Fault;
import io.growalert.sandbox.fault.When;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One person has one subscription, whatever the person clicks in however many browsers. */
class OneSubscriptionTest {
    @RegisterExtension
    private static final SubscriptionScene SCENE = SubscriptionScene.withMail();

    private final Running billing = SCENE.billing();
    private final String basic = SCENE.basic();
    private final String premium = SCENE.premium();

    private final String email = "one-%s@example.com".formatted(UUID.randomUUID());
    private final Subscriber customer = Subscriber.with(billing, email);

    @Test
    void another_price_is_refused_while_a_subscription_runs_and_the_response_names_it() {
        var first = customer.subscribe(basic);
        customer.confirm(first, "pm_card_visa");

        var answer = customer.subscribe(premium);

        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.code()).isEqualTo("has_subscription");
        var running = answer.json().path("subscription");
        assertThat(running.path("id")).isEqualTo(first.json().path("subscriptionId"));
        assertThat(running.path("status").asString()).isEqualTo("active");
        assertThat(running.propertyNames())
                .containsExactlyElementsOf(
                        billing.get("/subscription", customer.cookie()).json().propertyNames());
        assertThat(customer.statuses()).containsExactly("active");
    }

    @Test
    void another_price_is_refused_too_when_the_running_subscription_is_scheduled_to_end() {
        customer.confirm(customer.subscribe(basic), "pm_card_visa");
        customer.cancel("period_end");

        assertThat(customer.subscribe(premium).code()).isEqualTo("has_subscription");
    }

    @Test
    void after_the_end_of_a_subscription_another_price_can_be_subscribed_to() {
        customer.confirm(customer.subscribe(basic), "pm_card_visa");
        customer.cancel("now");

        assertThat(customer.subscribe(premium).status()).isEqualTo(200);
        assertThat(customer.statuses()).containsExactlyInAnyOrder("canceled", "incomplete");
    }

    @Test
    void another_price_replaces_a_subscription_that_waits_for_its_first_payment() {
        var first = customer.subscribe(basic);

        var second = customer.subscribe(premium);

        assertThat(second.status()).isEqualTo(200);
        assertThat(customer.confirm(first, "pm_card_visa")
                        .path("error")
                        .path("code")
                        .asString())
                .isEqualTo("payment_intent_unexpected_state");
        customer.confirm(second, "pm_card_visa");
        assertThat(customer.statuses()).containsExactlyInAnyOrder("active", "incomplete_expired");
        assertThat(billing.charged(customer.cookie())).hasSize(1);
    }

    @Test
    void changing_back_and_forth_ends_with_one() {
        customer.subscribe(basic);
        customer.subscribe(premium);
        var third = customer.subscribe(basic);

        customer.confirm(third, "pm_card_visa");

        assertThat(customer.running()).hasSize(1);
        assertThat(customer.subscribe(premium).code()).isEqualTo("has_subscription");
    }

    @Test
    void a_subscription_whose_payment_is_processing_is_not_replaced() {
        customer.confirm(customer.subscribe(basic), billing.method("4000000000057770"));

        var answer = customer.subscribe(premium);

        assertThat(answer.code()).isEqualTo("has_subscription");
        assertThat(answer.json().path("subscription").path("status").asString()).isEqualTo("incomplete");
        assertThat(customer.statuses()).containsExactly("incomplete");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/invoices", "/v1/subscriptions"})
    void a_replacement_that_failed_is_completed_by_the_next_request(String path) {
        customer.subscribe(basic);
        billing.stripe.faults().add(new Fault.CutAfter(), When.next(1).on("POST", path));

        customer.subscribe(premium);
        var answer = customer.subscribe(premium);

        assertThat(answer.status()).isEqualTo(200);
        customer.confirm(answer, "pm_card_visa");
        assertThat(customer.running()).hasSize(1);
        assertThat(billing.charged(customer.cookie())).hasSize(1);
    }

    @Test
    void two_prices_at_the_same_time_end_with_one_subscription_that_can_be_paid() {
        var answers = IntStream.range(0, 6)
                .parallel()
                .mapToObj(i -> customer.subscribe(i % 2 == 0 ? basic : premium))
                .filter(answer -> answer.status() == 200)
                .toList();

        assertThat(answers).isNotEmpty();
        answers.forEach(answer -> customer.confirm(answer, "pm_card_visa"));
        assertThat(customer.running()).hasSize(1);
        assertThat(billing.charged(customer.cookie())).hasSize(1);
    }

    @Test
    void subscriptions_and_orders_accept_the_same_payment_methods() {
        customer.subscribe(basic);

        assertThat(customer.atStripe()).singleElement().satisfies(subscription -> assertThat(subscription
                        .at("/payment_settings/payment_method_types")
                        .toString())
                .isEqualTo("[\"card\"]"));
    }

    @Test
    void without_mail_each_customer_subscribes_since_sign_in_is_impossible() {
        try (var mailless = billing.beside(Map.of("growalert.billing.customer.mail.folder", ""))) {
            customer.confirm(customer.subscribe(basic), "pm_card_visa");
            var elsewhere = Subscriber.with(mailless, email);

            assertThat(elsewhere.subscribe(basic).status()).isEqualTo(200);
        }
    }

    @Test
    void no_address_is_stored_with_a_request() {
        customer.subscribe(basic);

        assertThat(billing.database
                        .jdbc()
                        .sql("select count(*) from billing.requests r where r::text like '%' || :email || '%'")
                        .param("email", email)
                        .query(Long.class)
                        .single())
                .isZero();
        assertThat(billing.database
                        .jdbc()
                        .sql("select count(*) from billing.requests where customer = 'lock'")
                        .query(Long.class)
                        .single())
                .isZero();
    }
}
