package io.growalert.billing.ledger;

import io.growalert.events.BillingRecord;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Keeps {@code billing.registrations} in step with the customers at Stripe: who controls the e-mail address there signs in. All
 * within the caller's transaction.
 */
final class RegisteredAddresses {
    private final JdbcClient jdbc;

    RegisteredAddresses(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    // another address is not verified; the sessions and the links of whoever had the one before end
    private static final String FOLLOW = """
            with followed as (
                insert into billing.registrations as r (customer, address, created_at)
                select id, lower(email), coalesce(created_at, clock_timestamp())
                from jsonb_populate_recordset(null::billing.customers, :rows::jsonb)
                where email is not null and not deleted
                order by id
                on conflict (customer) do update
                set address = excluded.address, verified_at = null, generation = r.generation + 1
                where r.address <> excluded.address
                returning customer
            )
            delete from billing.sign_in_links l using followed f where l.customer = f.customer
            """;

    /** Follows the customers among these records; one without an address at Stripe keeps the registered one. */
    void follow(Collection<Projected> records) {
        var customers = records.stream()
                .filter(projected -> projected.record() instanceof BillingRecord.Customer)
                .map(Projected::row)
                .toList();
        if (!customers.isEmpty()) {
            jdbc.sql(FOLLOW)
                    .param("rows", customers.stream().collect(Collectors.joining(",", "[", "]")))
                    .update();
        }
    }

    private static final List<String> FORGET = List.of(
            "delete from billing.registrations where customer = any(:customers)",
            "delete from billing.sign_in_links where customer = any(:customers)");

    /** Deletes what is personal of deleted customers. */
    void forget(Collection<String> customers) {
        if (!customers.isEmpty()) {
            FORGET.forEach(sql -> jdbc.sql(sql)
                    .param("customers", customers.toArray(String[]::new))
                    .update());
        }
    }
}
