package io.growalert.billing.stripe;

import com.stripe.StripeClient;
import java.time.InstantSource;

/**
 * What the checks of the connection, and the command line without a running service, do at Stripe.
 *
 * @param trial tries the calls that billing makes
 */
public record StripeConnection(StripeTrial trial, StripePrices prices, StripeWebhooks webhooks, StripeCatalog catalog) {

    /** Beside a running service, or without one. */
    public static StripeConnection open(StripeSettings settings) {
        return of(StripeConfiguration.client(settings).build(), settings, InstantSource.system(), () -> {});
    }

    /** @param turn called before each of many requests; may wait */
    static StripeConnection of(StripeClient stripe, StripeSettings settings, InstantSource clock, Runnable turn) {
        return new StripeConnection(
                new StripeTrial(stripe, settings, clock, turn),
                new StripePrices(stripe, settings),
                new StripeWebhooks(stripe),
                new StripeCatalog(stripe));
    }
}
