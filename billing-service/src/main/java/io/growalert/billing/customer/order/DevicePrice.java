package io.growalert.billing.customer.order;

import io.growalert.billing.customer.settings.CustomerSettings;
import io.growalert.billing.problem.BillingProblem;
import io.growalert.billing.stripe.BackgroundRead;
import io.growalert.billing.stripe.StripeFailure;
import io.growalert.billing.stripe.StripePrices;
import io.growalert.billing.stripe.StripePrices.UnitPrice;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.web.ErrorResponseException;

/** What one device costs, as it is shown and charged: the configured amount, or that of a price at Stripe. */
@Component
public final class DevicePrice {
    private static final Logger LOG = LoggerFactory.getLogger(DevicePrice.class);

    private final StripePrices stripe;
    private final CustomerSettings.Device device;
    private final BackgroundRead<Known> known;

    /** @param amount of one device, in the currency's smallest unit */
    public record UnitAmount(long amount, String currency) {
        /** Of so many devices. */
        public long of(int quantity) {
            return Math.multiplyExact(amount, (long) quantity);
        }
    }

    /**
     * @param amount null: devices cannot be ordered
     * @param obstacle why; null: they can
     */
    private record Known(
            @Nullable UnitAmount amount, @Nullable String obstacle) {}

    DevicePrice(StripePrices stripe, CustomerSettings settings, InstantSource clock) {
        this.stripe = stripe;
        device = settings.device();
        known = new BackgroundRead<>("device-price", this::read, clock);
    }

    /**
     * What a device costs now.
     *
     * @throws StripeFailure when it is not known yet
     * @throws ErrorResponseException {@link BillingProblem#PAYMENTS_UNAVAILABLE} when no price has the lookup key, or it cannot be charged
     */
    public UnitAmount current() {
        return offered()
                .orElseThrow(() -> BillingProblem.PAYMENTS_UNAVAILABLE.retryAfter(
                        Duration.ofMinutes(1), "devices cannot be ordered at present"));
    }

    /**
     * As {@link #current}; empty when no price has the lookup key, or it cannot be charged.
     *
     * @throws StripeFailure when it is not known yet
     */
    public Optional<UnitAmount> offered() {
        return isAtStripe()
                ? Optional.ofNullable(known.value().amount())
                : Optional.of(new UnitAmount(device.amount(), Objects.requireNonNull(device.currency())));
    }

    /** The lookup key, when devices cannot be ordered because of its price at Stripe. */
    public Optional<String> missing() {
        if (!isAtStripe()) {
            return Optional.empty();
        }
        var at = known.valueIfKnown();
        return at == null || at.amount() == null ? Optional.of(device.price()) : Optional.empty();
    }

    /** Reads a price at Stripe, however long that takes; a request reads it again when this failed. */
    public void readAtStart() {
        if (!isAtStripe()) {
            return;
        }
        try {
            known.store(read());
        } catch (StripeFailure _) {
            // read() logged it
        }
    }

    private boolean isAtStripe() {
        return !device.price().isBlank();
    }

    private Known read() {
        Optional<UnitPrice> found;
        try {
            found = stripe.unitPrice(device.price());
        } catch (RuntimeException e) {
            LOG.atWarn().setCause(e).log("Reading the price of devices from Stripe failed; the known one is used");
            throw e;
        }
        var now = found.map(this::judged)
                .orElseGet(() -> new Known(null, "Stripe has no active price with this lookup key"));
        warn(now, known.lastValue());
        return now;
    }

    private Known judged(UnitPrice price) {
        if (price.obstacle() != null) {
            return new Known(null, price.obstacle());
        }
        if (price.amount() < 1 || price.amount() > CustomerSettings.Device.MAX_AMOUNT / device.maxQuantity()) {
            return new Known(
                    null, "the amount times max-quantity must be between 1 and " + CustomerSettings.Device.MAX_AMOUNT);
        }
        return new Known(new UnitAmount(price.amount(), price.currency()), null);
    }

    /** Once for each change, not for each read. */
    private void warn(Known now, @Nullable Known before) {
        if (now.obstacle() != null && !now.equals(before)) {
            LOG.atWarn()
                    .addKeyValue("lookupKey", device.price())
                    .addKeyValue("reason", now.obstacle())
                    .log("Price of devices not offered");
        }
    }
}
