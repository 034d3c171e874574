package io.growalert.billing.customer.account;

import io.growalert.runtime.database.Columns;
import io.growalert.runtime.database.Cursor;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** A customer's recorded invoices, and receipts of what has no invoice, page by page, the latest first. */
@Component
public final class InvoiceArchive {
    private static final int ROWS = 20;

    private final JdbcClient jdbc;

    InvoiceArchive(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** @param next where the next page begins; null on the last one */
    public record ArchivePage(
            List<ArchivedInvoice> invoices,
            List<Receipt> receipts,
            @Nullable String next) {
        public ArchivePage {
            invoices = List.copyOf(invoices);
            receipts = List.copyOf(receipts);
        }
    }

    /**
     * An invoice. Its pages at Stripe are for the customer alone, and expire.
     *
     * @param total in the currency's smallest unit
     */
    public record ArchivedInvoice(
            String id,
            @Nullable String number,
            String status,
            long total,
            String currency,
            Instant createdAt,
            @Nullable String hostedUrl,
            @Nullable String pdfUrl) {
        @Override
        public String toString() {
            return "ArchivedInvoice[id=%s]".formatted(id);
        }
    }

    /** @param amount in the currency's smallest unit */
    public record Receipt(String charge, long amount, String currency, Instant createdAt, String url) {
        @Override
        public String toString() {
            return "Receipt[charge=%s]".formatted(charge);
        }
    }

    private static final String LIST = """
            select * from (
                select true as is_invoice, id, number, status, total as amount, currency, created_at, hosted_url as url, pdf_url
                from billing.invoices where customer = :customer and status not in ('draft', 'deleted')
                union all
                select false, id, null, status, amount, currency, created_at, receipt_url, null
                from billing.charges c where customer = :customer and status = 'succeeded' and receipt_url is not null
                    and not exists (
                        select from billing.invoices i join billing.invoice_payments p on p.invoice = i.id
                        where i.customer = :customer and (p.payment = c.payment or p.charge = c.id))) as entry
            where (created_at, id) < (coalesce(:after::timestamptz, 'infinity'), :id)
            order by created_at desc, id desc
            limit :limit
            """;

    private record Entry(
            boolean isInvoice,
            String id,
            @Nullable String number,
            String status,
            long amount,
            String currency,
            Instant createdAt,
            @Nullable String url,
            @Nullable String pdfUrl) {}

    /**
     * A page of them.
     *
     * @param after the position of the page; null: the first
     * @throws Cursor.InvalidCursor when the cursor is of another list
     */
    public ArchivePage read(String customer, @Nullable Cursor after) {
        var entries = jdbc.sql(LIST)
                .param("customer", customer)
                .param("after", after == null ? null : after.requireSize(2).time(0))
                .param("id", after == null ? "" : after.value(1))
                .param("limit", ROWS + 1)
                .query((row, n) -> entry(row))
                .list();
        var page = entries.subList(0, Math.min(ROWS, entries.size()));
        var last = entries.size() > ROWS ? page.getLast() : null;
        return new ArchivePage(
                page.stream()
                        .filter(Entry::isInvoice)
                        .map(entry -> new ArchivedInvoice(
                                entry.id(),
                                entry.number(),
                                entry.status(),
                                entry.amount(),
                                entry.currency(),
                                entry.createdAt(),
                                entry.url(),
                                entry.pdfUrl()))
                        .toList(),
                page.stream()
                        .filter(entry -> !entry.isInvoice() && entry.url() != null)
                        .map(entry -> new Receipt(
                                entry.id(),
                                entry.amount(),
                                entry.currency(),
                                entry.createdAt(),
                                String.valueOf(entry.url())))
                        .toList(),
                last == null ? null : Cursor.of(last.createdAt(), last.id()).text());
    }

    private static Entry entry(ResultSet row) throws SQLException {
        return new Entry(
                row.getBoolean("is_invoice"),
                row.getString("id"),
                row.getString("number"),
                row.getString("status"),
                row.getLong("amount"),
                row.getString("currency"),
                Columns.instant(row, "created_at"),
                row.getString("url"),
                row.getString("pdf_url"));
    }
}
