package io.growalert.billing.customer;

import io.growalert.billing.stripe.StripeFailure;
import io.growalert.billing.stripe.StripeSubscriptions;
import io.growalert.billing.stripe.StripeSubscriptions.Price;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** The prices that are offered, kept for a moment, and longer while Stripe cannot be asked. */
@Component
final class Prices {
    private static final Logger LOG = LoggerFactory.getLogger(Prices.class);
    private static final Duration FRESH = Duration.ofMinutes(1);
    /** How soon somebody who asks for a price that we do not know makes us look again. */
    private static final Duration NEWS = Duration.ofSeconds(5);

    private final StripeSubscriptions stripe;
    private final List<String> lookupKeys;
    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile @Nullable Known known;

    private record Known(List<Price> prices, Instant since) {
        boolean isYounger(Duration age, Instant now) {
            return now.isBefore(since.plus(age));
        }
    }

    Prices(StripeSubscriptions stripe, CustomerSettings settings, InstantSource clock) {
        this.stripe = stripe;
        this.lookupKeys = settings.prices();
        this.clock = clock;
    }

    /**
     * In the order of the configured lookup keys.
     *
     * @throws StripeFailure when Stripe cannot be asked and never was
     */
    List<Price> offered() {
        return notOlderThan(FRESH);
    }

    boolean offers(String price) {
        return contains(offered(), price) || contains(notOlderThan(NEWS), price);
    }

    private static boolean contains(List<Price> prices, String id) {
        return prices.stream().anyMatch(price -> price.id().equals(id));
    }

    private List<Price> notOlderThan(Duration age) {
        var before = known;
        if (before != null && before.isYounger(age, clock.instant())) {
            return before.prices();
        }
        lock.lock();
        try {
            var at = known;
            if (at == null || !at.isYounger(age, clock.instant())) {
                at = new Known(ask(), clock.instant());
                known = at;
            }
            return at.prices();
        } catch (StripeFailure e) {
            var at = known;
            if (at == null) {
                throw e;
            }
            LOG.atWarn().setCause(e).log("Stripe cannot be asked for the prices; those that were known are offered");
            // not asked by everybody while it is away
            known = new Known(at.prices(), clock.instant().minus(FRESH).plus(NEWS));
            return at.prices();
        } finally {
            lock.unlock();
        }
    }

    private List<Price> ask() {
        var prices = stripe.prices(lookupKeys);
        return lookupKeys.stream()
                .flatMap(key -> {
                    var found = prices.stream()
                            .filter(price -> price.lookupKey().equals(key))
                            .findFirst();
                    if (found.isEmpty()) {
                        LOG.atWarn()
                                .addKeyValue("lookupKey", key)
                                .log("Stripe has no active price with this lookup key; it is not offered");
                    }
                    return found.stream();
                })
                .toList();
    }
}
