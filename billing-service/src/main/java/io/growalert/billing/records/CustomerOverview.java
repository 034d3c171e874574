package io.growalert.billing.records;

import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/** All records of one customer, without personal data and addresses of pages at Stripe. */
public final class CustomerOverview {
    private final JdbcClient jdbc;

    public CustomerOverview(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    private static final String OF_CUSTOMER = """
            select jsonb_build_object(
                'customer', to_jsonb(c) - 'email' - 'name',
                'subscriptions', (
                    select coalesce(jsonb_agg(to_jsonb(s) || jsonb_build_object('items', (
                               select coalesce(jsonb_agg(to_jsonb(i) - 'subscription' order by i.id), '[]')
                               from billing.subscription_items i where i.subscription = s.id)) order by s.created_at, s.id), '[]')
                    from billing.subscriptions s where s.customer = c.id),
                'invoices', (select coalesce(jsonb_agg(to_jsonb(r) - array['hosted_url', 'pdf_url'] order by r.created_at, r.id), '[]')
                             from billing.invoices r where r.customer = c.id),
                'payments', (select coalesce(jsonb_agg(to_jsonb(r) order by r.created_at, r.id), '[]')
                             from billing.payments r where r.customer = c.id),
                'charges', (select coalesce(jsonb_agg(to_jsonb(r) - 'receipt_url' order by r.created_at, r.id), '[]')
                            from billing.charges r where r.customer = c.id),
                'device_orders', (select coalesce(jsonb_agg(to_jsonb(r) order by r.created_at, r.id), '[]')
                                  from billing.device_orders r where r.customer = c.id),
                'refunds', (select coalesce(jsonb_agg(to_jsonb(r) order by r.created_at, r.id), '[]')
                            from billing.refunds r
                            where r.charge in (select id from billing.charges where customer = c.id)),
                'disputes', (select coalesce(jsonb_agg(to_jsonb(r) order by r.created_at, r.id), '[]')
                             from billing.disputes r
                             where r.charge in (select id from billing.charges where customer = c.id)))::text
            from billing.customers c where c.id = :customer
            """;

    /** As JSON; empty for an unknown customer. */
    public Optional<String> of(String customer) {
        return jdbc.sql(OF_CUSTOMER)
                .param("customer", customer)
                .query(String.class)
                .optional();
    }
}
