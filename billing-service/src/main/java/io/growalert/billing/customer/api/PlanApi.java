package io.growalert.billing.customer.api;

import io.growalert.billing.customer.idempotency.RequestKey;
import io.growalert.billing.customer.plan.PlanPreviews;
import io.growalert.billing.customer.plan.PlanPreviews.PlanPreview;
import io.growalert.billing.customer.plan.SubscriptionChanges;
import io.growalert.billing.customer.session.Sessions;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** A customer changes the plan of the subscription, after a preview of what it costs. */
@RestController
final class PlanApi {
    private static final Logger LOG = LoggerFactory.getLogger(PlanApi.class);
    private static final int MAX_ID = 255;

    private final Sessions sessions;
    private final PlanPreviews previews;
    private final SubscriptionChanges changes;
    private final PaymentAttempts attempts;

    PlanApi(Sessions sessions, PlanPreviews previews, SubscriptionChanges changes, PaymentAttempts attempts) {
        this.sessions = sessions;
        this.previews = previews;
        this.changes = changes;
        this.attempts = attempts;
    }

    @PostMapping(path = "/subscription/preview", consumes = MediaType.APPLICATION_JSON_VALUE)
    PlanPreview preview(HttpServletRequest http) throws IOException {
        var customer = sessions.customerOf(http);
        return previews.preview(customer, JsonBody.of(http).text("priceId", MAX_ID));
    }

    /** Idempotent, with a key or without one. */
    @PostMapping(path = "/subscription/change", consumes = MediaType.APPLICATION_JSON_VALUE)
    InvoiceAnswer change(HttpServletRequest http) throws IOException {
        var customer = sessions.customerOf(http);
        var body = JsonBody.of(http);
        var price = body.text("priceId", MAX_ID);
        var at = body.second("prorationDate");
        var key = RequestKey.of(
                customer, "change-subscription", IdempotencyKeyHeader.of(http), price + "\n" + at.getEpochSecond());
        var outcome = changes.change(key, price, at, attempts.of(customer, http));
        LOG.atInfo()
                .addKeyValue("customerId", customer)
                .addKeyValue("priceId", price)
                .addKeyValue("outcome", outcome.getClass().getSimpleName())
                .log("Plan change processed");
        return InvoiceAnswer.of(outcome, "changed");
    }
}
