package io.growalert.billing.customer.idempotency;

import io.growalert.billing.stripe.StripeFailure;
import io.growalert.billing.stripe.StripeFailure.Reason;
import java.util.function.Function;

/**
 * Work at Stripe for a request. After a failure at Stripe the same idempotency keys would only repeat the failure: the work is
 * retried once with new keys, after it looked for what was created; a further failure leaves the retry to the next caller.
 */
public final class StripeWork {
    private StripeWork() {}

    /**
     * @param work looks for what was created before it creates anything, when the request it gets is a resumed one
     * @throws StripeFailure the outcome is unknown; the request can be sent again
     */
    public static <T> T run(RequestState.Held request, Function<RequestState.Held, T> work) {
        try {
            return work.apply(request);
        } catch (StripeFailure e) {
            if (!(e.reason() instanceof Reason.Broken)) {
                release(request, e);
                throw e;
            }
        }
        var next = request.withNewKeys();
        try {
            return work.apply(next);
        } catch (StripeFailure e) {
            release(next, e);
            throw e;
        }
    }

    private static void release(RequestState.Held request, StripeFailure failure) {
        if (isFinal(failure.reason())) {
            request.releaseWithNewKeys();
        } else {
            request.release();
        }
    }

    /** Whether Stripe repeats this answer to the same keys. */
    private static boolean isFinal(Reason reason) {
        return switch (reason) {
            case Reason.Broken _, Reason.Invalid _, Reason.Card _ -> true;
            case Reason.Busy _,
                    Reason.Unanswered _,
                    Reason.Denied _,
                    Reason.Forbidden _,
                    Reason.NotSent _,
                    Reason.OverBudget _ -> false;
        };
    }
}
