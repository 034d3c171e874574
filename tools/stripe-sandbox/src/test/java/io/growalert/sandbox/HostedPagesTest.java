package io.growalert.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.stripe.exception.StripeException;
import com.stripe.model.Invoice;
import com.stripe.param.ChargeCreateParams;
import com.stripe.param.ProductUpdateParams;
import com.stripe.param.billingportal.SessionCreateParams;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The pages that addresses in invoices, charges and portal sessions lead to. */
class HostedPagesTest extends SubscriptionScenario {
    private HttpClient browser;

    @BeforeEach
    void open() {
        browser = HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NORMAL)
                .build();
    }

    @AfterEach
    void close() {
        browser.close();
    }

    @Test
    void an_open_invoice_is_paid_on_its_page() throws Exception {
        var invoice = open("basic");
        assertThat(get(invoice.getHostedInvoiceUrl()).body())
                .contains(invoice.getNumber(), "5.00 USD", "Pay 5.00 USD", "no money moves");

        var paid = pay(invoice, "4242 4242 4242 4242");

        assertThat(paid.statusCode()).isEqualTo(200);
        assertThat(paid.body()).contains("This invoice is paid.").doesNotContain("<form");
        assertThat(peer.v1().invoices().retrieve(invoice.getId()).getStatus()).isEqualTo("paid");
        assertThat(peer.v1().subscriptions().list().getData().getFirst().getStatus())
                .isEqualTo("active");
    }

    @Test
    void a_declined_card_is_named_and_the_invoice_stays_open() throws Exception {
        var invoice = open("basic");

        var declined = pay(invoice, "4000000000000002");

        assertThat(declined.statusCode()).isEqualTo(402);
        assertThat(declined.body()).contains("Your card was declined.", "<form");
        assertThat(pay(invoice, "1234").body()).contains("Your card number is incorrect.");
    }

    @Test
    void a_card_that_requires_authentication_leads_to_the_banks_page_and_back() throws Exception {
        var invoice = open("basic");

        var bank = pay(invoice, "4000002760003184");

        assertThat(bank.body()).contains("A bank's test page");
        var back = browser.send(
                HttpRequest.newBuilder(bank.uri())
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(BodyPublishers.ofString("success=true"))
                        .build(),
                BodyHandlers.ofString());
        assertThat(back.body()).contains("This invoice is paid.");
    }

    @Test
    void an_invoice_can_be_downloaded_as_a_pdf_file() throws Exception {
        var pdf = get(open("basic").getInvoicePdf());

        assertThat(pdf.headers().firstValue("Content-Type")).contains("application/pdf");
        assertThat(pdf.body()).startsWith("%PDF-1.4").endsWith("%%EOF\n").contains("5.00 USD");
        int table = Integer.parseInt(pdf.body()
                .substring(pdf.body().lastIndexOf("startxref") + "startxref\n".length())
                .lines()
                .findFirst()
                .orElseThrow());
        assertThat(pdf.body().substring(table)).startsWith("xref");
    }

    @Test
    void a_page_needs_its_whole_address_and_shows_text_only() throws Exception {
        var product = peer.v1().prices().retrieve(price("basic")).getProduct();
        peer.v1()
                .products()
                .update(
                        product,
                        ProductUpdateParams.builder()
                                .setName("<script>alert(1)</script>")
                                .build());
        var invoice = open("basic");

        var page = get(invoice.getHostedInvoiceUrl());

        assertThat(page.body()).doesNotContain("<script").contains("&lt;script&gt;");
        assertThat(get(invoice.getHostedInvoiceUrl().replace("test_", "test-")).statusCode())
                .isEqualTo(404);
        assertThat(get(invoice.getHostedInvoiceUrl().replace(invoice.getId(), "in_none"))
                        .statusCode())
                .isEqualTo(404);
    }

    @Test
    void a_charge_has_a_receipt() throws Exception {
        var charge = peer.v1()
                .charges()
                .create(ChargeCreateParams.builder()
                        .setAmount(1250L)
                        .setCurrency("eur")
                        .setSource("tok_visa")
                        .setDescription("A sensor")
                        .build());

        assertThat(get(charge.getReceiptUrl()).body()).contains("12.50 EUR", "A sensor");
    }

    @Test
    void a_portal_session_leads_to_a_page_with_the_way_back_and_expires() throws Exception {
        var subscription = active("pm_card_visa");
        var session = peer.client(StripeSandbox.SECRET_KEY)
                .v1()
                .billingPortal()
                .sessions()
                .create(SessionCreateParams.builder()
                        .setCustomer(subscription.getCustomer())
                        .setReturnUrl("https://example.com/account.html")
                        .build());

        assertThat(get(session.getUrl()).body())
                .contains(subscription.getId(), "href=\"https://example.com/account.html\"");
        pass(Duration.ofMinutes(6));
        assertThat(get(session.getUrl()).statusCode()).isEqualTo(404);
    }

    private Invoice open(String plan) throws StripeException {
        return peer.v1()
                .subscriptions()
                .create(incomplete(peer.customer().getId(), plan).build())
                .getLatestInvoiceObject();
    }

    private HttpResponse<String> pay(Invoice invoice, String card) throws IOException, InterruptedException {
        return browser.send(
                HttpRequest.newBuilder(URI.create(invoice.getHostedInvoiceUrl() + "/pay"))
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(BodyPublishers.ofString("card=" + card.replace(' ', '+')))
                        .build(),
                BodyHandlers.ofString());
    }

    private HttpResponse<String> get(String url) throws IOException, InterruptedException {
        return browser.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString());
    }
}
