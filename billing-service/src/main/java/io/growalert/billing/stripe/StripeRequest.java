package io.growalert.billing.stripe;

import com.stripe.net.RequestOptions;
import java.util.UUID;

/**
 * One request of ours that takes several of Stripe's, each with a key of its own.
 *
 * @param id the same whenever it is tried again; also in the metadata of what it makes, by which that is found
 * @param generation a next one, once Stripe failed and it is known what was done
 */
public record StripeRequest(String id, int generation) {
    public static final String METADATA = "growalert_request";

    /** The key of a step. */
    String key(String step) {
        return "growalert-%s-%s-%d".formatted(id, step, generation);
    }

    RequestOptions options(String step) {
        return RequestOptions.builder().setIdempotencyKey(key(step)).build();
    }

    /** For what may be tried again at any time: a failure of Stripe's is not to be repeated by it for a day. */
    RequestOptions optionsOfOneTry(String step) {
        return options(step + "-" + UUID.randomUUID());
    }
}
