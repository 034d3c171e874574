package io.growalert.billing.customer;

import io.growalert.billing.problem.Problem;
import io.growalert.billing.stripe.StripeCustomers;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** An old cookie becomes a new one, for whoever reads the customer's e-mail. */
@RestController
final class RenewalApi {
    private final Sessions sessions;
    private final StripeCustomers customers;
    private final RenewalMail mail;
    private final Limits limits;
    private final URI page;

    RenewalApi(
            Sessions sessions, StripeCustomers customers, RenewalMail mail, Limits limits, CustomerSettings settings) {
        this.sessions = sessions;
        this.customers = customers;
        this.mail = mail;
        this.limits = limits;
        page = URI.create(settings.mail().page());
    }

    @PostMapping(path = "/renew-session", consumes = MediaType.APPLICATION_JSON_VALUE)
    @ResponseStatus(HttpStatus.ACCEPTED)
    void sendLink(HttpServletRequest http) {
        var customer = formerCustomerOf(http);
        mail.needsServer();
        if (limits.renewal(customer) instanceof Limits.Decision.Refused(var wait)) {
            throw Problem.TOO_MANY_RENEWALS.retryAfter(wait, "too many links were sent; try again later");
        }
        var email = customers.find(customer).map(StripeCustomers.Account::email).orElseThrow(RegistrationApi::gone);
        mail.send(customer, email, sessions.linkFor(customer));
    }

    private String formerCustomerOf(HttpServletRequest http) {
        if (sessions.senderOf(http) instanceof Sessions.Sender.Former(var customer)) {
            return customer;
        }
        sessions.customerOf(http);
        throw Problem.SESSION_NOT_EXPIRED.because("the cookie 'customer' is good; there is nothing to renew");
    }

    @GetMapping("/renew-session")
    ResponseEntity<Void> renew(@RequestParam String token, HttpServletRequest http) {
        var customer = sessions.customerOfLink(token);
        return ResponseEntity.status(HttpStatus.SEE_OTHER)
                .header(
                        HttpHeaders.SET_COOKIE,
                        sessions.cookieFor(customer, http).toString())
                // the page's links do not tell where its reader came from
                .header("Referrer-Policy", "no-referrer")
                .location(page)
                .build();
    }
}
