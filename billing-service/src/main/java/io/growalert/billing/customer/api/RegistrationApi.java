package io.growalert.billing.customer.api;

import io.growalert.billing.customer.idempotency.RequestKey;
import io.growalert.billing.customer.idempotency.Requests;
import io.growalert.billing.customer.idempotency.Requests.State;
import io.growalert.billing.customer.idempotency.StripeWork;
import io.growalert.billing.customer.limit.AttemptLimits;
import io.growalert.billing.customer.registration.Registrations;
import io.growalert.billing.customer.session.Sessions;
import io.growalert.billing.customer.session.Sessions.Sender;
import io.growalert.billing.customer.signin.SignInMail;
import io.growalert.billing.problem.Problem;
import io.growalert.billing.stripe.StripeCustomers;
import io.growalert.billing.stripe.StripeCustomers.Account;
import io.growalert.billing.stripe.StripeFailure;
import io.growalert.billing.stripe.StripeFailure.Reason;
import io.growalert.billing.stripe.StripeRequest;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** A client registers as a customer. */
@RestController
final class RegistrationApi {
    private static final Logger LOG = LoggerFactory.getLogger(RegistrationApi.class);
    private static final String ENDPOINT = "create-customer";

    private final Sessions sessions;
    private final Requests requests;
    private final StripeWork once;
    private final StripeCustomers customers;
    private final Registrations registrations;
    private final SignInMail mail;
    private final AttemptLimits limits;

    RegistrationApi(
            Sessions sessions,
            Requests requests,
            StripeWork once,
            StripeCustomers customers,
            Registrations registrations,
            SignInMail mail,
            AttemptLimits limits) {
        this.sessions = sessions;
        this.requests = requests;
        this.once = once;
        this.customers = customers;
        this.registrations = registrations;
        this.mail = mail;
        this.limits = limits;
    }

    /** @param generation of the session that its browser gets */
    private record Registered(Account account, int generation) {
        static Registered anew(Account account) {
            return new Registered(account, 0);
        }
    }

    /** The same customer only for the holder of its cookie, or of the key of the first request: an e-mail address proves nothing. */
    @PostMapping(path = "/create-customer", consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<String> create(HttpServletRequest http) throws IOException {
        var email = JsonBody.of(http).email("email");
        var registered =
                switch (sessions.senderOf(http)) {
                    case Sender.Known known -> forKnown(http, known, email);
                    case Sender.Nobody _, Sender.Unknown _, Sender.Former _ -> {
                        requireFree(email, null, http);
                        yield Registered.anew(
                                newCustomer(http, RequestKey.anonymous(http, ENDPOINT, small(email)), email));
                    }
                };
        var account = registered.account();
        return ResponseEntity.ok()
                .header(
                        HttpHeaders.SET_COOKIE,
                        sessions.cookieFor(account.id(), registered.generation(), http)
                                .toString())
                .contentType(MediaType.APPLICATION_JSON)
                .body("{\"customer\":%s}".formatted(account.json()));
    }

    private Registered forKnown(HttpServletRequest http, Sender.Known known, String email) {
        var customer = known.customer();
        requireFree(email, customer, http);
        var own = customers.find(customer);
        if (own.isPresent() && (email.equalsIgnoreCase(own.get().email()) || isOf(customer, email))) {
            registrations.add(customer, email);
            return new Registered(own.get(), known.generation());
        }
        var ask = RequestKey.keyOf(http) == null ? null : RequestKey.of(http, customer, ENDPOINT, email);
        return Registered.anew(newCustomer(http, ask, email));
    }

    /**
     * Refuses an address that is a customer's, unless it is the sender's: the customer signs in instead. An attempt counts as a new
     * customer does, so that addresses are not guessed at will. Without mail nobody could sign in, so nobody has to.
     */
    private void requireFree(String email, @Nullable String customer, HttpServletRequest http) {
        if (mail.isConfigured() && registrations.isOwned(email) && (customer == null || !isOf(customer, email))) {
            var _ = allowed(http);
            throw Problem.SIGN_IN_NEEDED.because(
                    "the e-mail address belongs to a customer; expected a session of that customer, see /sign-in");
        }
    }

    private boolean isOf(String customer, String email) {
        return registrations.withAddress(email).stream()
                .anyMatch(registration -> registration.customer().equals(customer));
    }

    private Account newCustomer(HttpServletRequest http, @Nullable RequestKey ask, String email) {
        if (ask == null) {
            return made(http, email, new StripeRequest(UUID.randomUUID().toString(), 0));
        }
        var request = requests.begin(ask);
        if (request.state() != State.OPEN) {
            return existing(request.made());
        }
        try {
            var account = once.doing(
                    request,
                    current -> current.object() == null
                            ? made(http, email, current.atStripe())
                            : existing(current.object()));
            requests.end(request, State.DONE, account.id());
            return account;
        } catch (ErrorResponseException e) {
            requests.forget(request);
            throw e;
        }
    }

    private Account existing(String id) {
        return customers.find(id).orElseThrow(RegistrationApi::gone);
    }

    private Account made(HttpServletRequest http, String email, StripeRequest request) {
        var allowed = allowed(http);
        try {
            var account = customers.create(email, request);
            registrations.add(account.id(), email);
            LOG.atInfo().addKeyValue("customerId", account.id()).log("Customer created");
            return account;
        } catch (StripeFailure e) {
            if (e.reason() instanceof Reason.Invalid invalid && invalid.about("email")) {
                throw JsonBody.noEmail("email");
            }
            limits.takeBack(allowed);
            throw e;
        }
    }

    private AttemptLimits.Decision.Allowed allowed(HttpServletRequest http) {
        return switch (limits.newCustomer(http)) {
            case AttemptLimits.Decision.Allowed tries -> tries;
            case AttemptLimits.Decision.Refused(var wait) ->
                throw Problem.TOO_MANY_CUSTOMERS.retryAfter(wait, "too many new customers; try again later");
        };
    }

    private static String small(String email) {
        return email.toLowerCase(Locale.ROOT);
    }

    static ErrorResponseException gone() {
        return Problem.SESSION_INVALID.because("the customer was deleted");
    }
}
