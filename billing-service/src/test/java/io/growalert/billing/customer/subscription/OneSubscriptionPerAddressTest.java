package io.growalert.billing.customer.subscription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.growalert.billing.customer.Running;
import io.growalert.billing.customer.Subscriber;
import io.growalert.sandbox.fault.Fault;
import io.growalert.sandbox.fault.When;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several clients with one e-mail address have one subscription. */
class OneSubscriptionPerAddressTest {
    @RegisterExtension
    private static final SubscriptionScene SCENE = SubscriptionScene.withMail();

    private final Running billing = SCENE.billing();
    private final String basic = SCENE.basic();
    private final String premium = SCENE.premium();

    private final String email = "one-%s@example.com".formatted(UUID.randomUUID());
    private final Subscriber customer = Subscriber.with(billing, email);

    @Test
    void another_browser_with_the_same_address_replaces_an_unpaid_subscription() {
        var first = customer.subscribe(basic);
        var elsewhere = Subscriber.with(billing, email);

        var second = elsewhere.subscribe(premium);

        assertThat(second.status()).isEqualTo(200);
        customer.confirm(first, "pm_card_visa");
        elsewhere.confirm(second, "pm_card_visa");
        assertThat(customer.running()).isEmpty();
        assertThat(elsewhere.running()).hasSize(1);
        assertThat(customer.subscribe(basic).code()).isEqualTo("sign_in_needed");
    }

    @Test
    void another_browser_with_the_same_address_has_to_sign_in_once_it_was_paid() {
        var elsewhere = Subscriber.with(billing, email.toUpperCase(Locale.ROOT));
        customer.confirm(customer.subscribe(basic), "pm_card_visa");

        var answer = elsewhere.subscribe(basic);

        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.code()).isEqualTo("sign_in_needed");
        assertThat(elsewhere.statuses()).isEmpty();
    }

    @Test
    void browsers_at_the_same_time_with_one_address_end_with_one_subscription() {
        var browsers = Stream.concat(Stream.of(customer), Stream.generate(() -> Subscriber.with(billing, email)))
                .limit(4)
                .toList();

        browsers.parallelStream().forEach(browser -> SubscriptionScene.pay(browser, basic));
        browsers.forEach(browser -> SubscriptionScene.pay(browser, premium));

        assertThat(browsers.stream().flatMap(browser -> browser.running().stream()))
                .hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 14})
    void a_subscription_whose_answer_was_lost_is_seen_from_another_browser(int trialDays) {
        try (var service = billing.beside(Map.of(
                "growalert.billing.customer.trial-days", trialDays, "growalert.billing.stripe.read-timeout", "1s"))) {
            var elsewhere = Subscriber.with(service, email);
            billing.stripe
                    .faults()
                    .add(new Fault.Hang(Duration.ofSeconds(2)), When.next(1).on("POST", "/v1/subscriptions"));

            assertThat(customer.at(service).subscribe(basic).code()).isEqualTo("stripe_unavailable");
            await().until(() -> !customer.statuses().isEmpty());
            var second = elsewhere.subscribe(premium);
            SubscriptionScene.pay(elsewhere, premium);
            SubscriptionScene.pay(customer.at(service), basic);

            assertThat(second.code()).isEqualTo(trialDays > 0 ? "sign_in_needed" : "");
            assertThat(Stream.of(customer, elsewhere).flatMap(browser -> browser.running().stream()))
                    .hasSize(1);
        }
    }

    @Test
    void a_start_that_lost_the_lock_of_the_address_withdraws_its_subscription() {
        var elsewhere = Subscriber.with(billing, email);
        billing.stripe
                .faults()
                .add(new Fault.Hang(Duration.ofSeconds(3)), When.next(1).on("POST", "/v1/subscriptions"));
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var late = CompletableFuture.supplyAsync(() -> customer.subscribe(basic), threads);
            await().until(() -> expireLocks() > 0);
            var second = elsewhere.subscribe(basic);

            assertThat(late.join().status()).isNotEqualTo(200);
            elsewhere.confirm(second, "pm_card_visa");
        }

        assertThat(Stream.of(customer, elsewhere).flatMap(browser -> browser.running().stream()))
                .hasSize(1);
        assertThat(customer.statuses()).doesNotContain("incomplete", "active");
    }

    /** As when an instance pauses, or its renewal fails, for longer than a lease. */
    private int expireLocks() {
        return billing.database.jdbc().sql("""
                    update billing.requests set holder = gen_random_uuid(), lease_until = clock_timestamp() - interval '1 second'
                    where customer = 'lock' and endpoint = 'create-subscription' and state = 'open'
                    """).update();
    }

    @Test
    void only_the_customer_that_verified_the_address_subscribes_with_it() {
        var otherClient = Subscriber.with(billing, email);
        otherClient.subscribe(basic);
        SCENE.verify(customer);

        assertThat(customer.subscribe(premium).status()).isEqualTo(200);
        assertThat(otherClient.subscribe(basic).code()).isEqualTo("sign_in_needed");
        assertThat(otherClient.statuses()).containsExactly("incomplete_expired");
    }
}
