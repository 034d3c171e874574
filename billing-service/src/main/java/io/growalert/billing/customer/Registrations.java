package io.growalert.billing.customer;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
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
final class Registrations {
    private final JdbcClient jdbc;

    Registrations(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * @param address personal data
     * @param subscription the last one that the customer started; null before the first
     * @param trialAt when a trial was granted; null: never
     * @param verifiedAt when the customer first signed in by mail; null: never
     * @param generation of the customer's sessions; those of an older generation have ended
     */
    record Registration(
            String customer,
            String address,
            @Nullable String subscription,
            @Nullable Instant trialAt,
            @Nullable Instant verifiedAt,
            int generation) {
        boolean isVerified() {
            return verifiedAt != null;
        }

        @Override
        public String toString() {
            return "Registration[customer=%s]".formatted(customer);
        }
    }

    private static final String STARTED = """
            update billing.registrations
            set subscription = :subscription,
                trial_at = case when :trial then coalesce(trial_at, clock_timestamp()) else trial_at end
            where customer = :customer
            """;

    /** The customer's latest subscription, which may be a trial. */
    void started(String customer, String subscription, boolean trial) {
        jdbc.sql(STARTED)
                .param("customer", customer)
                .param("subscription", subscription)
                .param("trial", trial)
                .update();
    }

    private static final String ENDED = """
            update billing.registrations set subscription = null where customer = :customer and subscription = :subscription
            """;

    /** The subscription will never be charged again, so that nobody needs to look at it. */
    void ended(String customer, String subscription) {
        jdbc.sql(ENDED)
                .param("customer", customer)
                .param("subscription", subscription)
                .update();
    }

    private static final String COLUMNS = "customer, address, subscription, trial_at, verified_at, generation";

    private static final String ADD = """
            insert into billing.registrations (customer, address) values (:customer, lower(:address))
            on conflict (customer) do nothing
            """;

    /** Repeating it changes nothing. */
    void add(String customer, String address) {
        jdbc.sql(ADD).param("customer", customer).param("address", address).update();
    }

    Optional<Registration> of(String customer) {
        return jdbc.sql("select %s from billing.registrations where customer = :customer".formatted(COLUMNS))
                .param("customer", customer)
                .query((row, n) -> registration(row))
                .optional();
    }

    private static final String WITH_ADDRESS = """
            select %s from billing.registrations r
            where address = lower(:address)
            order by verified_at nulls last,
                     not exists (select from billing.subscriptions s
                                 where s.customer = r.customer and s.status in ('active', 'trialing', 'past_due', 'unpaid')),
                     created_at, customer
            """.formatted(COLUMNS);

    /** All of an address: the verified ones first, then those with a running subscription, then the oldest. */
    List<Registration> withAddress(String address) {
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
     * address: nobody is charged for it, and {@link NewSubscriptions} starts no other one beside it.
     */
    boolean isOwned(String address) {
        return jdbc.sql(IS_OWNED).param("address", address).query(Boolean.class).single();
    }

    private static Registration registration(ResultSet row) throws SQLException {
        return new Registration(
                row.getString("customer"),
                row.getString("address"),
                row.getString("subscription"),
                instant(row, "trial_at"),
                instant(row, "verified_at"),
                row.getInt("generation"));
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        var at = row.getObject(column, OffsetDateTime.class);
        return at == null ? null : at.toInstant();
    }
}
