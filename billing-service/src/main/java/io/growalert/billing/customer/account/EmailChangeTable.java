package io.growalert.billing.customer.account;

import io.growalert.billing.customer.session.Sha256;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Requested changes of e-mail addresses, {@code billing.email_changes}, and the links that confirm them; of a link's token only the
 * SHA-256 is stored.
 */
@Component
public final class EmailChangeTable {
    private static final Duration EXPIRY = Duration.ofHours(1);
    private static final int TOKEN_BYTES = 32;

    private final JdbcClient jdbc;
    private final SecureRandom random = new SecureRandom();

    public EmailChangeTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** @param address the new one: personal data */
    record EmailChange(UUID id, String customer, String address) {
        @Override
        public String toString() {
            return "EmailChange[id=%s]".formatted(id);
        }
    }

    private static final String ADD = """
            insert into billing.email_changes (customer, address) values (:customer, :address) returning id
            """;

    UUID add(String customer, String address) {
        return jdbc.sql(ADD)
                .param("customer", customer)
                .param("address", address)
                .query(UUID.class)
                .single();
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

    // the previous address is stored before the first attempt: a later one would find the new address
    private static final String BEGIN = """
            update billing.email_changes c
            set previous_address = coalesce(c.previous_address, r.address)
            from billing.email_change_links l, billing.registrations r
            where l.digest = decode(:digest, 'hex') and l.expires_at > clock_timestamp()
              and c.id = l.email_change and c.confirmed_at is null and r.customer = c.customer
            returning c.id, c.customer, c.address
            """;

    /** The change of a valid link. It remains to be confirmed. */
    Optional<EmailChange> begin(String token) {
        return jdbc.sql(BEGIN)
                .param("digest", Sha256.hex(token))
                .query((row, n) -> new EmailChange(
                        row.getObject("id", UUID.class), row.getString("customer"), row.getString("address")))
                .optional();
    }

    private static final String CONFIRM = """
            update billing.email_changes set confirmed_at = clock_timestamp() where id = :id and confirmed_at is null
            """;

    /** Confirms the change in the caller's transaction, and drops the customer's other ones; false when it was confirmed before. */
    boolean confirm(EmailChange change) {
        if (jdbc.sql(CONFIRM).param("id", change.id()).update() == 0) {
            return false;
        }
        jdbc.sql("delete from billing.email_changes where customer = :customer and confirmed_at is null")
                .param("customer", change.customer())
                .update();
        return true;
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
