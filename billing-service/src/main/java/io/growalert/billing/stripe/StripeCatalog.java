package io.growalert.billing.stripe;

import static io.growalert.billing.stripe.StripeFailure.orFail;

import com.stripe.StripeClient;
import com.stripe.param.PriceCreateParams;
import com.stripe.param.PriceListParams;
import com.stripe.param.ProductCreateParams;
import io.growalert.billing.stripe.StripeFailure.Reason;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The account's products and prices, for the operator who sets them up. */
public final class StripeCatalog {
    private final StripeClient stripe;

    StripeCatalog(StripeClient stripe) {
        this.stripe = stripe;
    }

    /**
     * A price as it should be.
     *
     * @param amount in the currency's smallest unit
     * @param currency three lower-case letters
     * @param interval {@code day}, {@code week}, {@code month} or {@code year}; null: paid once
     */
    public record WantedPrice(
            String lookupKey,
            long amount,
            String currency,
            @Nullable String interval) {}

    /**
     * A price as it is.
     *
     * @param amount null: it has none, or a fraction of the smallest unit
     * @param interval null: paid once
     * @param intervals how many of them a period has
     */
    public record CatalogPrice(
            String id,
            String lookupKey,
            String product,
            boolean active,
            @Nullable Long amount,
            String currency,
            @Nullable String interval,
            long intervals) {
        public boolean is(WantedPrice wanted) {
            return amount != null
                    && amount == wanted.amount()
                    && currency.equals(wanted.currency())
                    && intervals == 1
                    && (interval == null ? wanted.interval() == null : interval.equals(wanted.interval()));
        }
    }

    /** The prices with these lookup keys, archived ones too. A lookup key is of one price. */
    public List<CatalogPrice> prices(List<String> lookupKeys) {
        var parameters = PriceListParams.builder()
                .addAllLookupKey(lookupKeys)
                .setLimit(100L)
                .build();
        var prices = orFail(() -> stripe.v1().prices().list(parameters));
        return StripeFields.parse(prices.getLastResponse().body())
                .path("data")
                .valueStream()
                .map(price -> existing(new StripeFields(price, "price")))
                .toList();
    }

    /** Whether the product is active; empty when there is none with this id. */
    public Optional<Boolean> isActive(String product) {
        try {
            return Optional.of(Boolean.TRUE.equals(
                    orFail(() -> stripe.v1().products().retrieve(product)).getActive()));
        } catch (StripeFailure e) {
            if (e.reason() instanceof Reason.Invalid invalid && "resource_missing".equals(invalid.code())) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** @param id chosen by us, so that two operators cannot create it twice */
    public void createProduct(String id, String name) {
        var parameters = ProductCreateParams.builder().setId(id).setName(name).build();
        orFail(() -> stripe.v1().products().create(parameters));
    }

    /** Stripe refuses a second price with the lookup key. Returns the price's id. */
    public String createPrice(String product, WantedPrice wanted) {
        var parameters = PriceCreateParams.builder()
                .setProduct(product)
                .setLookupKey(wanted.lookupKey())
                .setUnitAmount(wanted.amount())
                .setCurrency(wanted.currency());
        if (wanted.interval() != null) {
            parameters.setRecurring(PriceCreateParams.Recurring.builder()
                    .setInterval(PriceCreateParams.Recurring.Interval.valueOf(
                            wanted.interval().toUpperCase(Locale.ROOT)))
                    .build());
        }
        return orFail(() -> stripe.v1().prices().create(parameters.build())).getId();
    }

    private static CatalogPrice existing(StripeFields price) {
        var recurring = price.object("recurring");
        return new CatalogPrice(
                price.text("id"),
                price.text("lookup_key"),
                price.id("product"),
                price.flag("active"),
                price.optionalNumber("unit_amount"),
                price.text("currency"),
                recurring.optionalText("interval"),
                recurring.number("interval_count", 1));
    }
}
