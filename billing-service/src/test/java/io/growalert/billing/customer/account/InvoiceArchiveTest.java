package io.growalert.billing.customer.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.growalert.billing.TestDatabase;
import io.growalert.billing.customer.account.InvoiceArchive.ArchivePage;
import io.growalert.billing.customer.account.InvoiceArchive.ArchivedInvoice;
import io.growalert.billing.customer.account.InvoiceArchive.Receipt;
import io.growalert.runtime.database.Cursor;
import java.time.Instant;
import java.util.ArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class InvoiceArchiveTest {
    private static final Instant START = Instant.parse("2026-11-20T10:00:00Z");

    private final TestDatabase database = TestDatabase.migrated();
    private final InvoiceArchive archive = new InvoiceArchive(database.jdbc());

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void all_invoices_and_receipts_come_once_the_latest_first() {
        for (int i = 0; i < 25; i++) {
            invoice("in_%02d".formatted(i), "cus_1", "paid", i / 2);
            charge("ch_%02d".formatted(i), "cus_1", "succeeded", "https://r.example.com/" + i, i / 2);
        }

        var invoices = new ArrayList<ArchivedInvoice>();
        var receipts = new ArrayList<Receipt>();
        ArchivePage page = archive.read("cus_1", null);
        int pages = 1;
        while (page.next() != null) {
            invoices.addAll(page.invoices());
            receipts.addAll(page.receipts());
            page = archive.read("cus_1", Cursor.read(page.next()));
            pages++;
        }
        invoices.addAll(page.invoices());
        receipts.addAll(page.receipts());

        assertThat(pages).isEqualTo(3);
        assertThat(invoices).extracting(ArchivedInvoice::id).hasSize(25).doesNotHaveDuplicates();
        assertThat(receipts).extracting(Receipt::charge).hasSize(25).doesNotHaveDuplicates();
        assertThat(invoices)
                .extracting(ArchivedInvoice::createdAt)
                .isSortedAccordingTo((one, other) -> other.compareTo(one));
        assertThat(invoices.getFirst().hostedUrl()).isEqualTo("https://i.example.com/in_24");
        assertThat(receipts.getFirst().url()).isEqualTo("https://r.example.com/24");
    }

    @Test
    void drafts_failed_charges_charges_of_invoices_and_what_is_anothers_are_left_out() {
        invoice("in_draft", "cus_1", "draft", 1);
        invoice("in_other", "cus_2", "paid", 1);
        charge("ch_failed", "cus_1", "failed", "https://r.example.com/1", 1);
        charge("ch_old", "cus_1", "succeeded", null, 1);
        charge("ch_of_invoice", "cus_1", "succeeded", "https://r.example.com/2", 1);
        invoicePayment("in_draft", "ch_of_invoice");

        var page = archive.read("cus_1", null);

        assertThat(Stream.concat(page.invoices().stream(), page.receipts().stream()))
                .isEmpty();
        assertThat(page.next()).isNull();
    }

    @Test
    void a_foreign_cursor_is_refused() {
        assertThatThrownBy(() -> archive.read("cus_1", Cursor.of("x"))).isInstanceOf(Cursor.InvalidCursor.class);
    }

    private void invoice(String id, String customer, String status, int minute) {
        database.jdbc()
                .sql("""
                        insert into billing.invoices (id, customer, status, currency, amount_due, amount_paid, amount_remaining,
                                                      total, attempt_count, created_at, hosted_url)
                        values (:id, :customer, :status, 'eur', 500, 500, 0, 500, 1, :created::timestamptz,
                                'https://i.example.com/' || :id)
                        """)
                .param("id", id)
                .param("customer", customer)
                .param("status", status)
                .param("created", START.plusSeconds(60L * minute).toString())
                .update();
    }

    private void charge(
            String id, String customer, String status, @org.jspecify.annotations.Nullable String url, int minute) {
        database.jdbc()
                .sql("""
                        insert into billing.charges (id, customer, status, currency, amount, amount_captured, amount_refunded,
                                                     disputed, created_at, receipt_url)
                        values (:id, :customer, :status, 'eur', 500, 500, 0, false, :created::timestamptz, :url)
                        """)
                .param("id", id)
                .param("customer", customer)
                .param("status", status)
                .param("created", START.plusSeconds(60L * minute).toString())
                .param("url", url)
                .update();
    }

    private void invoicePayment(String invoice, String charge) {
        database.jdbc()
                .sql("""
                        insert into billing.invoice_payments (id, invoice, charge, status, currency, amount_requested, created_at)
                        values ('inpay_' || :invoice, :invoice, :charge, 'paid', 'eur', 500, :created::timestamptz)
                        """)
                .param("invoice", invoice)
                .param("charge", charge)
                .param("created", START.toString())
                .update();
    }
}
