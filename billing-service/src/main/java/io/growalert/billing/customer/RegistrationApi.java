package io.growalert.billing.customer;

import io.growalert.billing.customer.Requests.State;
import io.growalert.billing.problem.Problem;
import io.growalert.billing.stripe.StripeCustomers;
import io.growalert.billing.stripe.StripeCustomers.Account;
import io.growalert.billing.stripe.StripeFailure;
import io.growalert.billing.stripe.StripeFailure.Reason;
import io.growalert.billing.stripe.StripeRequest;
import io.growalert.service.CommonProblem;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.UUID;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Somebody becomes a customer. */
@RestController
final class RegistrationApi {
    private static final Logger LOG = LoggerFactory.getLogger(RegistrationApi.class);
    private static final int MAX_EMAIL = 254;
    private static final Pattern EMAIL = Pattern.compile(
            "[^\\s\\p{Cntrl}@<>()\\[\\]\\\\,;:\"]{1,64}@[\\p{L}\\p{N}-]{1,63}(\\.[\\p{L}\\p{N}-]{1,63})+");

    private final Sessions sessions;
    private final Requests requests;
    private final Once once;
    private final StripeCustomers customers;
    private final Registrations registrations;
    private final Limits limits;

    RegistrationApi(
            Sessions sessions,
            Requests requests,
            Once once,
            StripeCustomers customers,
            Registrations registrations,
            Limits limits) {
        this.registrations = registrations;
        this.sessions = sessions;
        this.requests = requests;
        this.once = once;
        this.customers = customers;
        this.limits = limits;
    }

    /** The same customer only for whoever holds its cookie: an e-mail address proves nothing. */
    @PostMapping(path = "/create-customer", consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<String> create(HttpServletRequest http) throws IOException {
        var email = JsonBody.of(http).text("email", MAX_EMAIL).strip();
        if (!EMAIL.matcher(email).matches()) {
            throw badEmail();
        }
        var account = sessions.senderOf(http) instanceof Sessions.Sender.Known(var customer)
                ? forKnown(http, customer, email)
                : made(http, email, new StripeRequest(UUID.randomUUID().toString(), 0));
        return ResponseEntity.ok()
                .header(
                        HttpHeaders.SET_COOKIE,
                        sessions.cookieFor(account.id(), http).toString())
                .contentType(MediaType.APPLICATION_JSON)
                .body("{\"customer\":%s}".formatted(account.json()));
    }

    private Account forKnown(HttpServletRequest http, String customer, String email) {
        var own = customers.find(customer);
        if (own.isPresent() && email.equalsIgnoreCase(own.get().email())) {
            return own.get();
        }
        if (Ask.keyOf(http) == null) {
            return made(http, email, new StripeRequest(UUID.randomUUID().toString(), 0));
        }
        var request = requests.begin(Ask.of(http, customer, "create-customer", email));
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
        var allowed =
                switch (limits.newCustomer(http)) {
                    case Limits.Decision.Allowed tries -> tries;
                    case Limits.Decision.Refused(var wait) ->
                        throw Problem.TOO_MANY_CUSTOMERS.retryAfter(wait, "too many new customers; try again later");
                };
        try {
            var account = customers.create(email, request);
            registrations.add(account.id(), email);
            LOG.atInfo().addKeyValue("customerId", account.id()).log("Somebody became a customer");
            return account;
        } catch (StripeFailure e) {
            if (e.reason() instanceof Reason.Invalid invalid && invalid.about("email")) {
                throw badEmail();
            }
            limits.takeBack(allowed);
            throw e;
        }
    }

    private static RuntimeException badEmail() {
        return CommonProblem.INVALID_FIELD.in("email", "email: expected an e-mail address");
    }

    static ErrorResponseException gone() {
        return Problem.SESSION_INVALID.because("there is no such customer any more");
    }
}
