package io.growalert.billing.stripe;

import static io.growalert.billing.stripe.StripeFailure.orFail;

import com.stripe.StripeClient;
import com.stripe.param.InvoiceListParams;
import com.stripe.param.InvoicePayParams;
import com.stripe.param.InvoicePaymentListParams;
import com.stripe.param.InvoiceRetrieveParams;
import io.growalert.billing.stripe.StripeFailure.Reason;
import io.growalert.definitions.Secret;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Invoices at Stripe that exist. */
public final class StripeInvoices {
    private static final String SECRET = "confirmation_secret";

    private final StripeClient stripe;

    StripeInvoices(StripeClient stripe) {
        this.stripe = stripe;
    }

    /**
     * @param reason such as {@code subscription_update}
     * @param periodStarts of its lines; of a prorated line, the time of the change
     * @param status such as {@code open}
     * @param amountDue charged by it at first, in the currency's smallest unit
     * @param amountRemaining not paid yet
     * @param hostedUrl of its page at Stripe, for the customer alone
     * @param clientSecret of its payment; null: none is needed, or it was not requested
     */
    public record Billed(
            String id,
            @Nullable String customer,
            @Nullable String subscription,
            @Nullable String reason,
            Set<Instant> periodStarts,
            String status,
            @Nullable String number,
            long amountDue,
            long amountRemaining,
            String currency,
            @Nullable String hostedUrl,
            @Nullable Secret clientSecret) {
        public Billed {
            periodStarts = Set.copyOf(periodStarts);
        }

        public boolean isPaid() {
            return status.equals("paid");
        }

        public boolean isOpen() {
            return status.equals("open");
        }

        /** Whether a change of the subscription made it. */
        public boolean isOfChange() {
            return "subscription_update".equals(reason);
        }

        /** Whether a change of the subscription made it that counts from this time on. */
        public boolean isOfChange(Instant at) {
            return isOfChange() && periodStarts.contains(at);
        }

        /** The payment's id, which its client secret begins with; null without a secret. */
        public @Nullable String payment() {
            var secret = clientSecret;
            int end = secret == null ? -1 : secret.value().indexOf("_secret_");
            return secret == null || end < 0 ? null : secret.value().substring(0, end);
        }

        @Override
        public String toString() {
            return "Billed[id=%s, status=%s]".formatted(id, status);
        }
    }

    /** With its client secret. */
    public Billed retrieve(String id) {
        var parameters = InvoiceRetrieveParams.builder().addExpand(SECRET).build();
        return billed(StripeJson.fields(orFail(() -> stripe.v1().invoices().retrieve(id, parameters)), "invoice"));
    }

    /** As {@link #retrieve}; empty when there is none with this id. */
    public Optional<Billed> find(String id) {
        try {
            return Optional.of(retrieve(id));
        } catch (StripeFailure e) {
            if (e.reason() instanceof Reason.Invalid invalid && "resource_missing".equals(invalid.code())) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Those of a customer that are to be paid, the newest first. */
    public List<Billed> open(String customer) {
        var parameters = InvoiceListParams.builder()
                .setCustomer(customer)
                .setStatus(InvoiceListParams.Status.OPEN)
                .setLimit(100L)
                .build();
        return orFail(() -> stripe.v1().invoices().list(parameters)).getData().stream()
                .map(invoice -> billed(new StripeFields(StripeFields.parse(invoice.toJson()), "invoice")))
                .toList();
    }

    /**
     * Pays an open invoice, while the customer waits.
     *
     * @param method the payment method; null: the one that Stripe would charge
     * @throws StripeFailure also when the invoice is not paid: its payment has the reason
     */
    public void pay(String id, @Nullable String method, StripeRequest request) {
        // the customer is present, and can confirm the payment
        var parameters = InvoicePayParams.builder().setOffSession(false);
        if (method != null) {
            parameters.setPaymentMethod(method);
        }
        orFail(() -> stripe.v1().invoices().pay(id, parameters.build(), request.options("pay")));
    }

    /**
     * Voids an open invoice, so that it can never be paid, and a change of the plan that waits for it is discarded.
     *
     * @return false when it was paid meanwhile, or its payment is processing
     */
    public boolean discard(String id) {
        try {
            orFail(() -> stripe.v1().invoices().voidInvoice(id));
            return true;
        } catch (StripeFailure e) {
            if (e.reason() instanceof Reason.Invalid) {
                return retrieve(id).status().equals("void");
            }
            throw e;
        }
    }

    /** The id of the payment that paid an invoice; empty: no payment of a card did. */
    public Optional<String> paidBy(String id) {
        var parameters = InvoicePaymentListParams.builder()
                .setInvoice(id)
                .setStatus(InvoicePaymentListParams.Status.PAID)
                .setLimit(1L)
                .build();
        return orFail(() -> stripe.v1().invoicePayments().list(parameters)).getData().stream()
                .map(payment -> new StripeFields(StripeFields.parse(payment.toJson()), "invoice_payment")
                        .object("payment")
                        .optionalId("payment_intent"))
                .filter(Objects::nonNull)
                .findFirst();
    }

    private static Set<Instant> periodStarts(StripeFields invoice) {
        return invoice.list("lines").stream()
                .flatMap(line -> Stream.ofNullable(line.object("period").optionalTime("start")))
                .collect(Collectors.toSet());
    }

    static Billed billed(StripeFields invoice) {
        var secret = invoice.object(SECRET).optionalText("client_secret");
        long due = invoice.number("amount_due");
        return new Billed(
                invoice.text("id"),
                invoice.optionalId("customer"),
                invoice.object("parent").object("subscription_details").optionalId("subscription"),
                invoice.optionalText("billing_reason"),
                periodStarts(invoice),
                invoice.text("status"),
                invoice.optionalText("number"),
                due,
                invoice.number("amount_remaining", due - invoice.number("amount_paid", 0)),
                invoice.text("currency"),
                invoice.optionalText("hosted_invoice_url"),
                secret == null ? null : new Secret(secret));
    }
}
