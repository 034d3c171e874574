package io.growalert.billing.customer.subscription;

import io.growalert.billing.customer.settings.CustomerSettings;
import io.growalert.billing.stripe.BackgroundRead;
import io.growalert.billing.stripe.StripeFailure;
import io.growalert.billing.stripe.StripePrices;
import io.growalert.billing.stripe.StripePrices.Price;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** The prices on offer, as they were read from Stripe, at most a minute ago while it answers. */
@Component
public final class Prices {
    private static final Logger LOG = LoggerFactory.getLogger(Prices.class);

    private final StripePrices stripe;
    private final List<String> lookupKeys;
    private final InstantSource clock;
    private final BackgroundRead<Known> known;

    /**
     * @param offered in the order of the configured lookup keys
     * @param unoffered the configured lookup keys without a price that can be offered
     */
    public record Known(List<Price> offered, List<Unoffered> unoffered, Instant since) {}

    /** @param price null: none exists */
    public record Unoffered(String lookupKey, @Nullable String price, String reason) {}

    Prices(StripePrices stripe, CustomerSettings settings, InstantSource clock) {
        this.stripe = stripe;
        this.lookupKeys = settings.prices();
        this.clock = clock;
        known = new BackgroundRead<>("prices", this::read, clock);
    }

    /**
     * In the order of the configured lookup keys. Waits, at most 2 s, only while none are known yet.
     *
     * @throws StripeFailure when none are known
     */
    public List<Price> offered() {
        return known.value().offered();
    }

    /** Reads the prices again for an unknown one, and waits at most 2 s. */
    public boolean offers(String price) {
        if (contains(offered(), price)) {
            return true;
        }
        try {
            return contains(known.refreshed().offered(), price);
        } catch (StripeFailure e) {
            return false; // not among the known ones, which are served while Stripe fails
        }
    }

    private static boolean contains(List<Price> prices, String id) {
        return prices.stream().anyMatch(price -> price.id().equals(id));
    }

    /** The configured lookup keys that are not offered; all of them before the first successful read. */
    public List<String> missing() {
        var at = known.valueIfKnown();
        return at == null
                ? lookupKeys
                : at.unoffered().stream().map(Unoffered::lookupKey).toList();
    }

    /** Reads the prices now, and waits for it. */
    public void refresh() {
        known.refreshed();
    }

    private Known read() {
        try {
            return judged(stripe.withKeys(lookupKeys));
        } catch (StripeFailure e) {
            LOG.atWarn().setCause(e).log("Reading the prices from Stripe failed; the known ones are offered");
            throw e;
        } catch (RuntimeException e) {
            LOG.atError()
                    .setCause(e)
                    .log("Reading the prices failed with an internal error; the known ones are offered");
            throw e;
        }
    }

    /** Stores the prices that Stripe listed. */
    public Known store(List<Price> found) {
        return known.store(judged(found));
    }

    private Known judged(List<Price> found) {
        var offered = new ArrayList<Price>();
        var unoffered = new ArrayList<Unoffered>();
        for (var key : lookupKeys) {
            var price = found.stream()
                    .filter(each -> each.lookupKey().equals(key))
                    .findFirst()
                    .orElse(null);
            if (price == null) {
                unoffered.add(new Unoffered(key, null, "Stripe has no active price with this lookup key"));
            } else if (price.obstacle() != null) {
                unoffered.add(new Unoffered(key, price.id(), price.obstacle()));
            } else {
                offered.add(price);
            }
        }
        warn(unoffered, known.lastValue());
        return new Known(List.copyOf(offered), List.copyOf(unoffered), clock.instant());
    }

    /** Once for each change, not for each read. */
    private static void warn(List<Unoffered> now, @Nullable Known before) {
        for (var each : now) {
            if (before == null || !before.unoffered().contains(each)) {
                LOG.atWarn()
                        .addKeyValue("lookupKey", each.lookupKey())
                        .addKeyValue("price", each.price())
                        .addKeyValue("reason", each.reason())
                        .log("Price not offered");
            }
        }
    }
}
