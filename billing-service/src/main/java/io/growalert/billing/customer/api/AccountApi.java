package io.growalert.billing.customer.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.growalert.billing.customer.account.AccountDeletion;
import io.growalert.billing.customer.account.AccountExport;
import io.growalert.billing.customer.account.AccountOverview;
import io.growalert.billing.customer.account.AccountOverview.AccountView;
import io.growalert.billing.customer.account.MethodChanges;
import io.growalert.billing.customer.account.PortalSessions;
import io.growalert.billing.customer.session.Sessions;
import io.growalert.billing.stripe.SavedMethod;
import io.growalert.runtime.http.CommonProblem;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** A customer's own account. */
@RestController
final class AccountApi {
    private static final Pattern SETUP = Pattern.compile("seti_[A-Za-z0-9_]{1,250}");

    private final Sessions sessions;
    private final AccountOverview overview;
    private final MethodChanges methods;
    private final AccountExport export;
    private final AccountDeletion deletion;
    private final PortalSessions portal;

    AccountApi(
            Sessions sessions,
            AccountOverview overview,
            MethodChanges methods,
            AccountExport export,
            AccountDeletion deletion,
            PortalSessions portal) {
        this.sessions = sessions;
        this.overview = overview;
        this.methods = methods;
        this.export = export;
        this.deletion = deletion;
        this.portal = portal;
    }

    @GetMapping("/account")
    AccountView mine(HttpServletRequest http) {
        return overview.of(sessions.customerOf(http));
    }

    @GetMapping(path = "/account/export", produces = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<String> export(HttpServletRequest http) {
        return ResponseEntity.ok()
                .header(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"account.json\"")
                .body(export.of(sessions.customerOf(http)));
    }

    @DeleteMapping(path = "/account", consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<Void> delete(HttpServletRequest http) throws IOException {
        var customer = sessions.customerOf(http);
        if (!JsonBody.of(http).text("confirm", 20).equals("delete")) {
            throw CommonProblem.INVALID_FIELD.in("confirm", "confirm: expected delete");
        }
        deletion.delete(customer);
        return ResponseEntity.noContent()
                .header(HttpHeaders.SET_COOKIE, Sessions.noCookie(http).toString())
                .build();
    }

    /**
     * @param clientSecret of a new setup, which the browser confirms; null once it is in use
     * @param paymentMethod that pays from now on; null for a new setup
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record MethodAnswer(
            @Nullable String clientSecret, @Nullable SavedMethod paymentMethod) {
        @Override
        public String toString() {
            return "MethodAnswer";
        }
    }

    @PostMapping(path = "/payment-method", consumes = MediaType.APPLICATION_JSON_VALUE)
    MethodAnswer changeMethod(HttpServletRequest http) throws IOException {
        var customer = sessions.customerOf(http);
        var setup = JsonBody.of(http).optionalText("setupIntent", 255);
        if (setup == null) {
            return new MethodAnswer(methods.begin(customer).value(), null);
        }
        if (!SETUP.matcher(setup).matches()) {
            throw CommonProblem.INVALID_FIELD.in("setupIntent", "setupIntent: expected seti_...");
        }
        return new MethodAnswer(null, methods.use(customer, setup));
    }

    /** The body is ignored. */
    @PostMapping(path = "/portal-session", consumes = MediaType.APPLICATION_JSON_VALUE)
    Map<String, String> openPortal(HttpServletRequest http) {
        return Map.of("url", portal.open(sessions.customerOf(http)));
    }
}
