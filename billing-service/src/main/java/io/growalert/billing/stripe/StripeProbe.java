package io.growalert.billing.stripe;

import io.growalert.billing.stripe.StripeFailure.Reason;
import io.growalert.billing.stripe.StripePrices.Price;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Checks at the start that Stripe is reachable and accepts the secret key, by one cheap read. */
public final class StripeProbe {
    private static final Logger LOG = LoggerFactory.getLogger(StripeProbe.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    /** Stripe's stand-in, or the network, may start at the same time. */
    static final Duration PATIENCE = Duration.ofSeconds(15);

    private final StripePrices prices;
    private final StripeSettings settings;
    private final Duration patience;

    /** @param patience about how long to wait for an unreachable Stripe */
    StripeProbe(StripePrices prices, StripeSettings settings, Duration patience) {
        this.prices = prices;
        this.settings = settings;
        this.patience = patience;
    }

    /**
     * The active prices with these lookup keys; empty when Stripe is reachable but cannot list them at present.
     *
     * @throws StripeUnusable when Stripe is unreachable, or rejects the key
     */
    public Optional<List<Price>> prices(List<String> lookupKeys) {
        long start = System.nanoTime();
        while (true) {
            try {
                return Optional.of(prices.withKeys(lookupKeys));
            } catch (StripeFailure e) {
                switch (e.reason()) {
                    case Reason.Denied _ ->
                        throw new StripeUnusable(
                                "Stripe at %s rejected the secret key (HTTP 401); set %s to a valid one"
                                        .formatted(settings.apiBase(), StripeKeys.SECRET_KEY_VARIABLE));
                    case Reason.Forbidden(var right) -> {
                        LOG.atWarn()
                                .addKeyValue("right", right)
                                .log(
                                        "Stripe's secret key lacks the permission to read prices; starting without prices");
                        return Optional.empty();
                    }
                    case Reason.Unanswered _ -> {
                        if (System.nanoTime() - start >= patience.toNanos()) {
                            throw unreachable();
                        }
                        LOG.atInfo().addKeyValue("address", settings.apiBase()).log("Stripe is unreachable; retrying");
                        pause();
                    }
                    case Reason.Card _,
                            Reason.Invalid _,
                            Reason.Busy _,
                            Reason.Broken _,
                            Reason.NotSent _,
                            Reason.OverBudget _ -> {
                        LOG.atWarn().setCause(e).log("Reading the prices from Stripe failed; starting, and retrying");
                        return Optional.empty();
                    }
                }
            }
        }
    }

    private void pause() {
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unreachable();
        }
    }

    private StripeUnusable unreachable() {
        return new StripeUnusable("Stripe at %s is unreachable; check the network, or set %s"
                .formatted(settings.apiBase(), StripeKeys.API_BASE_VARIABLE));
    }
}
