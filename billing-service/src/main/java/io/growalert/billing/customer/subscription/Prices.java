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
 * The prices that are offered. They are refreshed in the background, one look at a time, and the known ones are served
 * meanwhile, however old they are. A cache library does not fit: the look after a failure waits, and a price that is not known
 * causes an early look.
 */
@Component
public final class Prices {
    private static final Logger LOG = LoggerFactory.getLogger(Prices.class);
    private static final Duration FRESH = Duration.ofMinutes(1);
    /** Between two looks at least, whatever asks for them. */
    private static final Duration PAUSE = Duration.ofSeconds(5);
    /** For how long a request waits for a look. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private static final Executor THREADS =
            look -> Thread.ofVirtual().name("prices").start(look);

    private final StripePrices stripe;
    private final List<String> lookupKeys;
    private final InstantSource clock;
    private volatile @Nullable Known known;
    private @Nullable CompletableFuture<Known> look;
    private Instant ended = Instant.MIN;

    /**
     * @param offered in the order of the configured lookup keys
     * @param unoffered the configured lookup keys without a price that can be offered
     */
    public record Known(List<Price> offered, List<Unoffered> unoffered, Instant since) {}

    /** @param price null: there is none */
    public record Unoffered(String lookupKey, @Nullable String price, String reason) {}

    Prices(StripePrices stripe, CustomerSettings settings, InstantSource clock) {
        this.stripe = stripe;
        this.lookupKeys = settings.prices();
        this.clock = clock;
    }

    /**
     * In the order of the configured lookup keys. Waits only while none are known yet, 2 s at most.
     *
     * @throws StripeFailure when none are known
     */
    public List<Price> offered() {
        var at = known;
        if (at != null) {
            refreshWhenOld(at);
            return at.offered();
        }
        return awaited(looking()).offered();
    }

    /** Looks again for a price that is not known, for 2 s at most. */
    public boolean offers(String price) {
        if (contains(offered(), price)) {
            return true;
        }
        try {
            return contains(awaited(looking()).offered(), price);
        } catch (StripeFailure e) {
            return false; // not among the known ones, which are served while Stripe fails
        }
    }

    private static boolean contains(List<Price> prices, String id) {
        return prices.stream().anyMatch(price -> price.id().equals(id));
    }

    /** The configured lookup keys that are not offered; all of them before the first look succeeded. */
    public List<String> missing() {
        var at = known;
        if (at == null) {
            var _ = looking();
            return lookupKeys;
        }
        refreshWhenOld(at);
        return at.unoffered().stream().map(Unoffered::lookupKey).toList();
    }

    /** Looks now, and waits for it. */
    public void refresh() {
        awaited(looking());
    }

    private void refreshWhenOld(Known at) {
        if (!clock.instant().isBefore(at.since().plus(FRESH))) {
            var _ = looking();
        }
    }

    /** The look under way, or a new one, or the last one when that ended just now. */
    private synchronized CompletableFuture<Known> looking() {
        var last = look;
        boolean soon = clock.instant().isBefore(ended.plus(PAUSE));
        if (last != null && (!last.isDone() || soon)) {
            return last;
        }
        var next = CompletableFuture.supplyAsync(this::look, THREADS).whenComplete((_, _) -> end());
        look = next;
        return next;
    }

    private synchronized void end() {
        ended = clock.instant();
    }

    private static Known awaited(CompletableFuture<Known> look) {
        try {
            return look.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw StripeFailure.undecided();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw StripeFailure.undecided();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new CompletionException(e.getCause());
        }
    }

    private Known look() {
        try {
            return learn(stripe.withKeys(lookupKeys));
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

    /** What Stripe listed just now. */
    public Known learn(List<Price> found) {
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

    /** Once for each change, not each minute. */
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
