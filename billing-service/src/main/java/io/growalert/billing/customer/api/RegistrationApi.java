package io.growalert.billing.customer.api;

import io.growalert.billing.customer.limit.AttemptLimit.Attempt;
import io.growalert.billing.customer.limit.AttemptLimits;
import io.growalert.billing.customer.limit.AttemptLimits.Decision;
import io.growalert.billing.customer.registration.NewCustomers;
import io.growalert.billing.customer.session.Sessions;
import io.growalert.billing.problem.BillingProblem;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** A client registers as a customer. */
@RestController
final class RegistrationApi {
    private final Sessions sessions;
    private final NewCustomers customers;
    private final AttemptLimits limits;

    RegistrationApi(Sessions sessions, NewCustomers customers, AttemptLimits limits) {
        this.sessions = sessions;
        this.customers = customers;
        this.limits = limits;
    }

    @PostMapping(path = "/create-customer", consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<String> create(HttpServletRequest http) throws IOException {
        var email = JsonBody.of(http).email("email");
        var registered =
                customers.register(sessions.senderOf(http), email, IdempotencyKeyHeader.of(http), () -> attempt(http));
        var account = registered.account();
        var cookie = sessions.cookieFor(account.id(), registered.generation(), http);
        return ResponseEntity.ok()
                .header(HttpHeaders.SET_COOKIE, cookie.toString())
                .contentType(MediaType.APPLICATION_JSON)
                .body("{\"customer\":%s}".formatted(account.json()));
    }

    private Attempt attempt(HttpServletRequest http) {
        return switch (limits.newCustomer(http)) {
            case Decision.Allowed allowed -> () -> limits.takeBack(allowed);
            case Decision.Refused(var wait) ->
                throw BillingProblem.TOO_MANY_CUSTOMERS.retryAfter(wait, "too many new customers; retry later");
        };
    }
}
