package io.growalert.billing.customer;

import io.growalert.billing.customer.order.DevicePrice;
import io.growalert.billing.customer.settings.CustomerSettings;
import io.growalert.billing.customer.subscription.Prices;
import io.growalert.billing.stripe.StripeProbe;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.stereotype.Component;

/** Before the service accepts requests: Stripe is reachable and accepts the key, and the prices are known. */
@Component
final class StripeStartCheck implements InitializingBean {
    private final StripeProbe stripe;
    private final Prices prices;
    private final DevicePrice devicePrice;
    private final CustomerSettings settings;

    StripeStartCheck(StripeProbe stripe, Prices prices, DevicePrice devicePrice, CustomerSettings settings) {
        this.stripe = stripe;
        this.prices = prices;
        this.devicePrice = devicePrice;
        this.settings = settings;
    }

    @Override
    public void afterPropertiesSet() {
        stripe.prices(settings.prices()).ifPresent(answer -> {
            prices.store(answer);
            devicePrice.readAtStart();
        });
    }
}
