package io.growalert.billing.records;

import io.growalert.billing.projection.ProjectedRecord;
import io.growalert.events.BillingRecord;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The tables of records: one row for each record, and one for each item of a subscription. */
final class RecordTables {
    private final JdbcClient jdbc;

    RecordTables(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** A table, and its columns beside the id; they are named as the fields of the record. */
    private enum Table {
        CUSTOMERS("email, name, currency, balance, delinquent, deleted, created_at"),
        SUBSCRIPTIONS("""
                customer, status, currency, cancel_at_period_end, cancel_at, canceled_at, ended_at, trial_end, latest_invoice, \
                created_at"""),
        INVOICES("""
                customer, subscription, number, status, billing_reason, currency, amount_due, amount_paid, amount_remaining, \
                total, attempt_count, period_start, period_end, due_at, paid_at, created_at""", "hosted_url, pdf_url"),
        INVOICE_PAYMENTS("""
                customer, invoice, payment, charge, status, currency, amount_requested, amount_paid, paid_at, created_at"""),
        PAYMENTS("""
                customer, status, currency, amount, amount_received, latest_charge, decline_code, canceled_at, created_at"""),
        CHARGES("""
                customer, payment, status, currency, amount, amount_captured, amount_refunded, disputed, failure_code, \
                created_at""", "receipt_url"),
        REFUNDS("customer, charge, payment, status, currency, amount, reason, created_at"),
        DISPUTES("customer, charge, payment, status, reason, currency, amount, due_at, created_at"),
        DEVICE_ORDERS("""
                customer, payment, status, quantity, currency, unit_amount, amount, refunded_amount, disputed, created_at""");

        private final String write;

        Table(String columns) {
            this(columns, "");
        }

        /** @param links addresses at Stripe, of which the last known one remains when an object has none */
        Table(String columns, String links) {
            var set = Stream.concat(
                            Arrays.stream(columns.split(", "))
                                    .map(column -> "%s = excluded.%s".formatted(column, column)),
                            Arrays.stream(links.split(", "))
                                    .filter(column -> !column.isEmpty())
                                    .map(column -> "%1$s = coalesce(excluded.%1$s, recorded.%1$s)".formatted(column)))
                    .collect(Collectors.joining(", "));
            write = """
                    insert into billing.%1$s as recorded (id, %2$s)
                    select id, %2$s from jsonb_populate_recordset(null::billing.%1$s, :rows::jsonb) order by id
                    on conflict (id) do update set %3$s
                    """.formatted(
                    name().toLowerCase(java.util.Locale.ROOT), links.isEmpty() ? columns : columns + ", " + links, set);
        }

        static Table of(BillingRecord record) {
            return switch (record) {
                case BillingRecord.Customer _ -> CUSTOMERS;
                case BillingRecord.Subscription _ -> SUBSCRIPTIONS;
                case BillingRecord.Invoice _ -> INVOICES;
                case BillingRecord.InvoicePayment _ -> INVOICE_PAYMENTS;
                case BillingRecord.Payment _ -> PAYMENTS;
                case BillingRecord.Charge _ -> CHARGES;
                case BillingRecord.Refund _ -> REFUNDS;
                case BillingRecord.Dispute _ -> DISPUTES;
                case BillingRecord.DeviceOrder _ -> DEVICE_ORDERS;
            };
        }
    }

    /** Inserts or updates them in the caller's transaction. No two may have the same id. */
    void write(Collection<ProjectedRecord> records) {
        var byTable = records.stream()
                .collect(Collectors.groupingBy(
                        projected -> Table.of(projected.record()),
                        () -> new EnumMap<>(Table.class),
                        Collectors.toList()));
        byTable.forEach((table, changed) -> {
            var rows = rows(changed);
            jdbc.sql(table.write).param("rows", rows).update();
            if (table == Table.SUBSCRIPTIONS) {
                jdbc.sql(DROP_ITEMS).param("rows", rows).update();
                jdbc.sql(WRITE_ITEMS).param("rows", rows).update();
            }
        });
    }

    private static final String LINK_INVOICES = """
            update billing.invoices i
            set hosted_url = coalesce(i.hosted_url, r.hosted_url), pdf_url = coalesce(i.pdf_url, r.pdf_url)
            from jsonb_populate_recordset(null::billing.invoices, :rows::jsonb) as r
            where r.id = i.id
              and (i.hosted_url is null and r.hosted_url is not null or i.pdf_url is null and r.pdf_url is not null)
              and not exists (select from billing.customers d where d.id = i.customer and d.deleted)
            """;

    private static final String LINK_CHARGES = """
            update billing.charges c set receipt_url = r.receipt_url
            from jsonb_populate_recordset(null::billing.charges, :rows::jsonb) as r
            where r.id = c.id and c.receipt_url is null and r.receipt_url is not null
              and not exists (select from billing.customers d where d.id = c.customer and d.deleted)
            """;

    /** Adds the links that rows lack, except those of deleted customers; the records are unchanged otherwise. */
    void link(List<ProjectedRecord> records) {
        link(LINK_INVOICES, of(Table.INVOICES, records));
        link(LINK_CHARGES, of(Table.CHARGES, records));
    }

    private static List<ProjectedRecord> of(Table table, List<ProjectedRecord> records) {
        return records.stream()
                .filter(projected -> Table.of(projected.record()) == table)
                .toList();
    }

    private void link(String sql, List<ProjectedRecord> records) {
        if (!records.isEmpty()) {
            jdbc.sql(sql).param("rows", rows(records)).update();
        }
    }

    private static final String DROP_ITEMS = """
            with written as (select row from jsonb_array_elements(:rows::jsonb) as row)
            delete from billing.subscription_items i using written
            where i.subscription = written.row ->> 'id'
              and not exists (select from jsonb_array_elements(written.row -> 'items') as item where item ->> 'id' = i.id)
            """;

    private static final String WRITE_ITEMS = """
            insert into billing.subscription_items
                   (id, subscription, price, product, quantity, unit_amount, period_start, period_end)
            select i.id, row ->> 'id', i.price, i.product, i.quantity, i.unit_amount, i.period_start, i.period_end
            from jsonb_array_elements(:rows::jsonb) as row
                 cross join lateral jsonb_populate_recordset(null::billing.subscription_items, row -> 'items') as i
            on conflict (id) do update
            set subscription = excluded.subscription, price = excluded.price, product = excluded.product,
                quantity = excluded.quantity, unit_amount = excluded.unit_amount, period_start = excluded.period_start,
                period_end = excluded.period_end
            """;

    private static String rows(List<ProjectedRecord> records) {
        return records.stream().map(ProjectedRecord::row).collect(Collectors.joining(",", "[", "]"));
    }
}
