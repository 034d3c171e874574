package io.growalert.billing.customer.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.billing.customer.Running;
import io.growalert.billing.customer.Subscriber;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Trials and scheduled cancellations. */
class SubscriptionTermsTest {
    @RegisterExtension
    private static final SubscriptionScene SCENE = SubscriptionScene.withMail();

    private final Running billing = SCENE.billing();
    private final String basic = SCENE.basic();

    private final String email = "one-%s@example.com".formatted(UUID.randomUUID());
    private final Subscriber customer = Subscriber.with(billing, email);

    @Test
    void a_trial_is_granted_once_for_an_address() {
        try (var trial = billing.beside(Map.of("growalert.billing.customer.trial-days", 14))) {
            customer.at(trial).subscribe(basic);
            customer.cancel("now");

            var elsewhere = Subscriber.with(trial, email);
            var answer = elsewhere.subscribe(basic);

            assertThat(answer.json().path("intent").asString()).isEqualTo("payment");
            assertThat(elsewhere.statuses()).containsExactly("incomplete");
        }
    }

    @Test
    void another_client_uses_up_no_trial_of_the_customer_that_verified_the_address() {
        try (var trial = billing.beside(Map.of("growalert.billing.customer.trial-days", 14))) {
            var otherClient = Subscriber.with(trial, email);
            otherClient.subscribe(basic);
            otherClient.cancel("now");
            SCENE.verify(customer);

            assertThat(customer.at(trial).subscribe(basic).json().path("intent").asString())
                    .isEqualTo("setup");
            assertThat(customer.statuses()).containsExactly("trialing");
        }
    }

    @Test
    void a_trial_without_a_card_ends_by_cancellation() {
        try (var trial = billing.beside(Map.of("growalert.billing.customer.trial-days", 14))) {
            customer.at(trial).subscribe(basic);
        }

        assertThat(customer.atStripe()).singleElement().satisfies(subscription -> assertThat(subscription
                        .at("/trial_settings/end_behavior/missing_payment_method")
                        .asString())
                .isEqualTo("cancel"));
    }

    @Test
    void a_cancellation_at_another_time_is_taken_back_like_one_at_the_end_of_the_period() {
        customer.confirm(customer.subscribe(basic), "pm_card_visa");
        customer.updateAtStripe("cancel_at=%d"
                .formatted(Instant.now().plus(Duration.ofDays(100)).getEpochSecond()));

        assertThat(customer.subscribe(basic).status()).isEqualTo(200);

        assertThat(customer.atStripe()).singleElement().satisfies(subscription -> {
            assertThat(subscription.path("cancel_at").isNull()).isTrue();
            assertThat(subscription.path("cancel_at_period_end").asBoolean()).isFalse();
        });
        assertThat(customer.running()).hasSize(1);
    }

    @Test
    void a_cancellation_within_the_period_is_a_scheduled_one() {
        customer.confirm(customer.subscribe(basic), "pm_card_visa");
        var soon = Instant.now().plus(Duration.ofDays(3)).getEpochSecond();
        customer.updateAtStripe("cancel_at=" + soon);

        assertThat(customer.cancel("period_end").status()).isEqualTo(200);

        assertThat(customer.atStripe()).singleElement().satisfies(subscription -> assertThat(
                        subscription.path("cancel_at").asLong())
                .isEqualTo(soon));
    }

    @Test
    void a_cancellation_after_the_period_does_not_replace_one_at_its_end() {
        customer.confirm(customer.subscribe(basic), "pm_card_visa");
        customer.updateAtStripe("cancel_at=%d"
                .formatted(Instant.now().plus(Duration.ofDays(100)).getEpochSecond()));

        customer.cancel("period_end");

        assertThat(customer.atStripe()).singleElement().satisfies(subscription -> assertThat(
                        subscription.path("cancel_at_period_end").asBoolean())
                .isTrue());
    }
}
