package io.growalert.billing.customer.subscription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.growalert.billing.customer.Running;
import io.growalert.billing.customer.Subscriber;
import io.growalert.sandbox.fault.Fault;
import io.growalert.sandbox.fault.When;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One person has one subscription, whatever the person clicks in however many browsers. */
class OneSubscriptionTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private static Path mails;

    @SuppressWarnings("NullAway.Init")
    private static Running billing;

    @SuppressWarnings("NullAway.Init")
    private static String basic;

    @SuppressWarnings("NullAway.Init")
    private static String premium;

    private final String email = "one-%s@example.com".formatted(UUID.randomUUID());
    private final Subscriber customer = Subscriber.with(billing, email);

    @BeforeAll
    static void start() throws IOException {
        billing = Running.started(Map.of(
                "growalert.billing.customer.limits.customers-per-address",
                1_000,
                "growalert.billing.customer.mail.folder",
                mails,
                "growalert.billing.customer.mail.site",
                "http://127.0.0.1:9"));
        basic = Subscriber.price(billing, 0);
        premium = Subscriber.price(billing, 1);
    }

    @AfterAll
    static void stop() {
        billing.close();
    }

    @AfterEach
    void clearFaults() {
        billing.stripe.faults().clear();
    }

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

        browsers.parallelStream().forEach(browser -> pay(browser, basic));
        browsers.forEach(browser -> pay(browser, premium));

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
            pay(elsewhere, premium);
            pay(customer.at(service), basic);

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
    private static int expireLocks() {
        return billing.database.jdbc().sql("""
                    update billing.requests set holder = gen_random_uuid(), lease_until = clock_timestamp() - interval '1 second'
                    where customer = 'lock' and endpoint = 'create-subscription' and state = 'open'
                    """).update();
    }

    @Test
    void only_the_customer_that_verified_the_address_subscribes_with_it() {
        var otherClient = Subscriber.with(billing, email);
        otherClient.subscribe(basic);
        verify(customer);

        assertThat(customer.subscribe(premium).status()).isEqualTo(200);
        assertThat(otherClient.subscribe(basic).code()).isEqualTo("sign_in_needed");
        assertThat(otherClient.statuses()).containsExactly("incomplete_expired");
    }

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
            verify(customer);

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
    void subscriptions_and_orders_accept_the_same_payment_methods() {
        customer.subscribe(basic);

        assertThat(customer.atStripe()).singleElement().satisfies(subscription -> assertThat(subscription
                        .at("/payment_settings/payment_method_types")
                        .toString())
                .isEqualTo("[\"card\"]"));
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

    private static void pay(Subscriber browser, String price) {
        var answer = browser.subscribe(price);
        if (answer.status() == 200 && answer.json().path("clientSecret").isString()) {
            browser.confirm(answer, "pm_card_visa");
        }
    }

    /** As a sign-in by mail does it. */
    private static void verify(Subscriber subscriber) {
        billing.database
                .jdbc()
                .sql("update billing.registrations set verified_at = now() where customer = :customer")
                .param("customer", subscriber.id())
                .update();
    }
}
