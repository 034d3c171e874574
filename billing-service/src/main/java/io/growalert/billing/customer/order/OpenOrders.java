package io.growalert.billing.customer.order;

import io.growalert.billing.customer.idempotency.RequestState.Held;
import io.growalert.billing.problem.BillingProblem;
import io.growalert.billing.stripe.PaymentStatus;
import io.growalert.billing.stripe.StripeFailure;
import io.growalert.billing.stripe.StripePayments;
import java.util.ArrayList;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.web.ErrorResponseException;

/**
 * The orders that an account is not deleted with. Payments are read from Stripe: the event of one may be late. All under the
 * customer's lock, so that no order is charged meanwhile.
 */
@Component
public final class OpenOrders {
    private final StripePayments payments;
    private final JdbcClient jdbc;

    OpenOrders(StripePayments payments, JdbcClient jdbc) {
        this.payments = payments;
        this.jdbc = jdbc;
    }

    /**
     * Requires that no order is being paid, or is paid and not finished.
     *
     * @return the payments that can still be paid, to be given to {@link #cancel}
     * @throws ErrorResponseException {@link BillingProblem#OPEN_ORDER} with the orders
     */
    public List<String> requireNone(String customer) {
        var unpaid = new ArrayList<String>();
        var processing = new ArrayList<String>();
        var paid = new ArrayList<String>();
        for (var payment : payments.ofOrders(customer)) {
            switch (payment.status()) {
                case REQUIRES_PAYMENT_METHOD, REQUIRES_CONFIRMATION, REQUIRES_ACTION -> unpaid.add(payment.id());
                case PROCESSING, UNKNOWN -> processing.add(payment.order());
                case SUCCEEDED, REQUIRES_CAPTURE -> paid.add(payment.order());
                case CANCELED -> {}
            }
        }
        var open = open(customer, processing, paid);
        if (!open.isEmpty()) {
            var problem = BillingProblem.OPEN_ORDER.because("orders that are under way must be finished first");
            problem.getBody().setProperty("orders", open);
            throw problem;
        }
        return unpaid;
    }

    // a paid order whose event was not applied yet is open, too
    private static final String OPEN = """
            select id from (
                select id, created_at from billing.orders
                where customer = :customer and (status = 'processing' or shipping_state in ('open', 'address_missing'))
                union
                select p.id, o.created_at from unnest(:processing::text[]) as p (id)
                     left join billing.device_orders o on o.id = p.id
                union
                select p.id, o.created_at from unnest(:paid::text[]) as p (id)
                     left join billing.device_orders o on o.id = p.id
                where o.status is distinct from 'paid'
            ) as open
            order by created_at, id
            """;

    private List<String> open(String customer, List<String> processing, List<String> paid) {
        return jdbc.sql(OPEN)
                .param("customer", customer)
                .param("processing", processing.toArray(String[]::new))
                .param("paid", paid.toArray(String[]::new))
                .query(String.class)
                .list();
    }

    /**
     * Cancels payments, so that none is paid after the account is deleted.
     *
     * @param locked the customer's lock
     * @throws ErrorResponseException {@link BillingProblem#OPEN_ORDER} when one was paid meanwhile, such as at the bank's page
     * @throws StripeFailure when one may still be paid
     */
    public void cancel(List<String> unpaid, Held locked) {
        for (var payment : unpaid) {
            var canceled = payments.canceled(payment, locked.renew().atStripe());
            if (canceled.status() != PaymentStatus.CANCELED) {
                throw BillingProblem.OPEN_ORDER.because("an order is being paid");
            }
        }
    }
}
