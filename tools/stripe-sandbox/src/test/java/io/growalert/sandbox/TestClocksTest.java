package io.growalert.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.stripe.exception.StripeException;
import com.stripe.model.Invoice;
import com.stripe.model.Subscription;
import com.stripe.model.testhelpers.TestClock;
import com.stripe.param.CustomerCreateParams;
import com.stripe.param.CustomerListParams;
import com.stripe.param.InvoiceListParams;
import com.stripe.param.PriceListParams;
import com.stripe.param.SubscriptionCreateParams;
import com.stripe.param.testhelpers.TestClockAdvanceParams;
import com.stripe.param.testhelpers.TestClockCreateParams;
import java.io.IOException;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TestClocksTest {
    private static final Instant START = Instant.parse("2026-03-01T00:00:00Z");

    private final AtomicLong passed = new AtomicLong();
    private Peer peer;

    @BeforeEach
    void start() throws IOException {
        peer = Peer.start(Options.defaults().withClock(() -> START.plusSeconds(passed.get())));
    }

    @AfterEach
    void stop() {
        peer.close();
    }

    @Test
    void advancing_a_clock_renews_a_subscription_as_often_as_is_due() throws StripeException {
        var clock = clock();
        var subscription = subscribe(clock.getId(), "tok_visa");

        var advancing =
                peer.v1().testHelpers().testClocks().advance(clock.getId(), to(Instant.parse("2026-05-02T00:00:00Z")));

        assertThat(advancing.getStatus()).isEqualTo("advancing");
        assertThat(peer.v1().testHelpers().testClocks().retrieve(clock.getId()).getStatus())
                .isEqualTo("ready");
        var invoices = peer.v1()
                .invoices()
                .list(InvoiceListParams.builder()
                        .setSubscription(subscription.getId())
                        .build())
                .getData();
        assertThat(invoices).extracting(Invoice::getStatus).containsExactly("paid", "paid", "paid");
        assertThat(invoices)
                .extracting(
                        invoice -> Instant.ofEpochSecond(invoice.getCreated()).toString())
                .containsExactly("2026-05-01T00:00:00Z", "2026-04-01T00:00:00Z", "2026-03-01T00:00:00Z");
        var renewed = peer.v1().subscriptions().retrieve(subscription.getId());
        assertThat(Instant.ofEpochSecond(renewed.getItems().getData().getFirst().getCurrentPeriodEnd()))
                .isEqualTo("2026-06-01T00:00:00Z");
        assertThat(peer.events())
                .contains("test_helpers.test_clock.created", "test_helpers.test_clock.advancing")
                .endsWith("test_helpers.test_clock.ready");
    }

    @Test
    void a_renewal_that_fails_leaves_the_subscription_past_due() throws StripeException {
        var clock = clock();
        var customer = customer(clock.getId(), "tok_chargeCustomerFail");
        var subscription = peer.v1()
                .subscriptions()
                .create(params(customer).setTrialPeriodDays(7L).build());
        assertThat(subscription.getStatus()).isEqualTo("trialing");

        peer.v1().testHelpers().testClocks().advance(clock.getId(), to(Instant.parse("2026-03-08T00:00:00Z")));

        var behind = peer.v1().subscriptions().retrieve(subscription.getId());
        assertThat(behind.getStatus()).isEqualTo("past_due");
        assertThat(peer.events())
                .containsSubsequence(
                        "customer.subscription.trial_will_end",
                        "invoice.finalized",
                        "charge.failed",
                        "payment_intent.payment_failed",
                        "invoice.payment_failed");
    }

    @Test
    void a_card_that_requires_authentication_again_leaves_the_renewal_waiting() throws StripeException {
        var clock = clock();
        var customer = customer(clock.getId(), "tok_threeDSecure2Required");
        var subscription = peer.v1()
                .subscriptions()
                .create(params(customer).setTrialPeriodDays(7L).build());

        peer.v1().testHelpers().testClocks().advance(clock.getId(), to(Instant.parse("2026-03-08T00:00:00Z")));

        assertThat(peer.v1().subscriptions().retrieve(subscription.getId()).getStatus())
                .isEqualTo("past_due");
        assertThat(peer.events()).contains("payment_intent.requires_action", "invoice.payment_action_required");
    }

    @Test
    void deleting_a_clock_deletes_what_lived_under_it() throws StripeException {
        var clock = clock();
        var customer = subscribe(clock.getId(), "tok_visa").getCustomer();
        assertThat(peer.v1().customers().list().getData()).isEmpty();
        assertThat(peer.v1()
                        .customers()
                        .list(CustomerListParams.builder()
                                .setTestClock(clock.getId())
                                .build())
                        .getData())
                .hasSize(1);

        peer.v1().testHelpers().testClocks().delete(clock.getId());

        assertThat(peer.v1().customers().retrieve(customer).getDeleted()).isTrue();

        passed.addAndGet(60);
        assertThat(peer.v1().subscriptions().list().getData()).isEmpty();
    }

    @Test
    void without_a_test_clock_renewals_happen_by_themselves_in_time() throws StripeException {
        var subscription = subscribe(null, "tok_visa");
        var listed = peer.v1();

        passed.set(31L * 24 * 3600);

        await().until(() ->
                peer.events().stream().filter("invoice.paid"::equals).count() == 2);
        assertThat(listed.subscriptions().retrieve(subscription.getId()).getStatus())
                .isEqualTo("active");
    }

    private TestClock clock() throws StripeException {
        return peer.v1()
                .testHelpers()
                .testClocks()
                .create(TestClockCreateParams.builder()
                        .setFrozenTime(START.getEpochSecond())
                        .build());
    }

    private Subscription subscribe(@Nullable String clock, String source) throws StripeException {
        return peer.v1().subscriptions().create(params(customer(clock, source)).build());
    }

    private String customer(@Nullable String clock, String source) throws StripeException {
        var params = CustomerCreateParams.builder().setSource(source);
        if (clock != null) {
            params.setTestClock(clock);
        }
        return peer.v1().customers().create(params.build()).getId();
    }

    private SubscriptionCreateParams.Builder params(String customer) throws StripeException {
        var price = peer.v1()
                .prices()
                .list(PriceListParams.builder().addLookupKey("basic").build())
                .getData()
                .getFirst();
        return SubscriptionCreateParams.builder()
                .setCustomer(customer)
                .addItem(SubscriptionCreateParams.Item.builder()
                        .setPrice(price.getId())
                        .build());
    }

    private static TestClockAdvanceParams to(Instant time) {
        return TestClockAdvanceParams.builder()
                .setFrozenTime(time.getEpochSecond())
                .build();
    }
}
