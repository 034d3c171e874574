package io.growalert.billing.customer.api;

import io.growalert.billing.customer.limit.AttemptLimits;
import io.growalert.billing.customer.limit.AttemptLimits.Decision;
import io.growalert.billing.customer.registration.NewCustomers;
import io.growalert.billing.customer.registration.Registrations;
import io.growalert.billing.customer.session.Sessions;
import io.growalert.billing.customer.settings.CustomerSettings;
import io.growalert.billing.customer.signin.SignInLinks;
import io.growalert.billing.customer.signin.SignInMail;
import io.growalert.billing.problem.BillingProblem;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.util.UriComponentsBuilder;

/** A customer signs in by a link sent by mail, and signs out. */
@RestController
final class SignInApi {
    private static final Logger LOG = LoggerFactory.getLogger(SignInApi.class);
    private static final int MAX_TOKEN = 1_000;

    private final Sessions sessions;
    private final SignInLinks links;
    private final SignInMail mail;
    private final Registrations registrations;
    private final NewCustomers customers;
    private final AttemptLimits limits;
    private final String page;

    SignInApi(
            Sessions sessions,
            SignInLinks links,
            SignInMail mail,
            Registrations registrations,
            NewCustomers customers,
            AttemptLimits limits,
            CustomerSettings settings) {
        this.sessions = sessions;
        this.links = links;
        this.mail = mail;
        this.registrations = registrations;
        this.customers = customers;
        this.limits = limits;
        page = settings.mail().page();
    }

    /**
     * The same answer, after the same work, whether or not a customer has the address: only the mail's own thread looks for the
     * customer.
     */
    @PostMapping(path = "/sign-in", consumes = MediaType.APPLICATION_JSON_VALUE)
    @ResponseStatus(HttpStatus.ACCEPTED)
    void sendLink(HttpServletRequest http) throws IOException {
        var email = JsonBody.of(http).email("email");
        mail.requireConfigured();
        switch (limits.signIn(registrations.normal(email), http)) {
            case Decision.Allowed _ ->
                mail.send(() -> registrations.withAddress(email).stream().findFirst());
            case Decision.Refused(var wait) ->
                throw BillingProblem.TOO_MANY_SIGN_INS.retryAfter(
                        wait, "too many sign-in links requested; retry later");
        }
    }

    @PostMapping(path = "/sign-in/confirm", consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<Map<String, String>> confirm(HttpServletRequest http) throws IOException {
        var signedIn = links.use(JsonBody.of(http).text("token", MAX_TOKEN))
                .orElseThrow(() -> BillingProblem.LINK_INVALID.because(
                        "the link is unknown, was used before, or has expired; request a new link"));
        LOG.atInfo().addKeyValue("customerId", signedIn.customer()).log("Customer signed in");
        var cookie = sessions.cookieFor(signedIn.customer(), signedIn.generation(), http);
        return ResponseEntity.ok()
                .header(HttpHeaders.SET_COOKIE, cookie.toString())
                .body(Map.of("page", page));
    }

    /** Succeeds without a session too. */
    @PostMapping(path = "/sign-out", consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<Void> signOut(HttpServletRequest http) {
        sessions.end(http);
        return ResponseEntity.noContent()
                .header(HttpHeaders.SET_COOKIE, Sessions.noCookie(http).toString())
                .build();
    }

    /** As {@code /sign-in}, for the customer of an expired session. */
    @PostMapping(path = "/renew-session", consumes = MediaType.APPLICATION_JSON_VALUE)
    @ResponseStatus(HttpStatus.ACCEPTED)
    void renew(HttpServletRequest http) {
        var customer = expiredCustomerOf(http);
        mail.requireConfigured();
        var registration = customers.registrationOf(customer);
        switch (limits.renewal(customer, registration.address())) {
            case Decision.Allowed _ -> mail.send(() -> Optional.of(registration));
            case Decision.Refused(var wait) ->
                throw BillingProblem.TOO_MANY_RENEWALS.retryAfter(
                        wait, "too many sign-in links requested; retry later");
        }
    }

    private String expiredCustomerOf(HttpServletRequest http) {
        if (sessions.senderOf(http) instanceof Sessions.Sender.Expired(var customer)) {
            return customer;
        }
        sessions.customerOf(http);
        throw BillingProblem.SESSION_NOT_EXPIRED.because("the session has not expired");
    }

    /** Changes nothing, since mail scanners follow links: the page behind it confirms by a POST. */
    @GetMapping("/renew-session")
    ResponseEntity<Void> followed(@RequestParam String token) {
        return ResponseEntity.status(HttpStatus.SEE_OTHER)
                .header("Referrer-Policy", "no-referrer")
                .location(UriComponentsBuilder.fromPath("/sign-in.html")
                        .fragment("token={token}")
                        .encode()
                        .buildAndExpand(token)
                        .toUri())
                .build();
    }
}
