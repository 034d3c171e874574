package io.growalert.billing.customer.registration;

import io.growalert.billing.customer.idempotency.IdempotentRequests;
import io.growalert.billing.customer.idempotency.RequestKey;
import io.growalert.billing.customer.idempotency.RequestState.Answered;
import io.growalert.billing.customer.idempotency.RequestState.Held;
import io.growalert.billing.customer.idempotency.StripeWork;
import io.growalert.billing.customer.limit.AttemptLimit;
import io.growalert.billing.customer.registration.Registrations.Registration;
import io.growalert.billing.customer.session.Sessions;
import io.growalert.billing.customer.session.Sessions.Sender;
import io.growalert.billing.customer.settings.CustomerSettings;
import io.growalert.billing.problem.BillingProblem;
import io.growalert.billing.stripe.StripeCustomers;
import io.growalert.billing.stripe.StripeCustomers.Account;
import io.growalert.billing.stripe.StripeFailure;
import io.growalert.billing.stripe.StripeFailure.Reason;
import io.growalert.billing.stripe.StripeRequest;
import io.growalert.runtime.http.CommonProblem;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.web.ErrorResponseException;

/** Creates customers. An e-mail address proves nothing: the same customer is returned only for its session, or for the key of its first request. */
@Component
public final class NewCustomers {
    private static final Logger LOG = LoggerFactory.getLogger(NewCustomers.class);
    private static final String ENDPOINT = "create-customer";

    private final IdempotentRequests requests;
    private final StripeCustomers stripe;
    private final Registrations registrations;
    private final boolean canSignIn;

    NewCustomers(
            IdempotentRequests requests,
            StripeCustomers stripe,
            Registrations registrations,
            CustomerSettings settings) {
        this.requests = requests;
        this.stripe = stripe;
        this.registrations = registrations;
        canSignIn = settings.mail().configured();
    }

    /** @param generation of the session that the browser gets */
    public record Registered(Account account, int generation) {}

    /**
     * The sender's own customer when the address is that customer's, else a new one.
     *
     * @param clientKey the client's idempotency key; null: it sent none
     * @param limit of new customers
     * @throws ErrorResponseException {@link BillingProblem#SIGN_IN_NEEDED} when the address is another customer's
     */
    public Registered register(Sender sender, String email, @Nullable String clientKey, AttemptLimit limit) {
        return switch (sender) {
            case Sender.Known known -> registerAgain(known, email, clientKey, limit);
            case Sender.Anonymous _, Sender.Invalid _, Sender.Expired _ -> {
                requireFree(email, null, limit);
                var key = RequestKey.anonymous(ENDPOINT, clientKey, email.toLowerCase(Locale.ROOT));
                yield new Registered(newCustomer(key, email, limit), 0);
            }
        };
    }

    private Registered registerAgain(Sender.Known known, String email, @Nullable String clientKey, AttemptLimit limit) {
        var customer = known.customer();
        requireFree(email, customer, limit);
        var own = stripe.find(customer);
        if (own.isPresent() && (email.equalsIgnoreCase(own.get().email()) || isOf(customer, email))) {
            registrations.add(customer, email);
            return new Registered(own.get(), known.generation());
        }
        var key = clientKey == null ? null : RequestKey.of(customer, ENDPOINT, clientKey, email);
        return new Registered(newCustomer(key, email, limit), 0);
    }

    /**
     * Refuses an address that is another customer's: the customer signs in instead. A refusal counts as a new customer does, so that
     * addresses cannot be probed. Without mail no customer can sign in, so none is required to.
     */
    private void requireFree(String email, @Nullable String customer, AttemptLimit limit) {
        if (canSignIn && registrations.isOwned(email) && (customer == null || !isOf(customer, email))) {
            var _ = limit.begin();
            throw BillingProblem.SIGN_IN_NEEDED.because(
                    "the e-mail address belongs to a customer; expected a session of that customer, see /sign-in");
        }
    }

    private boolean isOf(String customer, String email) {
        return registrations.withAddress(email).stream()
                .map(Registration::customer)
                .anyMatch(customer::equals);
    }

    private Account newCustomer(@Nullable RequestKey key, String email, AttemptLimit limit) {
        if (key == null) {
            return create(email, new StripeRequest(UUID.randomUUID().toString(), 0), limit);
        }
        return switch (requests.begin(key)) {
            case Answered answered -> existing(answered.object());
            case Held held -> createOnce(held, email, limit);
        };
    }

    private Account createOnce(Held request, String email, AttemptLimit limit) {
        try {
            var account = StripeWork.run(
                    request,
                    current -> current.object() == null
                            ? create(email, current.atStripe(), limit)
                            : existing(current.object()));
            request.complete(account.id());
            return account;
        } catch (ErrorResponseException e) {
            request.forget();
            throw e;
        }
    }

    private Account existing(String id) {
        return stripe.find(id).orElseThrow(Sessions::customerDeleted);
    }

    private Account create(String email, StripeRequest request, AttemptLimit limit) {
        var attempt = limit.begin();
        try {
            var account = stripe.create(email, request);
            registrations.add(account.id(), email);
            LOG.atInfo().addKeyValue("customerId", account.id()).log("Customer created");
            return account;
        } catch (StripeFailure e) {
            if (e.reason() instanceof Reason.Invalid invalid && invalid.about("email")) {
                throw CommonProblem.INVALID_FIELD.in("email", "email: expected an e-mail address");
            }
            attempt.takeBack();
            throw e;
        }
    }

    /** The registration of a customer; one that an instance of an earlier release created during an update is added from Stripe. */
    public Registration registrationOf(String customer) {
        return registrations.of(customer).orElseGet(() -> {
            var email = stripe.find(customer).map(Account::email).orElseThrow(Sessions::customerDeleted);
            registrations.add(customer, email);
            return registrations.of(customer).orElseThrow(Sessions::customerDeleted);
        });
    }
}
