package io.growalert.billing.customer.api;

import io.growalert.billing.customer.account.EmailChanges;
import io.growalert.billing.customer.limit.AttemptLimits;
import io.growalert.billing.customer.limit.AttemptLimits.Decision;
import io.growalert.billing.customer.registration.Registrations;
import io.growalert.billing.customer.session.Sessions;
import io.growalert.billing.customer.signin.SignInMail;
import io.growalert.billing.problem.BillingProblem;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** A customer changes the e-mail address, confirmed by a mail to the new one. */
@RestController
final class EmailApi {
    private static final Logger LOG = LoggerFactory.getLogger(EmailApi.class);
    private static final int MAX_TOKEN = 1_000;
    private static final String PAGE = "/account.html";

    private final Sessions sessions;
    private final EmailChanges changes;
    private final Registrations registrations;
    private final AttemptLimits limits;
    private final SignInMail mail;

    EmailApi(
            Sessions sessions,
            EmailChanges changes,
            Registrations registrations,
            AttemptLimits limits,
            SignInMail mail) {
        this.sessions = sessions;
        this.changes = changes;
        this.registrations = registrations;
        this.limits = limits;
        this.mail = mail;
    }

    /** The same answer whether or not the address is another customer's. */
    @PostMapping(path = "/email", consumes = MediaType.APPLICATION_JSON_VALUE)
    @ResponseStatus(HttpStatus.ACCEPTED)
    void request(HttpServletRequest http) throws IOException {
        var customer = sessions.customerOf(http);
        var email = JsonBody.of(http).email("email");
        mail.requireConfigured();
        switch (limits.signIn(registrations.normal(email), http)) {
            case Decision.Allowed _ -> changes.request(customer, email);
            case Decision.Refused(var wait) ->
                throw BillingProblem.TOO_MANY_SIGN_INS.retryAfter(wait, "too many links requested; retry later");
        }
    }

    /** Signs in to the customer whose address it is: only the reader of the new address's mail has the link. */
    @PostMapping(path = "/email/confirm", consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<Map<String, String>> confirm(HttpServletRequest http) throws IOException {
        var confirmed = changes.confirm(JsonBody.of(http).text("token", MAX_TOKEN));
        LOG.atInfo().addKeyValue("customerId", confirmed.customer()).log("Customer changed the e-mail address");
        var cookie = sessions.cookieFor(confirmed.customer(), confirmed.generation(), http);
        return ResponseEntity.ok()
                .header(HttpHeaders.SET_COOKIE, cookie.toString())
                .body(Map.of("page", PAGE));
    }
}
