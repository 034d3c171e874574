package io.growalert.billing.customer.subscription;

import io.growalert.billing.customer.idempotency.CustomerLock;
import io.growalert.billing.customer.idempotency.IdempotentRequests;
import io.growalert.billing.customer.idempotency.RequestKey;
import io.growalert.billing.customer.idempotency.RequestState;
import io.growalert.billing.customer.idempotency.RequestState.Answered;
import io.growalert.billing.customer.idempotency.RequestState.Held;
import io.growalert.billing.customer.idempotency.StripeWork;
import io.growalert.billing.customer.registration.Registrations;
import io.growalert.billing.customer.registration.Registrations.Registration;
import io.growalert.billing.customer.settings.CustomerSettings;
import io.growalert.billing.problem.BillingProblem;
import io.growalert.billing.stripe.StripeSubscriptions;
import io.growalert.billing.stripe.StripeSubscriptions.Shown;
import io.growalert.billing.stripe.StripeSubscriptions.Started;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.springframework.stereotype.Component;
import org.springframework.web.ErrorResponseException;

/**
 * Starts subscriptions, so that one person has one. A customer has at most one that runs or waits for its first payment, and so
 * have all customers with the same e-mail address together, as long as mail is configured: then the person can sign in to the
 * customer that has it.
 */
@Component
public final class NewSubscriptions {
    private static final String ENDPOINT = "create-subscription";

    private final CustomerLock accounts;
    private final IdempotentRequests requests;
    private final Registrations registrations;
    private final StripeSubscriptions stripe;
    private final int trialDays;
    private final boolean byAddress;

    NewSubscriptions(
            CustomerLock accounts,
            IdempotentRequests requests,
            Registrations registrations,
            StripeSubscriptions stripe,
            CustomerSettings settings) {
        this.accounts = accounts;
        this.requests = requests;
        this.registrations = registrations;
        this.stripe = stripe;
        trialDays = settings.trialDays();
        byAddress = settings.mail().configured();
    }

    /**
     * Starts a subscription, or finds the one that the same request started, or that the customer has of this price: it is
     * paid once, whatever keys any number of pages send. One of another price that waits for its first payment is replaced. The
     * account cannot be deleted meanwhile.
     *
     * @throws ErrorResponseException {@link BillingProblem#HAS_SUBSCRIPTION} when one of another price runs;
     *     {@link BillingProblem#SIGN_IN_NEEDED} when another customer with the same address has one, or verified the address
     */
    public Started start(RequestKey key, String price) {
        if (key.derived()) {
            return startAlone(key, price);
        }
        return switch (requests.begin(key)) {
            case Answered answered -> stripe.started(answered.object());
            case Held held -> {
                try {
                    var started = startAlone(key.withoutClientKey(price), price);
                    held.complete(started.id());
                    yield started;
                } catch (RuntimeException e) {
                    held.release();
                    throw e;
                }
            }
        };
    }

    /** One at a time for each customer and each address, whatever the price. */
    private Started startAlone(RequestKey key, String price) {
        var account = accounts.takeForPayment(key.customer());
        try {
            var registration = registrations.of(key.customer());
            var lock = held(requests.begin(RequestKey.lock(
                    ENDPOINT, registration.map(Registration::address).orElse(key.customer()))));
            try {
                return new Start(key, price, registration, account, lock).run();
            } finally {
                lock.forget();
            }
        } finally {
            account.forget();
        }
    }

    /** What was started may have ended or been replaced since, so that the earlier answer does not count. */
    private static Held held(RequestState begun) {
        return switch (begun) {
            case Held held -> held;
            case Answered answered -> answered.restart();
        };
    }

    /** One start, under the locks of the customer and the address. Each step at Stripe renews them first: an expired one ends the start. */
    private final class Start {
        private final RequestKey key;
        private final String price;
        private final Optional<Registration> registration;
        private final Held account;
        private final Held lock;

        private Start(RequestKey key, String price, Optional<Registration> registration, Held account, Held lock) {
            this.key = key;
            this.price = price;
            this.registration = registration;
            this.account = account;
            this.lock = lock;
        }

        private Started run() {
            var request = held(requests.begin(key));
            try {
                var started = StripeWork.run(request, this::existingOrNew);
                request.complete(started.id());
                return started;
            } catch (ErrorResponseException e) {
                request.forget();
                throw e;
            }
        }

        private Started existingOrNew(Held request) {
            renew(request);
            var all = stripe.shown(key.customer());
            var own = all.stream().filter(subscription -> !subscription.ended()).toList();
            var samePrice = CustomerSubscriptions.mostImportant(own.stream()
                    .filter(subscription -> subscription.isOf(price))
                    .toList());
            samePrice.ifPresent(same -> registrations.subscribing(key.customer(), same.trialEnd() != null));
            if (samePrice.isPresent() && samePrice.get().runs()) {
                // a new request revokes a scheduled cancellation
                return samePrice.get().endsLater()
                        ? stripe.resume(samePrice.get())
                        : stripe.started(samePrice.get().id());
            }
            own.stream().filter(Shown::runs).findFirst().ifPresent(running -> {
                throw has(running);
            });
            var sharers = registration.map(this::sharersOf).orElse(List.of());
            if (byAddress) {
                sharers.forEach(sharer -> requireNone(sharer, request));
            }
            if (samePrice.isPresent()) {
                return stripe.started(samePrice.get().id());
            }
            own.forEach(incomplete -> discard(incomplete, request, () -> has(stripe.retrieve(incomplete.id()))));
            return created(request, all, sharers);
        }

        private void renew(Held request) {
            var _ = account.renew();
            var _ = lock.renew();
            var _ = request.renew();
        }

        private List<Registration> sharersOf(Registration own) {
            return registrations.withAddress(own.address()).stream()
                    .filter(other -> !other.customer().equals(own.customer()))
                    .toList();
        }

        /** Another customer may be the same person, who then signs in to it. */
        private void requireNone(Registration sharer, Held request) {
            boolean isVerified = registration.orElseThrow().isVerified();
            if (sharer.isVerified() && !isVerified) {
                throw signInNeeded();
            }
            if (!sharer.subscribes()) {
                return;
            }
            renew(request);
            for (var subscription : stripe.shown(sharer.customer())) {
                if (!subscription.ended()) {
                    // signing in would lead a verified customer to itself
                    discard(subscription, request, () -> isVerified ? has(subscription) : signInNeeded());
                }
            }
            registrations.unsubscribed(sharer.customer());
        }

        private void discard(Shown subscription, Held request, Supplier<ErrorResponseException> otherwise) {
            renew(request);
            if (subscription.runs() || !stripe.discard(subscription.id())) {
                throw otherwise.get();
            }
        }

        private Started created(Held request, List<Shown> all, List<Registration> sharers) {
            boolean isTrial = trialDays > 0 && !hadTrial(all, sharers);
            registrations.subscribing(key.customer(), isTrial);
            renew(request);
            var started = stripe.create(key.customer(), price, isTrial ? trialDays : 0, request.atStripe());
            try {
                renew(request);
            } catch (ErrorResponseException e) {
                // another start may have passed this one, and cannot have seen what was created
                withdraw(started, isTrial);
                throw e;
            }
            return started;
        }

        private void withdraw(Started started, boolean isTrial) {
            if (isTrial) {
                stripe.cancelNow(started.id());
            } else {
                stripe.discard(started.id());
            }
        }

        /**
         * A trial is granted once for each address. What a customer that did not verify the address had does not count against one
         * that did: anybody can register with any address.
         */
        private boolean hadTrial(List<Shown> all, List<Registration> sharers) {
            boolean isVerified = registration.map(Registration::isVerified).orElse(false);
            return all.stream().anyMatch(subscription -> subscription.trialEnd() != null)
                    || sharers.stream()
                            .anyMatch(sharer -> sharer.trialAt() != null && (sharer.isVerified() || !isVerified));
        }
    }

    private static ErrorResponseException has(Shown running) {
        var problem = BillingProblem.HAS_SUBSCRIPTION;
        var body = problem.body(
                "expected no running subscription, or one of the same price; cancel the running one first");
        body.setProperty("subscription", running);
        return new ErrorResponseException(problem.status(), body, null);
    }

    private static ErrorResponseException signInNeeded() {
        return BillingProblem.SIGN_IN_NEEDED.because(
                "the e-mail address belongs to a customer; expected a session of that customer, see /sign-in");
    }
}
