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

    // a changed address is not verified, unless its link began the change and a crash prevented the rest; sessions and
    // sign-in
    // links of the previous one end
    private static final String FOLLOW = """
            with followed as (
                insert into billing.registrations as r (customer, address, created_at)
                select id, lower(email), coalesce(created_at, clock_timestamp())
                from jsonb_populate_recordset(null::billing.customers, :rows::jsonb)
                where email is not null and not deleted
                order by id
                on conflict (customer) do update
                set address = excluded.address, generation = r.generation + 1,
                    verified_at = case when exists (select from billing.email_changes c
                                                    where c.customer = r.customer and lower(c.address) = excluded.address
                                                      and c.previous_address is not null and c.confirmed_at is null)
                                       then clock_timestamp() end
                where r.address <> excluded.address
                returning customer, address
            ), unlinked as (
                delete from billing.sign_in_links l using followed f where l.customer = f.customer
            ), finished as (
                update billing.email_changes c set confirmed_at = clock_timestamp()
                from followed f
                where c.customer = f.customer and lower(c.address) = f.address
                  and c.previous_address is not null and c.confirmed_at is null
                returning c.id, c.customer
            )
            insert into billing.mails (kind, subject, customer)
            select 'email_changed', id::text, customer from finished order by id
            on conflict (kind, subject) do nothing
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
            "delete from billing.mails where customer = any(:customers)",
            "delete from billing.email_changes where customer = any(:customers)",
            "delete from billing.plan_previews where customer = any(:customers)",
            // the pages show the customer's address
            """
            update billing.invoices set hosted_url = null, pdf_url = null
            where customer = any(:customers) and (hosted_url is not null or pdf_url is not null)
            """,
            "update billing.charges set receipt_url = null where customer = any(:customers) and receipt_url is not null");

    /** Deletes the registrations of deleted customers, and what else leads to their personal data. */
    void forget(Collection<String> customers) {
        if (!customers.isEmpty()) {
            FORGET.forEach(sql -> jdbc.sql(sql)
                    .param("customers", customers.toArray(String[]::new))
                    .update());
        }
    }
}
