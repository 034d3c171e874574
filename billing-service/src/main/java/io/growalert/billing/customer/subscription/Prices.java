package io.growalert.billing.customer.subscription;

import io.growalert.billing.customer.settings.CustomerSettings;
import io.growalert.billing.stripe.StripeFailure;
import io.growalert.billing.stripe.StripePrices;
import io.growalert.billing.stripe.StripePrices.Price;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * The prices on offer. They are read from Stripe when a request finds them older than a minute, in the background and one read at a
 * time; the known ones are served meanwhile, whatever their age. Neither a loop (an idle instance would query Stripe) nor a cache
 * library fits: a read after a failure waits, and an unknown price causes an early read.
 */
@Component
public final class Prices {
    private static final Logger LOG = LoggerFactory.getLogger(Prices.class);
    private static final Duration FRESH = Duration.ofMinutes(1);
    /** The least time between two reads. */
    private static final Duration PAUSE = Duration.ofSeconds(5);
    /** How long a request waits for a read. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private static final Executor THREADS =
            read -> Thread.ofVirtual().name("prices").start(read);

    private final StripePrices stripe;
    private final List<String> lookupKeys;
    private final InstantSource clock;
    private volatile @Nullable Known known;
    private @Nullable CompletableFuture<Known> read;
    private Instant ended = Instant.MIN;

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
    }

    /**
     * In the order of the configured lookup keys. Waits, at most 2 s, only while none are known yet.
     *
     * @throws StripeFailure when none are known
     */
    public List<Price> offered() {
        var at = known;
        if (at != null) {
            refreshWhenOld(at);
            return at.offered();
        }
        return awaited(reading()).offered();
    }

    /** Reads the prices again for an unknown one, and waits at most 2 s. */
    public boolean offers(String price) {
        if (contains(offered(), price)) {
            return true;
        }
        try {
            return contains(awaited(reading()).offered(), price);
        } catch (StripeFailure e) {
            return false; // not among the known ones, which are served while Stripe fails
        }
    }

    private static boolean contains(List<Price> prices, String id) {
        return prices.stream().anyMatch(price -> price.id().equals(id));
    }

    /** The configured lookup keys that are not offered; all of them before the first successful read. */
    public List<String> missing() {
        var at = known;
        if (at == null) {
            var _ = reading();
            return lookupKeys;
        }
        refreshWhenOld(at);
        return at.unoffered().stream().map(Unoffered::lookupKey).toList();
    }

    /** Reads the prices now, and waits for it. */
    public void refresh() {
        awaited(reading());
    }

    private void refreshWhenOld(Known at) {
        if (!clock.instant().isBefore(at.since().plus(FRESH))) {
            var _ = reading();
        }
    }

    /** The read under way, or a new one, or the last one when that ended just now. */
    private synchronized CompletableFuture<Known> reading() {
        var last = read;
        boolean soon = clock.instant().isBefore(ended.plus(PAUSE));
        if (last != null && (!last.isDone() || soon)) {
            return last;
        }
        var next = CompletableFuture.supplyAsync(this::read, THREADS).whenComplete((_, _) -> end());
        read = next;
        return next;
    }

    private synchronized void end() {
        ended = clock.instant();
    }

    private static Known awaited(CompletableFuture<Known> read) {
        try {
            return read.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw StripeFailure.undecided();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw StripeFailure.undecided();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new CompletionException(e.getCause());
        }
    }

    private Known read() {
        try {
            return store(stripe.withKeys(lookupKeys));
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
        warn(unoffered, known);
        var now = new Known(List.copyOf(offered), List.copyOf(unoffered), clock.instant());
        known = now;
        return now;
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
