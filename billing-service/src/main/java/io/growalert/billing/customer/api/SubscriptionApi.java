package io.growalert.billing.customer.api;

import io.growalert.billing.customer.idempotency.RequestKey;
import io.growalert.billing.customer.session.Sessions;
import io.growalert.billing.customer.subscription.CustomerSubscriptions;
import io.growalert.billing.customer.subscription.NewSubscriptions;
import io.growalert.billing.customer.subscription.Prices;
import io.growalert.billing.problem.BillingProblem;
import io.growalert.billing.stripe.StripeSubscriptions;
import io.growalert.billing.stripe.StripeSubscriptions.Shown;
import io.growalert.definitions.Secret;
import io.growalert.runtime.http.CommonProblem;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** A customer starts, reads, cancels and resumes a subscription. */
@RestController
final class SubscriptionApi {
    private static final Logger LOG = LoggerFactory.getLogger(SubscriptionApi.class);
    private static final int MAX_ID = 255;

    private final Sessions sessions;
    private final Prices prices;
    private final NewSubscriptions newSubscriptions;
    private final CustomerSubscriptions subscriptions;

    SubscriptionApi(
            Sessions sessions, Prices prices, NewSubscriptions newSubscriptions, CustomerSubscriptions subscriptions) {
        this.sessions = sessions;
        this.prices = prices;
        this.newSubscriptions = newSubscriptions;
        this.subscriptions = subscriptions;
    }

    /**
     * @param clientSecret of the intent to be confirmed, or confirmed before; null when none is needed
     * @param intent what the secret confirms: a {@code payment}, or for a trial the {@code setup} of a card; null without a secret
     */
    record Started(
            String subscriptionId,
            @Nullable String clientSecret,
            @Nullable String intent) {
        static Started of(StripeSubscriptions.Started started) {
            var secret = started.clientSecret();
            return secret == null
                    ? new Started(started.id(), null, null)
                    : new Started(started.id(), secret.value(), isOfSetup(secret) ? "setup" : "payment");
        }

        /** By the prefix of Stripe's ids. */
        private static boolean isOfSetup(Secret secret) {
            return secret.value().startsWith("seti_");
        }

        @Override
        public String toString() {
            return "Started[subscriptionId=%s]".formatted(subscriptionId);
        }
    }

    @PostMapping(path = "/create-subscription", consumes = MediaType.APPLICATION_JSON_VALUE)
    Started create(HttpServletRequest http) throws IOException {
        var customer = sessions.customerOf(http);
        var price = JsonBody.of(http).text("priceId", MAX_ID);
        if (!prices.offers(price)) {
            throw BillingProblem.UNKNOWN_PRICE.in("priceId", "priceId: expected one of the prices that are offered");
        }
        var started = newSubscriptions.start(
                RequestKey.of(customer, "create-subscription", IdempotencyKeyHeader.of(http), price), price);
        LOG.atInfo()
                .addKeyValue("customerId", customer)
                .addKeyValue("subscriptionId", started.id())
                .log("Subscription started");
        return Started.of(started);
    }

    @GetMapping("/subscription")
    Shown mine(HttpServletRequest http) {
        return subscriptions.of(sessions.customerOf(http)).orElseThrow(CustomerSubscriptions::none);
    }

    /** Idempotent, with a key or without one. */
    @PostMapping(path = "/cancel-subscription", consumes = MediaType.APPLICATION_JSON_VALUE)
    Shown cancel(HttpServletRequest http) throws IOException {
        var customer = sessions.customerOf(http);
        var body = JsonBody.of(http);
        var when =
                switch (body.text("when", 20)) {
                    case "period_end" -> CustomerSubscriptions.When.PERIOD_END;
                    case "now" -> CustomerSubscriptions.When.NOW;
                    default -> throw CommonProblem.INVALID_FIELD.in("when", "when: expected period_end or now");
                };
        var id = body.optionalText("subscriptionId", MAX_ID);
        var key = RequestKey.of(customer, "cancel-subscription", IdempotencyKeyHeader.of(http), when + "\n" + id);
        var canceled = subscriptions.cancelOnce(key, id, when);
        LOG.atInfo()
                .addKeyValue("customerId", customer)
                .addKeyValue("subscriptionId", canceled.id())
                .addKeyValue("when", when)
                .log("Subscription canceled");
        return canceled;
    }

    /** Idempotent, with a key or without one. */
    @PostMapping(path = "/subscription/resume", consumes = MediaType.APPLICATION_JSON_VALUE)
    Shown resume(HttpServletRequest http) throws IOException {
        var customer = sessions.customerOf(http);
        var id = JsonBody.of(http).text("subscriptionId", MAX_ID);
        var resumed = subscriptions.resumeOnce(
                RequestKey.of(customer, "resume-subscription", IdempotencyKeyHeader.of(http), id), id);
        LOG.atInfo()
                .addKeyValue("customerId", customer)
                .addKeyValue("subscriptionId", resumed.id())
                .log("Subscription resumed");
        return resumed;
    }
}
