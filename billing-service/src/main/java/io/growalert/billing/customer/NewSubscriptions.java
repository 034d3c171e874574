package io.growalert.billing.customer;

import io.growalert.billing.customer.Registrations.Registration;
import io.growalert.billing.customer.Requests.Request;
import io.growalert.billing.customer.Requests.State;
import io.growalert.billing.problem.Problem;
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
final class NewSubscriptions {
    private static final String ENDPOINT = "create-subscription";

    private final Requests requests;
    private final Once once;
    private final Registrations registrations;
    private final StripeSubscriptions stripe;
    private final int trialDays;
    private final boolean byAddress;

    NewSubscriptions(
            Requests requests,
            Once once,
            Registrations registrations,
            StripeSubscriptions stripe,
            CustomerSettings settings) {
        this.requests = requests;
        this.once = once;
        this.registrations = registrations;
        this.stripe = stripe;
        trialDays = settings.trialDays();
        byAddress = settings.mail().configured();
    }

    /**
     * Starts a subscription, or finds the one that the same request started, or that the customer has of this price: it is
     * paid once, whatever keys are sent from however many pages. One of another price that waits for its first payment is
     * replaced.
     *
     * @throws ErrorResponseException {@link Problem#HAS_SUBSCRIPTION} when one of another price runs;
     *     {@link Problem#SIGN_IN_NEEDED} when another customer with the same address has one, or verified the address
     */
    Started start(Ask ask, String price) {
        if (ask.derived()) {
            return startAlone(ask, price);
        }
        var request = requests.begin(ask);
        if (request.state() != State.OPEN) {
            return stripe.started(request.made());
        }
        try {
            var started = startAlone(ask.withoutKey(price), price);
            requests.end(request, State.DONE, started.id());
            return started;
        } catch (RuntimeException e) {
            requests.release(request, false);
            throw e;
        }
    }

    /** One at a time for each address, whatever the price. */
    private Started startAlone(Ask ask, String price) {
        var registration = registrations.of(ask.customer());
        var subject = registration.map(Registration::address).orElse(ask.customer());
        return locked(subject, () -> startOnce(ask, price, registration));
    }

    private <T> T locked(String subject, Supplier<T> work) {
        var lock = requests.begin(Ask.lock(ENDPOINT, subject));
        try {
            return work.get();
        } finally {
            requests.forget(lock);
        }
    }

    private Started startOnce(Ask ask, String price, Optional<Registration> registration) {
        var request = requests.begin(ask);
        if (request.state() != State.OPEN) {
            var started = stripe.started(request.made());
            if (started.goesOn()) {
                return started;
            }
            request = requests.restart(request);
        }
        try {
            var started = once.doing(request, current -> made(current, ask.customer(), price, registration));
            requests.end(request, State.DONE, started.id());
            return started;
        } catch (ErrorResponseException e) {
            requests.forget(request);
            throw e;
        }
    }

    private Started made(Request request, String customer, String price, Optional<Registration> registration) {
        var all = stripe.shown(customer);
        requests.hold(request);
        var own = Subscriptions.mostImportant(all.stream()
                .filter(subscription -> !subscription.ended() && subscription.isOf(price))
                .toList());
        if (own.isPresent()) {
            registrations.started(customer, own.get().id(), own.get().trialEnd() != null);
            // a new request for what is scheduled to end takes the cancellation back
            return own.get().endsLater()
                    ? stripe.resume(own.get())
                    : stripe.started(own.get().id());
        }
        for (var other : all) {
            if (!other.ended()) {
                replace(other);
            }
        }
        var sharers = registration.map(this::othersWithAddressOf).orElse(List.of());
        if (byAddress) {
            for (var sharer : sharers) {
                requests.hold(request);
                requireNone(sharer, registration.orElseThrow());
            }
        }
        requests.hold(request);
        boolean isTrial = trialDays > 0 && !hadTrial(all, registration, sharers);
        var started = stripe.create(customer, price, isTrial ? trialDays : 0, request.atStripe());
        registrations.started(customer, started.id(), isTrial);
        return started;
    }

    private List<Registration> othersWithAddressOf(Registration registration) {
        return registrations.withAddress(registration.address()).stream()
                .filter(other -> !other.customer().equals(registration.customer()))
                .toList();
    }

    private void replace(Shown subscription) {
        if (subscription.runs() || !stripe.discard(subscription.id())) {
            throw has(stripe.retrieve(subscription.id()));
        }
    }

    /** Another customer may be the same person, who then signs in to it. */
    private void requireNone(Registration sharer, Registration own) {
        if (sharer.isVerified() && !own.isVerified()) {
            throw signInNeeded();
        }
        var id = sharer.subscription();
        if (id == null) {
            return;
        }
        if (stripe.discard(id)) {
            registrations.ended(sharer.customer(), id);
            return;
        }
        // signing in would lead a verified customer to itself
        throw own.isVerified() ? has(stripe.retrieve(id)) : signInNeeded();
    }

    /**
     * A trial is granted once for each address. What a customer that did not verify the address had does not count against one
     * that did: anybody can register with any address.
     */
    private static boolean hadTrial(List<Shown> all, Optional<Registration> own, List<Registration> sharers) {
        boolean isVerified = own.map(Registration::isVerified).orElse(false);
        return all.stream().anyMatch(subscription -> subscription.trialEnd() != null)
                || own.map(Registration::trialAt).isPresent()
                || sharers.stream()
                        .anyMatch(sharer -> sharer.trialAt() != null && (sharer.isVerified() || !isVerified));
    }

    private static ErrorResponseException has(Shown running) {
        var problem = Problem.HAS_SUBSCRIPTION;
        var body = problem.body(
                "expected no running subscription, or one of the same price; cancel the running one first");
        body.setProperty("subscription", running);
        return new ErrorResponseException(problem.status(), body, null);
    }

    private static RuntimeException signInNeeded() {
        return Problem.SIGN_IN_NEEDED.because(
                "the e-mail address belongs to a customer; expected a session of that customer, see /sign-in");
    }
}
