package io.growalert.billing.setup;

import io.growalert.billing.stripe.StripeCatalog.WantedPrice;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What should exist at Stripe.
 *
 * @param plans lookup keys of the plans' prices, 1 to 10
 * @param device the lookup key of the price of a device
 * @param wanted prices as the operator named them, also for the device; an existing price with one of these lookup keys that differs is
 *     a problem, since a price cannot be changed
 * @param otherwise prices that are created where none exists and none was named
 * @param product what is sold; the names of plans begin with it, where their products are created
 * @param webhook the address of the gateway's {@code /webhook}; null: no endpoint is created
 * @param secretFile stores the secret of a new endpoint; must not exist
 */
public record SetupRequest(
        List<String> plans,
        String device,
        List<WantedPrice> wanted,
        List<WantedPrice> otherwise,
        String product,
        @Nullable URI webhook,
        Path secretFile) {
    public SetupRequest {
        plans = List.copyOf(plans);
        wanted = List.copyOf(wanted);
        otherwise = List.copyOf(otherwise);
    }

    Optional<WantedPrice> named(String lookupKey) {
        return wanted.stream()
                .filter(price -> price.lookupKey().equals(lookupKey))
                .findFirst();
    }

    /** The price to create, where none exists. */
    Optional<WantedPrice> toCreate(String lookupKey) {
        return named(lookupKey).or(() -> otherwise.stream()
                .filter(price -> price.lookupKey().equals(lookupKey))
                .findFirst());
    }
}
