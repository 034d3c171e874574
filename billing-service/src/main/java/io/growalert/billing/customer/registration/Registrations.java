package io.growalert.billing.customer.registration;

import static io.growalert.runtime.database.Columns.optionalInstant;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Which customer registered with which e-mail address, {@code billing.registrations}. Addresses are compared in lower case, as the
 * database defines it.
 */
@Component
public final class Registrations {
    private final JdbcClient jdbc;

    public Registrations(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * @param address personal data
     * @param subscribes whether the customer may have a subscription at Stripe that has not ended
     * @param trialAt when the start of a trial was begun; null: never
     * @param verifiedAt when the customer first signed in by mail; null: never
     * @param generation of the customer's sessions; those of an older generation have ended
     */
    public record Registration(
            String customer,
            String address,
            boolean subscribes,
            @Nullable Instant trialAt,
            @Nullable Instant verifiedAt,
            int generation) {
        public boolean isVerified() {
            return verifiedAt != null;
        }

        @Override
        public String toString() {
            return "Registration[customer=%s]".formatted(customer);
        }
    }

    /** How the database compares addresses. */
    public String normal(String address) {
        return jdbc.sql("select lower(:address)")
                .param("address", address)
                .query(String.class)
                .single();
    }

    private static final String SUBSCRIBING = """
            update billing.registrations
            set subscribes = true,
                trial_at = case when :trial then coalesce(trial_at, clock_timestamp()) else trial_at end
            where customer = :customer
            """;

    /**
     * A subscription is about to be started, which may be a trial. Stored before it is created at Stripe: afterwards a crash could
     * hide it from the other customers with this address.
     */
    public void subscribing(String customer, boolean trial) {
        jdbc.sql(SUBSCRIBING).param("customer", customer).param("trial", trial).update();
    }

    /** All subscriptions of the customer have ended at Stripe. */
    public void unsubscribed(String customer) {
        jdbc.sql("update billing.registrations set subscribes = false where customer = :customer")
                .param("customer", customer)
                .update();
    }

    private static final String COLUMNS = """
            r.customer, r.address, r.trial_at, r.verified_at, r.generation,
            r.subscribes or exists (select from billing.subscriptions s
                                    where s.customer = r.customer and s.status not in ('canceled', 'incomplete_expired'))
                as subscribes""";

    private static final String ADD = """
            insert into billing.registrations (customer, address) values (:customer, lower(:address))
            on conflict (customer) do nothing
            """;

    /** Repeating it changes nothing. */
    public void add(String customer, String address) {
        jdbc.sql(ADD).param("customer", customer).param("address", address).update();
    }

    public Optional<Registration> of(String customer) {
        return jdbc.sql("select %s from billing.registrations r where r.customer = :customer".formatted(COLUMNS))
                .param("customer", customer)
                .query((row, n) -> registration(row))
                .optional();
    }

    /** Of the registrations {@code r} of one address; the second flag is for a subscription that no webhook reported yet. */
    public static final String OWNER_FIRST = """
            r.verified_at nulls last,
            not exists (select from billing.subscriptions s
                        where s.customer = r.customer and s.status in ('active', 'trialing', 'past_due', 'unpaid')),
            not r.subscribes, r.created_at, r.customer""";

    private static final String WITH_ADDRESS = """
            select %s from billing.registrations r
            where address = lower(:address)
            order by %s
            """.formatted(COLUMNS, OWNER_FIRST);

    /** All registrations of an address, its owner first: the one that verified it, else one with a running subscription, else the oldest. */
    public List<Registration> withAddress(String address) {
        return jdbc.sql(WITH_ADDRESS)
                .param("address", address)
                .query((row, n) -> registration(row))
                .list();
    }

    private static final String IS_OWNED = """
            select exists (
                select from billing.registrations r
                where address = lower(:address)
                  and (verified_at is not null
                       or exists (select from billing.subscriptions s
                                  where s.customer = r.customer
                                    and s.status in ('active', 'trialing', 'past_due', 'unpaid'))))
            """;

    /**
     * Whether a customer verified the address by mail, or has a running subscription under it. A paused one does not reserve the
     * address: it is not charged, and no other subscription is started beside it.
     */
    public boolean isOwned(String address) {
        return jdbc.sql(IS_OWNED).param("address", address).query(Boolean.class).single();
    }

    private static Registration registration(ResultSet row) throws SQLException {
        return new Registration(
                row.getString("customer"),
                row.getString("address"),
                row.getBoolean("subscribes"),
                optionalInstant(row, "trial_at"),
                optionalInstant(row, "verified_at"),
                row.getInt("generation"));
    }
}
