package io.growalert.billing.stripe;

import com.stripe.StripeClient;
import java.time.Duration;

/** Opens readers of lists at Stripe; all readers of all instances share one pace. */
public final class StripeReaders {
    /** Requests take different times to arrive. */
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
