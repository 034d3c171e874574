package io.growalert.billing.customer.idempotency;

import io.growalert.billing.stripe.StripeFailure;
import io.growalert.billing.stripe.StripeFailure.Reason;
import java.util.function.Function;
import org.springframework.stereotype.Component;

/**
 * Work at Stripe for a request. When Stripe failed, the same keys would only bring the same answer: then the work is looked
 * for, and only if it was not done it is done with other keys, first here and then by whoever asks again.
 */
@Component
public final class StripeWork {
    private final Requests requests;

    StripeWork(Requests requests) {
        this.requests = requests;
    }

    /**
     * @param work looks for what was made before it makes anything, when the request it gets is a resumed one
     * @throws StripeFailure when it is not known what came of it; the request can be sent again
     */
    public <T> T doing(Requests.Request request, Function<Requests.Request, T> work) {
        try {
            return work.apply(request);
        } catch (StripeFailure e) {
            if (!(e.reason() instanceof Reason.Broken)) {
                requests.release(request, spent(e.reason()));
                throw e;
            }
        }
        var next = requests.next(request);
        try {
            return work.apply(next);
        } catch (StripeFailure e) {
            requests.release(next, spent(e.reason()));
            throw e;
        }
    }

    private static boolean spent(Reason reason) {
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
