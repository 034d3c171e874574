package io.growalert.billing.stripe;

import static io.growalert.billing.stripe.StripeFailure.orFail;

import com.stripe.StripeClient;
import com.stripe.net.RequestOptions;
import com.stripe.param.PriceListParams;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The prices of subscriptions. */
public final class StripePrices {
    /** Prices are read again soon, and some callers wait for them: no long wait. */
    private static final Duration PATIENCE = Duration.ofSeconds(4);

    private final StripeClient stripe;
    private final RequestOptions options;

    StripePrices(StripeClient stripe, StripeSettings settings) {
        this.stripe = stripe;
        options = RequestOptions.builder()
                .setConnectTimeout((int) shorter(settings.connectTimeout()).toMillis())
                .setReadTimeout((int) shorter(settings.readTimeout()).toMillis())
                .setMaxNetworkRetries(0)
                .build();
    }

    private static Duration shorter(Duration setting) {
        return setting.compareTo(PATIENCE) < 0 ? setting : PATIENCE;
    }

    /**
     * @param json as published, without the operator's own notes
     * @param obstacle why the price cannot be offered; null: it can
     */
    public record Price(
            String id,
            String lookupKey,
            String json,
            @Nullable String obstacle) {}

    /**
     * The active prices with these lookup keys, 1 to 10, in no order. Takes at most 8 s.
     *
     * @throws StripeFailure when the request failed
     */
    public List<Price> withKeys(List<String> lookupKeys) {
        var parameters = PriceListParams.builder()
                .addAllLookupKey(lookupKeys)
                .setActive(true)
                .setLimit(100L)
                // the plan's name is the product's
                .addExpand("data.product")
                .build();
        var answer = orFail(() -> stripe.v1().prices().list(parameters, options));
        var prices = new ArrayList<Price>();
        for (var json : StripeFields.parse(answer.getLastResponse().body()).path("data")) {
            prices.add(price(json));
        }
        return prices;
    }

    /**
     * The price of one device.
     *
     * @param amount in the currency's smallest unit; 0 with an obstacle
     * @param obstacle why it cannot be charged; null: it can
     */
    public record UnitPrice(
            String id,
            long amount,
            String currency,
            @Nullable String obstacle) {}

    /**
     * The active one-time price with this lookup key. Takes at most 8 s.
     *
     * @throws StripeFailure when the request failed
     */
    public Optional<UnitPrice> unitPrice(String lookupKey) {
        var parameters = PriceListParams.builder()
                .addLookupKey(lookupKey)
                .setActive(true)
                .setLimit(1L)
                .build();
        var answer = orFail(() -> stripe.v1().prices().list(parameters, options));
        return StripeFields.parse(answer.getLastResponse().body())
                .path("data")
                .valueStream()
                .findFirst()
                .map(json -> unitPrice(new StripeFields(json, "price")));
    }

    private static UnitPrice unitPrice(StripeFields price) {
        var obstacle = price.has("recurring")
                ? "recurring, not one-time"
                : obstacleToAmount(price).orElse(null);
        return new UnitPrice(price.text("id"), price.number("unit_amount", 0), price.text("currency"), obstacle);
    }

    static Price price(JsonNode json) {
        var price = new StripeFields(json, "price");
        return new Price(
                price.text("id"),
                price.text("lookup_key"),
                published(json).toString(),
                obstacle(price).orElse(null));
    }

    /** Metadata and the nickname are the operator's own; Stripe hides them from customers too. */
    private static JsonNode published(JsonNode price) {
        if (price.deepCopy() instanceof ObjectNode published) {
            published.putObject("metadata");
            published.putNull("nickname");
            if (published.path("product") instanceof ObjectNode product) {
                product.putObject("metadata");
            }
            return published;
        }
        return price;
    }

    /** What is shown must be what is charged: one amount, in whole units, for each period. */
    private static Optional<String> obstacle(StripeFields price) {
        if (!price.has("recurring")) {
            return Optional.of("one-time, not recurring");
        }
        if ("metered".equals(price.object("recurring").optionalText("usage_type"))) {
            return Optional.of("metered: the amount depends on the usage");
        }
        return obstacleToAmount(price);
    }

    private static Optional<String> obstacleToAmount(StripeFields price) {
        if ("tiered".equals(price.optionalText("billing_scheme"))) {
            return Optional.of("tiered: the amount depends on the quantity");
        }
        if (price.has("transform_quantity")) {
            return Optional.of("package pricing: the quantity is transformed");
        }
        if (price.has("custom_unit_amount")) {
            return Optional.of("the customer chooses the amount");
        }
        var decimal = price.optionalText("unit_amount_decimal");
        if (decimal != null && new BigDecimal(decimal).stripTrailingZeros().scale() > 0) {
            return Optional.of("the amount has a fraction of the currency's smallest unit");
        }
        return price.has("unit_amount") ? Optional.empty() : Optional.of("no unit amount");
    }
}
