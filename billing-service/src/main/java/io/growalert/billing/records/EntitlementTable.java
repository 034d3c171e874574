package io.growalert.billing.records;

import io.growalert.billing.projection.ChangeSet;
import io.growalert.billing.projection.EntitlementDecision;
import io.growalert.billing.projection.EntitlementDecision.Terms;
import io.growalert.events.BillingRecord;
import io.growalert.events.Entitlement;
import io.growalert.runtime.database.Columns;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** {@code billing.entitlements}: what each customer's recorded subscriptions allow. All within the caller's transaction. */
final class EntitlementTable {
    private final JdbcClient jdbc;

    EntitlementTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Decides again on the customers whose subscriptions or paid invoices these changes wrote, or who are deleted, and returns what
     * changed.
     */
    List<Entitlement> follow(ChangeSet changes) {
        var customers = new TreeSet<>(changes.deletedCustomers());
        changes.rows().forEach(row -> {
            if (row.record() instanceof BillingRecord.Subscription subscription) {
                customers.add(subscription.customer());
            } else if (row.record() instanceof BillingRecord.Invoice invoice
                    && invoice.customer() != null
                    && invoice.subscription() != null
                    && invoice.paidAt() != null) {
                customers.add(invoice.customer());
            }
        });
        if (customers.isEmpty()) {
            return List.of();
        }
        var changed = read(customers).values().stream()
                .flatMap(known -> known.decide().stream())
                .toList();
        write(changed);
        return changed;
    }

    /** What is recorded of a customer. */
    private record Known(
            String customer,
            @Nullable Entitlement entitlement,
            @Nullable Instant deletedAt,
            List<Terms> subscriptions) {
        List<Entitlement> decide() {
            return EntitlementDecision.of(customer, subscriptions, deletedAt, entitlement).stream()
                    .toList();
        }
    }

    private static final String READ = """
            select w.customer, e.version, e.as_of as entitlement_as_of, e.status as entitlement_status, e.entitled, e.until,
                   case when c.deleted then co.as_of end as deleted_at,
                   s.status, so.as_of, s.created_at, s.trial_end, s.cancel_at, s.ended_at,
                   (select max(i.period_end) from billing.subscription_items i where i.subscription = s.id) as period_end,
                   (select max(i.paid_at) from billing.invoices i where i.subscription = s.id) as paid_at
            from unnest(:customers::text[]) as w (customer)
                 left join billing.entitlements e on e.customer = w.customer
                 left join billing.customers c on c.id = w.customer
                 left join billing.objects co on co.id = c.id
                 left join billing.subscriptions s on s.customer = w.customer
                 left join billing.objects so on so.id = s.id
            order by w.customer, s.id
            """;

    private Map<String, Known> read(Collection<String> customers) {
        var found = new TreeMap<String, Known>();
        jdbc.sql(READ).param("customers", customers.toArray(String[]::new)).query(row -> {
            var known = known(row);
            var subscriptions =
                    found.computeIfAbsent(known.customer(), _ -> known).subscriptions();
            if (row.getString("status") != null) {
                subscriptions.add(terms(row));
            }
        });
        return found;
    }

    private static Known known(ResultSet row) throws SQLException {
        var customer = row.getString("customer");
        var entitlement = row.getString("entitlement_status") == null
                ? null
                : new Entitlement(
                        customer,
                        row.getLong("version"),
                        Columns.instant(row, "entitlement_as_of"),
                        row.getString("entitlement_status"),
                        row.getBoolean("entitled"),
                        Columns.optionalInstant(row, "until"));
        return new Known(customer, entitlement, Columns.optionalInstant(row, "deleted_at"), new ArrayList<>());
    }

    private static Terms terms(ResultSet row) throws SQLException {
        var asOf = Columns.optionalInstant(row, "as_of");
        var createdAt = Columns.instant(row, "created_at");
        return new Terms(
                row.getString("status"),
                asOf == null ? createdAt : asOf,
                createdAt,
                Columns.optionalInstant(row, "trial_end"),
                Columns.optionalInstant(row, "cancel_at"),
                Columns.optionalInstant(row, "ended_at"),
                Columns.optionalInstant(row, "period_end"),
                Columns.optionalInstant(row, "paid_at"));
    }

    private static final String WRITE = """
            insert into billing.entitlements (customer, version, as_of, status, entitled, until)
            select customer, version, as_of, status, entitled, until
            from unnest(:customers::text[], :versions::bigint[], :seconds::timestamptz[], :statuses::text[],
                        :entitled::boolean[], :untils::timestamptz[])
                 as e (customer, version, as_of, status, entitled, until)
            order by customer
            on conflict (customer) do update
            set version = excluded.version, as_of = excluded.as_of, status = excluded.status, entitled = excluded.entitled,
                until = excluded.until
            """;

    private void write(List<Entitlement> changed) {
        if (changed.isEmpty()) {
            return;
        }
        jdbc.sql(WRITE)
                .param("customers", Columns.texts(changed, Entitlement::customer))
                .param("versions", Columns.numbers(changed, Entitlement::version))
                .param("seconds", Columns.times(changed, Entitlement::asOf))
                .param("statuses", Columns.texts(changed, Entitlement::status))
                .param("entitled", Columns.flags(changed, Entitlement::entitled))
                .param(
                        "untils",
                        Columns.texts(
                                changed,
                                entitlement -> entitlement.until() == null
                                        ? null
                                        : entitlement.until().toString()))
                .update();
    }
}
