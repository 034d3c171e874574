package io.growalert.billing.customer.account;

import io.growalert.billing.apply.ObjectRecorder;
import io.growalert.billing.customer.registration.Registrations;
import io.growalert.billing.customer.registration.Registrations.Registration;
import io.growalert.billing.customer.session.Sha256;
import io.growalert.billing.mail.MailKind;
import io.growalert.billing.mail.Mails;
import io.growalert.billing.problem.BillingProblem;
import io.growalert.billing.stripe.Kind;
import io.growalert.billing.stripe.StripeCustomers;
import io.growalert.billing.stripe.StripeFailure;
import io.growalert.billing.stripe.StripeFailure.Reason;
import io.growalert.runtime.http.CommonProblem;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.web.ErrorResponseException;

/**
 * Changes of customers' e-mail addresses, {@code billing.email_changes}. A link in a mail to the new address confirms a change; of its
 * token only the SHA-256 is stored.
 */
@Component
public final class EmailChanges {
    private static final Duration EXPIRY = Duration.ofHours(1);
    private static final int TOKEN_BYTES = 32;

    private final JdbcClient jdbc;
    private final TransactionOperations transaction;
    private final Registrations registrations;
    private final Mails mails;
    private final StripeCustomers stripe;
    private final ObjectRecorder recorder;
    private final SecureRandom random = new SecureRandom();

    EmailChanges(
            JdbcClient jdbc,
            TransactionOperations transaction,
            Registrations registrations,
            Mails mails,
            StripeCustomers stripe,
            ObjectRecorder recorder) {
        this.jdbc = jdbc;
        this.transaction = transaction;
        this.registrations = registrations;
        this.mails = mails;
        this.stripe = stripe;
        this.recorder = recorder;
    }

    private static final String ADD = """
            insert into billing.email_changes (customer, address) values (:customer, :address) returning id
            """;

    /** Requests a change; the new address gets a mail, unless it is another customer's. */
    public void request(String customer, String address) {
        if (isOfAnother(customer, address)) {
            return;
        }
        transaction.executeWithoutResult(_ -> {
            var id = jdbc.sql(ADD)
                    .param("customer", customer)
                    .param("address", address)
                    .query(UUID.class)
                    .single();
            mails.enqueue(MailKind.EMAIL_CHANGE, customer, id.toString(), Map.of());
        });
    }

    private boolean isOfAnother(String customer, String address) {
        return registrations.isOwned(address)
                && registrations.withAddress(address).stream()
                        .map(Registration::customer)
                        .noneMatch(customer::equals);
    }

    private static final String WAITING = """
            select address from billing.email_changes
            where id = :id and customer = :customer and confirmed_at is null
            """;

    /** The new address of a change that was not confirmed. */
    Optional<String> waiting(String customer, String change) {
        return jdbc.sql(WAITING)
                .param("id", UUID.fromString(change))
                .param("customer", customer)
                .query(String.class)
                .optional();
    }

    /** The address before a change that was confirmed. */
    Optional<String> previous(String customer, String change) {
        return jdbc.sql("""
                        select previous_address from billing.email_changes
                        where id = :id and customer = :customer and previous_address is not null
                        """)
                .param("id", UUID.fromString(change))
                .param("customer", customer)
                .query(String.class)
                .optional();
    }

    private static final String ADD_LINK = """
            insert into billing.email_change_links (digest, email_change, expires_at)
            values (decode(:digest, 'hex'), :change, clock_timestamp() + :expiry * interval '1 millisecond')
            """;

    /** The token of a new link that confirms the change, valid for an hour. */
    String createLink(String change) {
        var bytes = new byte[TOKEN_BYTES];
        random.nextBytes(bytes);
        var token = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        jdbc.sql(ADD_LINK)
                .param("digest", Sha256.hex(token))
                .param("change", UUID.fromString(change))
                .param("expiry", EXPIRY.toMillis())
                .update();
        return token;
    }

    /** @param generation of the customer's sessions from now on */
    public record ConfirmedEmail(String customer, int generation) {}

    private record EmailChange(UUID id, String customer, String address) {
        @Override
        public String toString() {
            return "EmailChange[id=%s]".formatted(id);
        }
    }

    // the previous address is stored before the first attempt: a later one would find the new address
    private static final String BEGIN = """
            update billing.email_changes c
            set previous_address = coalesce(c.previous_address, r.address)
            from billing.email_change_links l, billing.registrations r
            where l.digest = decode(:digest, 'hex') and l.expires_at > clock_timestamp()
              and c.id = l.email_change and c.confirmed_at is null and r.customer = c.customer
            returning c.id, c.customer, c.address
            """;

    /**
     * Confirms a change by its link: at Stripe first, then here. Ends all earlier sessions of the customer, and notifies the previous
     * address. After a crash the link can be used again.
     *
     * @throws ErrorResponseException {@link BillingProblem#LINK_INVALID} when the link is unknown, used or expired;
     *     {@link BillingProblem#SIGN_IN_NEEDED} when the address became another customer's
     */
    public ConfirmedEmail confirm(String token) {
        var change = jdbc.sql(BEGIN)
                .param("digest", Sha256.hex(token))
                .query((row, n) -> new EmailChange(
                        row.getObject("id", UUID.class), row.getString("customer"), row.getString("address")))
                .optional()
                .orElseThrow(EmailChanges::linkInvalid);
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

    private static final String CONFIRM = """
            update billing.email_changes set confirmed_at = clock_timestamp() where id = :id and confirmed_at is null
            """;

    private static final String VERIFY = """
            update billing.registrations
            set address = lower(:address), verified_at = clock_timestamp(), generation = generation + 1
            where customer = :customer
            returning generation
            """;

    private int confirmed(EmailChange change) {
        if (jdbc.sql(CONFIRM).param("id", change.id()).update() == 0) {
            throw linkInvalid();
        }
        jdbc.sql("delete from billing.email_changes where customer = :customer and confirmed_at is null")
                .param("customer", change.customer())
                .update();
        mails.enqueue(
                MailKind.EMAIL_CHANGED, change.customer(), change.id().toString(), Map.of());
        return jdbc.sql(VERIFY)
                .param("address", change.address())
                .param("customer", change.customer())
                .query(Integer.class)
                .single();
    }

    private static final String DELETE_OLD = """
            delete from billing.email_changes where id in (
                select id from billing.email_changes
                where created_at < clock_timestamp() - interval '30 days'
                order by created_at limit :batch for update skip locked)
            """;

    /** Deletes changes past their retention of 30 days, and returns how many. */
    public int deleteOld(int batch) {
        return jdbc.sql(DELETE_OLD).param("batch", batch).update();
    }
}
