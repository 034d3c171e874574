package io.growalert.billing.stripe;

import com.stripe.StripeClient;
import java.time.Duration;

/** Hands out a reader for each that reads much from Stripe; all of them, of all instances, keep one pace. */
public final class StripeReaders {
    /** Requests do not take equally long to arrive. */
    private static final Duration A_LITTLE_MORE_THAN_A_SECOND = Duration.ofMillis(1_050);

    private final StripeClient stripe;
    private final Pace pace;
    private final Duration gap;

    public StripeReaders(StripeClient stripe, Pace pace, StripeSettings settings) {
        this.stripe = stripe;
        this.pace = pace;
        gap = A_LITTLE_MORE_THAN_A_SECOND.dividedBy(settings.requestsPerSecond());
    }

    /** @param pause how to wait */
    public StripeReader open(StripeReader.Pause pause) {
        return new StripeReader(stripe, pace::reserve, gap, pause);
    }
}
