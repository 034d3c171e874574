package io.growalert.billing.customer.account;

import io.growalert.billing.apply.CustomerErasure;
import io.growalert.billing.customer.idempotency.CustomerLock;
import io.growalert.billing.customer.idempotency.RequestState.Held;
import io.growalert.billing.customer.order.OpenOrders;
import io.growalert.billing.problem.BillingProblem;
import io.growalert.billing.stripe.StripeInvoices;
import io.growalert.billing.stripe.StripePlans;
import io.growalert.billing.stripe.StripePlans.Subscribed;
import io.growalert.billing.stripe.StripeSubscriptions;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.web.ErrorResponseException;

/** A customer deletes the account: unpaid orders are canceled, the subscription ends at once, and all personal data is erased. */
@Component
public final class AccountDeletion {
    private static final Logger LOG = LoggerFactory.getLogger(AccountDeletion.class);

    private final CustomerLock lock;
    private final OpenOrders orders;
    private final StripePlans plans;
    private final StripeSubscriptions subscriptions;
    private final StripeInvoices invoices;
    private final CustomerErasure erasure;

    AccountDeletion(
            CustomerLock lock,
            OpenOrders orders,
            StripePlans plans,
            StripeSubscriptions subscriptions,
            StripeInvoices invoices,
            CustomerErasure erasure) {
        this.lock = lock;
        this.orders = orders;
        this.plans = plans;
        this.subscriptions = subscriptions;
        this.invoices = invoices;
        this.erasure = erasure;
    }

    /**
     * Can be repeated after a crash: each step leaves undone what is done.
     *
     * @throws ErrorResponseException {@link BillingProblem#OPEN_INVOICE} and {@link BillingProblem#OPEN_ORDER} with what is open;
     *     {@link BillingProblem#CHANGE_IN_PROGRESS}
     */
    public void delete(String customer) {
        var locked = lock.take(customer);
        try {
            delete(customer, locked);
        } finally {
            locked.forget();
        }
        LOG.atInfo().addKeyValue("customerId", customer).log("Customer deleted the account");
    }

    private void delete(String customer, Held locked) {
        var unpaid = orders.requireNone(customer);
        var all = plans.of(customer);
        requireNoInvoice(customer, all);
        orders.cancel(unpaid, locked);
        for (var subscribed : all) {
            if (!subscribed.subscription().ended()) {
                var _ = locked.renew();
                end(subscribed);
            }
        }
        var _ = locked.renew();
        erasure.eraseOwn(customer);
    }

    /** A first payment or a change of the plan that is being paid now ends the deletion. */
    private void end(Subscribed subscribed) {
        boolean isIncomplete = subscribed.subscription().status().equals("incomplete");
        var invoice = subscribed.pending() == null ? null : subscribed.latestInvoice();
        boolean isGivenUp =
                isIncomplete ? subscriptions.discard(subscribed.id()) : invoice == null || invoices.discard(invoice);
        if (!isGivenUp) {
            throw BillingProblem.OPEN_INVOICE.because("an invoice is being paid");
        }
        if (!isIncomplete) {
            subscriptions.cancelNow(subscribed.id());
        }
    }

    private void requireNoInvoice(String customer, List<Subscribed> all) {
        var open = AccountOverview.toBePaid(customer, all, invoices).stream()
                .map(AccountOverview.OpenInvoice::of)
                .toList();
        if (!open.isEmpty()) {
            var problem = BillingProblem.OPEN_INVOICE.because("open invoices must be paid first");
            problem.getBody().setProperty("invoices", open);
            throw problem;
        }
    }
}
