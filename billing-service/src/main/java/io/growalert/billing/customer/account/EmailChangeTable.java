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
    /** For the lock: a client waits, and a connection. */
    private static final int WAIT_SECONDS = 5;

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
            insert into billing.email_changes (customer, address)
            select :customer, :address
            where not exists (select from billing.customers where id = :customer and deleted)
            returning id
            """;

    /** Adds a change in the caller's transaction, until whose end the customer cannot be erased; empty when it was. */
    Optional<UUID> add(String customer, String address) {
        // the lock of the customer's records, shared
        jdbc.sql("select true from (select pg_advisory_xact_lock_shared(hashtextextended(:customer, 0))) as locked")
                .withQueryTimeout(WAIT_SECONDS)
                .param("customer", customer)
                .query(Boolean.class)
                .single();
        return jdbc.sql(ADD)
                .param("customer", customer)
                .param("address", address)
                .query(UUID.class)
                .optional();
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

    // the previous address is stored before the first attempt: a later one would find the new address; after a crash
    // the event of
    // the new address may have finished the change, which its link then confirms all the same
    private static final String BEGIN = """
            update billing.email_changes c
            set previous_address = coalesce(c.previous_address, r.address)
            from billing.email_change_links l, billing.registrations r
            where l.digest = decode(:digest, 'hex') and l.expires_at > clock_timestamp()
              and c.id = l.email_change and r.customer = c.customer
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

    private static final String USE_LINKS = """
            delete from billing.email_change_links l using billing.email_changes c
            where c.id = l.email_change and c.customer = :customer
            returning c.id
            """;

    private static final String CONFIRM = """
            update billing.email_changes set confirmed_at = clock_timestamp() where id = :id and confirmed_at is null
            """;

    /** Confirms the change in the caller's transaction, and ends the customer's other ones; false when its link was used before. */
    boolean confirm(EmailChange change) {
        var used = jdbc.sql(USE_LINKS)
                .param("customer", change.customer())
                .query(UUID.class)
                .list();
        if (!used.contains(change.id())) {
            return false;
        }
        jdbc.sql(CONFIRM).param("id", change.id()).update();
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
