package io.growalert.billing.apply;

import io.growalert.billing.problem.BillingProblem;
import io.growalert.billing.projection.Origin;
import io.growalert.billing.records.CustomerOverview;
import io.growalert.billing.stripe.Kind;
import io.growalert.billing.stripe.StripeFields;
import io.growalert.billing.stripe.StripeObjects;
import io.growalert.billing.stripe.StripeObjects.Answer;
import io.growalert.runtime.http.CommonProblem;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.springframework.web.ErrorResponseException;

/** Deletes a customer of ours at Stripe, where it may be deleted already, and then all its personal data here. */
public final class CustomerErasure {
    private final CustomerOverview overview;
    private final ObjectRecorder recorder;
    private final StripeObjects stripe;
    private final InstantSource clock;

    CustomerErasure(CustomerOverview overview, ObjectRecorder recorder, StripeObjects stripe, InstantSource clock) {
        this.overview = overview;
        this.recorder = recorder;
        this.stripe = stripe;
        this.clock = clock;
    }

    /**
     * Can be repeated. A crash between the two steps leaves the second to Stripe's event of the deletion.
     *
     * @return the number of events whose payload was erased
     * @throws ErrorResponseException {@link CommonProblem#NOT_FOUND} when it is no customer of ours;
     *     {@link BillingProblem#STRIPE_UNAVAILABLE}
     */
    public int erase(String id) {
        if (!recorder.isOurs(id) && !isOursAtStripe(id)) {
            throw unknown(id);
        }
        return recorder.erase(id, deleted(id).orElseGet(() -> goneBefore(id)));
    }

    /**
     * As {@link #erase}, of a customer who is ours, since the customer has a session: also of one whom no event reported yet.
     *
     * @throws ErrorResponseException {@link BillingProblem#STRIPE_UNAVAILABLE}
     */
    public int eraseOwn(String id) {
        return recorder.erase(id, deleted(id).orElseGet(this::now));
    }

    /** When it was deleted; empty: it was gone before. */
    private Optional<Instant> deleted(String id) {
        return switch (stripe.delete(Kind.CUSTOMER, id)) {
            case Answer.Found(var _, var asOf) -> Optional.of(asOf);
            case Answer.Gone _ -> Optional.empty();
            case Answer.Refused refused -> throw unavailable(refused);
            case Answer.Unavailable unavailable -> throw unavailable(unavailable);
        };
    }

    /** Other software may use the same account: its customers are not ours, and are never deleted. */
    private boolean isOursAtStripe(String id) {
        return switch (stripe.fetch(Kind.CUSTOMER, id)) {
            case Answer.Found(var json, var _) -> Origin.isMarked(StripeFields.parse(json));
            case Answer.Gone _ -> false;
            case Answer.Refused refused -> throw unavailable(refused);
            case Answer.Unavailable unavailable -> throw unavailable(unavailable);
        };
    }

    private static ErrorResponseException unavailable(Answer.Refused refused) {
        return BillingProblem.STRIPE_UNAVAILABLE.retryAfter(
                Duration.ZERO,
                "Stripe did not delete the customer (%s), so nothing was erased".formatted(refused.reason()));
    }

    private static ErrorResponseException unavailable(Answer.Unavailable unavailable) {
        return BillingProblem.STRIPE_UNAVAILABLE.retryAfter(
                unavailable.retryAfter(),
                "Stripe is unavailable (%s), so the customer was not deleted and nothing was erased; try again"
                        .formatted(unavailable.reason()));
    }

    private Instant goneBefore(String id) {
        if (overview.of(id).isEmpty()) {
            throw unknown(id);
        }
        return now();
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.SECONDS);
    }

    static ErrorResponseException unknown(String id) {
        return CommonProblem.NOT_FOUND.because("no customer with the id '%s'".formatted(id));
    }
}
