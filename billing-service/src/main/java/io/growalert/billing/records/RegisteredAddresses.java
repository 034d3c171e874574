package io.growalert.billing.records;

import io.growalert.billing.projection.ProjectedRecord;
import io.growalert.events.BillingRecord;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Updates {@code billing.registrations} with the customers' e-mail addresses at Stripe, with which they sign in. All within the
 * caller's transaction.
 */
final class RegisteredAddresses {
    private final JdbcClient jdbc;

    RegisteredAddresses(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    // a changed address is not verified; sessions and sign-in links of the previous one end
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

    /** Updates the addresses of the customers among these records; one without an address at Stripe retains the registered one. */
    void follow(Collection<ProjectedRecord> records) {
        var customers = records.stream()
                .filter(projected -> projected.record() instanceof BillingRecord.Customer)
                .map(ProjectedRecord::row)
                .toList();
        if (!customers.isEmpty()) {
            jdbc.sql(FOLLOW)
                    .param("rows", customers.stream().collect(Collectors.joining(",", "[", "]")))
                    .update();
        }
    }

    private static final List<String> FORGET = List.of(
            "delete from billing.registrations where customer = any(:customers)",
            "delete from billing.sign_in_links where customer = any(:customers)",
            "delete from billing.mails where customer = any(:customers)");

    /** Deletes the registrations of deleted customers, and their mails. */
    void forget(Collection<String> customers) {
        if (!customers.isEmpty()) {
            FORGET.forEach(sql -> jdbc.sql(sql)
                    .param("customers", customers.toArray(String[]::new))
                    .update());
        }
    }
}
