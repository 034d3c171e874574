package io.growalert.sandbox.subscription;

import static io.growalert.sandbox.http.HtmlPage.amount;
import static io.growalert.sandbox.http.HtmlPage.escape;

import io.growalert.sandbox.http.ApiCall;
import io.growalert.sandbox.http.ApiError;
import io.growalert.sandbox.http.ApiResponse;
import io.growalert.sandbox.http.ApiRoutes;
import io.growalert.sandbox.http.FormParser;
import io.growalert.sandbox.http.HtmlPage;
import io.growalert.sandbox.http.JsonNodes;
import io.growalert.sandbox.http.PdfFile;
import io.growalert.sandbox.object.ObjectIds;
import io.growalert.sandbox.object.Store;
import io.growalert.sandbox.payment.BankPages;
import io.growalert.sandbox.payment.Confirmation;
import io.growalert.sandbox.payment.PaymentMethodResource;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import tools.jackson.databind.node.ObjectNode;

/** The page of a finalized invoice, which its address alone gives access to, and its PDF file. */
final class HostedInvoices {
    private static final String SECRET = "_page";

    private final Store store;
    private final Invoices invoices;
    private final PaymentMethodResource methods;
    private final Supplier<URI> base;

    /** @param base the sandbox's address, known once it listens */
    HostedInvoices(Store store, Invoices invoices, PaymentMethodResource methods, Supplier<URI> base) {
        this.store = store;
        this.invoices = invoices;
        this.methods = methods;
        this.base = base;
        invoices.onFinalize(this::publish);
    }

    void routes(ApiRoutes routes) {
        routes.open("GET", "/i/{id}/{secret}", call -> found(call, invoice -> page(call, invoice, "")));
        routes.open("GET", "/i/{id}/{secret}/pdf", call -> found(call, this::pdf));
        routes.open("POST", "/i/{id}/{secret}/pay", call -> found(call, invoice -> pay(call, invoice)));
    }

    private void publish(ObjectNode invoice) {
        var secret = "test_" + ObjectIds.random(32);
        var url = "%s/i/%s/%s".formatted(base.get(), JsonNodes.id(invoice), secret);
        invoice.put(SECRET, secret).put("hosted_invoice_url", url).put("invoice_pdf", url + "/pdf");
    }

    private ApiResponse found(ApiCall call, Function<ObjectNode, ApiResponse> answer) {
        var invoice = store.find(Invoices.KIND, call.id());
        return invoice == null
                        || !invoice.path(SECRET)
                                .asString("")
                                .equals(call.variables().get("secret"))
                ? HtmlPage.notFound()
                : answer.apply(invoice);
    }

    private ApiResponse page(ApiCall call, ObjectNode invoice, String problem) {
        var rows = new StringBuilder();
        for (var line : lines(invoice)) {
            rows.append("<tr><td>%s</td><td>%s</td></tr>"
                    .formatted(escape(line.path("description").asString("")), sum(invoice, line, "amount")));
        }
        var path = "/i/%s/%s".formatted(call.id(), invoice.path(SECRET).asString());
        var state = Invoices.isOpen(invoice)
                ? """
                        <form method="post" action="%s/pay">
                        <p><label>Card number <input name="card" inputmode="numeric" autocomplete="off" required></label></p>
                        <button>Pay %s</button>
                        </form>
                        """.formatted(path, sum(invoice, invoice, "amount_remaining"))
                : "<p>This invoice is %s.</p>".formatted(escape(JsonNodes.textOf(invoice, "status")));
        if (Invoices.isOpen(invoice) && invoices.isProcessing(invoice)) {
            state = "<p>The payment is being processed.</p>";
        }
        return HtmlPage.of(
                problem.isEmpty() ? 200 : 402,
                "Invoice " + number(invoice),
                (problem.isEmpty() ? "" : "<p role=\"alert\">%s</p>".formatted(escape(problem)))
                        + "<table>%s<tr><th>Total</th><th>%s</th></tr></table>%s<p><a href=\"%s/pdf\">Download the invoice</a></p>"
                                .formatted(rows, sum(invoice, invoice, "total"), state, path));
    }

    private ApiResponse pay(ApiCall call, ObjectNode invoice) {
        if (!Invoices.isOpen(invoice)) {
            return page(call, invoice, "");
        }
        try {
            var page = "%s/i/%s/%s"
                    .formatted(base.get(), call.id(), invoice.path(SECRET).asString());
            var failed = invoices.pay(
                    invoice, card(call.params().require("card")), new Confirmation(false, false, false, page));
            if (failed != null) {
                return page(call, invoice, String.valueOf(failed.getMessage()));
            }
            var intent = invoices.intent(invoice);
            return ApiResponse.text(303, "text/plain", "")
                    .with("Location", intent.path("next_action").isObject() ? BankPages.pageOf(intent) : page);
        } catch (ApiError e) {
            return page(call, invoice, String.valueOf(e.getMessage()));
        }
    }

    private ObjectNode card(String number) {
        var form = "type=card&card[exp_month]=12&card[exp_year]=2049&card[number]="
                + URLEncoder.encode(number, StandardCharsets.UTF_8);
        return methods.create(FormParser.parse("", form));
    }

    private ApiResponse pdf(ObjectNode invoice) {
        var text = new ArrayList<String>();
        text.add("Invoice " + number(invoice));
        text.add(invoice.path("account_name").asString("") + " (no money moves)");
        text.add(invoice.path("customer_name").asString("") + " "
                + invoice.path("customer_email").asString(""));
        text.add("");
        for (var line : lines(invoice)) {
            text.add(line.path("description").asString("") + "   " + sum(invoice, line, "amount"));
        }
        text.add("");
        text.add("Total   " + sum(invoice, invoice, "total"));
        text.add("Due   " + sum(invoice, invoice, "amount_remaining"));
        return PdfFile.of("Invoice-%s.pdf".formatted(number(invoice)), text);
    }

    private static List<ObjectNode> lines(ObjectNode invoice) {
        return JsonNodes.objects(invoice.path("lines").path("data"));
    }

    private static String number(ObjectNode invoice) {
        return invoice.path("number").asString("");
    }

    private static String sum(ObjectNode invoice, ObjectNode of, String field) {
        return amount(JsonNodes.number(of, field), JsonNodes.textOf(invoice, "currency"));
    }
}
