package io.growalert.billing.customer.signin;

import io.growalert.billing.customer.registration.Registrations;
import io.growalert.billing.customer.session.Sha256;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Sign-in links, {@code billing.sign_in_links}: each is valid once, for 15 minutes. Only their SHA-256 is stored. */
@Component
public final class SignInLinks {
    public static final Duration EXPIRY = Duration.ofMinutes(15);
    private static final int BYTES = 32;

    private final JdbcClient jdbc;
    private final SecureRandom random = new SecureRandom();

    public SignInLinks(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    private static final String CREATE = """
            insert into billing.sign_in_links (digest, customer, expires_at)
            values (decode(:digest, 'hex'), :customer, clock_timestamp() + :expiry * interval '1 millisecond')
            """;

    /** The token of a new link. */
    public String create(String customer) {
        var bytes = new byte[BYTES];
        random.nextBytes(bytes);
        var token = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        jdbc.sql(CREATE)
                .param("digest", Sha256.hex(token))
                .param("customer", customer)
                .param("expiry", EXPIRY.toMillis())
                .update();
        return token;
    }

    /** @param generation of the customer's sessions from now on */
    public record SignedIn(String customer, int generation) {}

    // one statement, so one transaction: a concurrent use of the link or of the customer sees its result
    private static final String USE = """
            with link as (
                update billing.sign_in_links set used_at = clock_timestamp()
                where digest = decode(:digest, 'hex') and used_at is null and expires_at > clock_timestamp()
                returning customer)
            update billing.registrations owner
            set generation = generation + case when verified_at is null then 1 else 0 end,
                verified_at = coalesce(verified_at, clock_timestamp())
            from link
            where owner.customer = (
                select r.customer from billing.registrations r
                where r.address = (select address from billing.registrations sent where sent.customer = link.customer)
                order by %s limit 1)
            returning owner.customer, owner.generation
            """.formatted(Registrations.OWNER_FIRST);

    /**
     * Uses the link. It verifies the address, so it signs in to the customer that owns the address now: another client may have
     * started a subscription with it since the link was sent. The first verification ends all earlier sessions of that customer,
     * which any client that knew the address could begin. Empty when the link is unknown, used, or expired.
     */
    public Optional<SignedIn> use(String token) {
        return jdbc.sql(USE)
                .param("digest", Sha256.hex(token))
                .query((row, n) -> new SignedIn(row.getString("customer"), row.getInt("generation")))
                .optional();
    }

    private static final String DELETE_OLD = """
            delete from billing.sign_in_links where digest in (
                select digest from billing.sign_in_links
                where expires_at < clock_timestamp()
                order by expires_at limit :batch for update skip locked)
            """;

    /** Deletes expired links, and returns how many. */
    public int deleteOld(int batch) {
        return jdbc.sql(DELETE_OLD).param("batch", batch).update();
    }
}
