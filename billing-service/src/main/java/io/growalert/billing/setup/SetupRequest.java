package io.growalert.billing.setup;

import io.growalert.billing.stripe.StripeCatalog.WantedPrice;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What should exist at Stripe.
 *
 * @param plans lookup keys of the plans' prices, 1 to 10
 * @param device the lookup key of the price of a device
 * @param wanted the prices that may be created, also for the device; an existing price with one of these lookup keys that differs is
 *     a problem, since a price cannot be changed
 * @param product the name of the plans' product, where it is created
 * @param webhook the address of the gateway's {@code /webhook}; null: no endpoint is created
 * @param secretFile stores the secret of a new endpoint; must not exist
 */
public record SetupRequest(
        List<String> plans,
        String device,
        List<WantedPrice> wanted,
        String product,
        @Nullable URI webhook,
        Path secretFile) {
    public SetupRequest {
        plans = List.copyOf(plans);
        wanted = List.copyOf(wanted);
    }
}
