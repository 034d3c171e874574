package io.growalert.billing.stripe;

import com.stripe.net.RequestOptions;
import java.util.UUID;

/**
 * A request that takes several calls to Stripe, each with its own idempotency key.
 *
 * @param id the same for each retry; also in the metadata of the created objects, by which they are found
 * @param generation increased when the keys must change, after a failure at Stripe
 */
public record StripeRequest(String id, int generation) {
    public static final String METADATA = "growalert_request";

    /** The idempotency key of a step. */
    String key(String step) {
        return "growalert-%s-%s-%d".formatted(id, step, generation);
    }

    RequestOptions options(String step) {
        return RequestOptions.builder().setIdempotencyKey(key(step)).build();
    }

    /** For a step that may be repeated at any time: with a fixed key Stripe would repeat its own failure for a day. */
    RequestOptions optionsOfOneTry(String step) {
        return options(step + "-" + UUID.randomUUID());
    }
}
