package io.growalert.billing.customer.api;

import io.growalert.billing.customer.account.InvoiceArchive;
import io.growalert.billing.customer.account.InvoiceArchive.ArchivePage;
import io.growalert.billing.customer.idempotency.RequestKey;
import io.growalert.billing.customer.plan.InvoicePayments;
import io.growalert.billing.customer.session.Sessions;
import io.growalert.runtime.database.Cursor;
import io.growalert.runtime.http.CommonProblem;
import jakarta.servlet.http.HttpServletRequest;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** A customer reads invoices and receipts, and pays an open invoice. */
@RestController
final class InvoicesApi {
    private static final Logger LOG = LoggerFactory.getLogger(InvoicesApi.class);
    private static final Pattern ID = Pattern.compile("in_[A-Za-z0-9_]{1,250}");

    private final Sessions sessions;
    private final InvoiceArchive archive;
    private final InvoicePayments payments;
    private final PaymentAttempts attempts;

    InvoicesApi(Sessions sessions, InvoiceArchive archive, InvoicePayments payments, PaymentAttempts attempts) {
        this.sessions = sessions;
        this.archive = archive;
        this.payments = payments;
        this.attempts = attempts;
    }

    @GetMapping("/invoices")
    ArchivePage mine(@RequestParam(required = false) @Nullable String cursor, HttpServletRequest http) {
        var customer = sessions.customerOf(http);
        try {
            return archive.read(customer, cursor == null || cursor.isBlank() ? null : Cursor.read(cursor.strip()));
        } catch (Cursor.InvalidCursor e) {
            throw CommonProblem.INVALID_FIELD.in("cursor", "cursor: " + e.getMessage());
        }
    }

    /** Idempotent, with a key or without one. The body is ignored. */
    @PostMapping(path = "/invoices/{id}/pay", consumes = MediaType.APPLICATION_JSON_VALUE)
    InvoiceAnswer pay(@PathVariable String id, HttpServletRequest http) {
        var customer = sessions.customerOf(http);
        if (!ID.matcher(id).matches()) {
            throw CommonProblem.NOT_FOUND.because("this customer has no such invoice");
        }
        var key = RequestKey.of(customer, "pay-invoice", IdempotencyKeyHeader.of(http), id);
        var outcome = payments.pay(key, id, attempts.of(customer, http));
        LOG.atInfo()
                .addKeyValue("customerId", customer)
                .addKeyValue("invoiceId", id)
                .addKeyValue("outcome", outcome.getClass().getSimpleName())
                .log("Invoice payment processed");
        return InvoiceAnswer.of(outcome, "paid");
    }
}
