package io.growalert.billing.customer.account;

import io.growalert.billing.customer.settings.CustomerSettings;
import io.growalert.billing.stripe.StripeMethods;
import io.growalert.runtime.http.CommonProblem;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.web.ErrorResponseException;

/** Sessions of Stripe's Customer Portal, where it is enabled. */
@Component
public final class PortalSessions {
    private static final String BACK = "/account.html";

    private final StripeMethods stripe;
    private final boolean enabled;
    private final @Nullable String back;

    PortalSessions(StripeMethods stripe, CustomerSettings settings) {
        this.stripe = stripe;
        enabled = settings.portal();
        var site = settings.mail().site();
        back = site == null ? null : site.toString().replaceAll("/+$", "") + BACK;
    }

    /**
     * The address of a new session, for the customer alone.
     *
     * @throws ErrorResponseException {@link CommonProblem#NOT_FOUND} when the portal is not enabled
     */
    public String open(String customer) {
        if (!enabled) {
            throw CommonProblem.NOT_FOUND.because("the Customer Portal is not enabled");
        }
        return stripe.portal(customer, back);
    }
}
