package io.growalert.billing.customer.api;

import io.growalert.billing.customer.order.DevicePrice;
import io.growalert.billing.customer.settings.CustomerSettings;
import io.growalert.billing.customer.subscription.Prices;
import io.growalert.billing.stripe.StripePrices.Price;
import io.growalert.billing.stripe.StripeSettings;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;

/** What a page shows before the client registers. */
@RestController
final class ConfigApi {
    private static final JsonMapper JSON = JsonMapper.shared();

    private final Prices prices;
    private final String publishableKey;
    private final DevicePrice devicePrice;
    private final CustomerSettings settings;

    ConfigApi(Prices prices, StripeSettings stripe, DevicePrice devicePrice, CustomerSettings settings) {
        this.prices = prices;
        this.devicePrice = devicePrice;
        publishableKey = stripe.publishableKey();
        this.settings = settings;
    }

    /** @param unitAmount of one device, in the currency's smallest unit */
    record Device(long unitAmount, String currency, int maxQuantity) {}

    @GetMapping("/config")
    ResponseEntity<String> config() {
        var offered = prices.offered().stream().map(Price::json).collect(Collectors.joining(","));
        return ResponseEntity.ok()
                .contentType(MediaType.APPLICATION_JSON)
                .body("{\"publishableKey\":%s,\"prices\":[%s],\"device\":%s,\"trialDays\":%d}"
                        .formatted(
                                JSON.writeValueAsString(publishableKey),
                                offered,
                                JSON.writeValueAsString(device()),
                                settings.trialDays()));
    }

    /** Null when devices cannot be ordered, because their price at Stripe cannot be charged. */
    private @Nullable Device device() {
        return devicePrice
                .offered()
                .map(unit -> new Device(
                        unit.amount(), unit.currency(), settings.device().maxQuantity()))
                .orElse(null);
    }
}
