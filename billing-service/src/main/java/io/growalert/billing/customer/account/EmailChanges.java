package io.growalert.billing.customer.account;

import io.growalert.billing.apply.ObjectRecorder;
import io.growalert.billing.customer.account.EmailChangeTable.EmailChange;
import io.growalert.billing.customer.registration.Registrations;
import io.growalert.billing.customer.registration.Registrations.Registration;
import io.growalert.billing.customer.session.Sessions;
import io.growalert.billing.mail.MailKind;
import io.growalert.billing.mail.Mails;
import io.growalert.billing.problem.BillingProblem;
import io.growalert.billing.stripe.Kind;
import io.growalert.billing.stripe.StripeCustomers;
import io.growalert.billing.stripe.StripeFailure;
import io.growalert.billing.stripe.StripeFailure.Reason;
import io.growalert.runtime.http.CommonProblem;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.web.ErrorResponseException;

/** Changes of customers' e-mail addresses, each confirmed by a link in a mail to the new address. */
@Component
public final class EmailChanges {
    private final EmailChangeTable changes;
    private final JdbcClient jdbc;
    private final TransactionOperations transaction;
    private final Registrations registrations;
    private final Mails mails;
    private final StripeCustomers stripe;
    private final ObjectRecorder recorder;

    EmailChanges(
            EmailChangeTable changes,
            JdbcClient jdbc,
            TransactionOperations transaction,
            Registrations registrations,
            Mails mails,
            StripeCustomers stripe,
            ObjectRecorder recorder) {
        this.changes = changes;
        this.jdbc = jdbc;
        this.transaction = transaction;
        this.registrations = registrations;
        this.mails = mails;
        this.stripe = stripe;
        this.recorder = recorder;
    }

    /** Requests a change; the new address gets a mail, unless it is another customer's. */
    public void request(String customer, String address) {
        if (isOfAnother(customer, address)) {
            return;
        }
        transaction.executeWithoutResult(_ -> {
            var id = changes.add(customer, address).orElseThrow(Sessions::customerDeleted);
            mails.enqueue(MailKind.EMAIL_CHANGE, customer, id.toString(), Map.of());
        });
    }

    private boolean isOfAnother(String customer, String address) {
        return registrations.isOwned(address)
                && registrations.withAddress(address).stream()
                        .map(Registration::customer)
                        .noneMatch(customer::equals);
    }

    /** @param generation of the customer's sessions from now on */
    public record ConfirmedEmail(String customer, int generation) {}

    /**
     * Confirms a change by its link: at Stripe first, then here. Ends all earlier sessions of the customer, and notifies the previous
     * address. After a crash the link can be used again, and without that the event of the new address does the same.
     *
     * @throws ErrorResponseException {@link BillingProblem#LINK_INVALID} when the link is unknown, used or expired;
     *     {@link BillingProblem#SIGN_IN_NEEDED} when the address became another customer's
     */
    public ConfirmedEmail confirm(String token) {
        var change = changes.begin(token).orElseThrow(EmailChanges::linkInvalid);
        if (isOfAnother(change.customer(), change.address())) {
            throw BillingProblem.SIGN_IN_NEEDED.because(
                    "the e-mail address belongs to a customer; expected a session of that customer, see /sign-in");
        }
        var observed = atStripe(change);
        var generation = new AtomicInteger();
        // recorded as it was read, so that an older event does not bring the previous address back
        var _ = recorder.record(
                Kind.CUSTOMER, observed.object(), observed.asOf(), _ -> generation.set(confirmed(change)));
        return new ConfirmedEmail(change.customer(), generation.get());
    }

    private StripeCustomers.Observed atStripe(EmailChange change) {
        try {
            return stripe.changeEmail(change.customer(), change.address());
        } catch (StripeFailure e) {
            if (e.reason() instanceof Reason.Invalid invalid && invalid.about("email")) {
                throw CommonProblem.INVALID_FIELD.in("email", "email: expected an e-mail address");
            }
            throw e;
        }
    }

    private static ErrorResponseException linkInvalid() {
        return BillingProblem.LINK_INVALID.because(
                "the link is unknown, was used before, or has expired; request the change again");
    }

    private static final String VERIFY = """
            update billing.registrations
            set address = lower(:address), verified_at = clock_timestamp(), generation = generation + 1
            where customer = :customer
            returning generation
            """;

    private int confirmed(EmailChange change) {
        if (!changes.confirm(change)) {
            throw linkInvalid();
        }
        mails.enqueue(MailKind.EMAIL_CHANGED, change.customer(), change.id().toString(), Map.of());
        return jdbc.sql(VERIFY)
                .param("address", change.address())
                .param("customer", change.customer())
                .query(Integer.class)
                .single();
    }
}
