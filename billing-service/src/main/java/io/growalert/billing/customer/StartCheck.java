package io.growalert.billing.customer;

import io.growalert.billing.stripe.StripeProbe;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.stereotype.Component;

/** Before anything is served: Stripe is reachable and accepts the key, and the prices are known. */
@Component
final class StartCheck implements InitializingBean {
    private final StripeProbe stripe;
    private final Prices prices;
    private final CustomerSettings settings;

    StartCheck(StripeProbe stripe, Prices prices, CustomerSettings settings) {
        this.stripe = stripe;
        this.prices = prices;
        this.settings = settings;
    }

    @Override
    public void afterPropertiesSet() {
        stripe.prices(settings.prices()).ifPresent(prices::learn);
    }
}
