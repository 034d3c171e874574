package io.growalert.events;

import static io.growalert.events.Contract.frozen;
import static io.growalert.events.Contract.require;
import static io.growalert.events.Contract.required;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.Nulls;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The state of one Stripe object, without personal data. Ids and statuses are Stripe's; amounts are in
 * the smallest unit of their currency, which is a lower-case ISO 4217 code.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
    @JsonSubTypes.Type(value = BillingRecord.Customer.class, name = "customer"),
    @JsonSubTypes.Type(value = BillingRecord.Subscription.class, name = "subscription"),
    @JsonSubTypes.Type(value = BillingRecord.Invoice.class, name = "invoice"),
    @JsonSubTypes.Type(value = BillingRecord.InvoicePayment.class, name = "invoice_payment"),
    @JsonSubTypes.Type(value = BillingRecord.Payment.class, name = "payment"),
    @JsonSubTypes.Type(value = BillingRecord.Charge.class, name = "charge"),
    @JsonSubTypes.Type(value = BillingRecord.Refund.class, name = "refund"),
    @JsonSubTypes.Type(value = BillingRecord.Dispute.class, name = "dispute"),
    @JsonSubTypes.Type(value = BillingRecord.DeviceOrder.class, name = "device_order")
})
public sealed interface BillingRecord {
    String id();

    /** The owning customer; null where Stripe names none. */
    @Nullable
    String customer();

    /** Whether it is at the end of its lifecycle: it does not change any more, or rarely. */
    @JsonIgnore
    boolean isEnded();

    /**
     * @param balance the amount added to the next invoice; negative for a credit
     * @param delinquent whether the latest invoice is overdue
     */
    record Customer(
            String id,
            @Nullable String currency,
            long balance,
            boolean delinquent,
            boolean deleted,
            @Nullable Instant createdAt)
            implements BillingRecord {
        public Customer {
            required(id, "id");
        }

        @Override
        @JsonIgnore
        public String customer() {
            return id;
        }

        @Override
        public boolean isEnded() {
            return deleted;
        }
    }

    /** @param trialEnd when the trial ends or ended; null when there was none */
    record Subscription(
            String id,
            String customer,
            String status,
            String currency,
            List<Item> items,
            boolean cancelAtPeriodEnd,
            @Nullable Instant cancelAt,
            @Nullable Instant canceledAt,
            @Nullable Instant endedAt,
            @Nullable Instant trialEnd,
            @Nullable String latestInvoice,
            Instant createdAt)
            implements BillingRecord {
        /** A subscribed price, and the current period. */
        public record Item(
                String id,
                String price,
                @Nullable String product,
                @Nullable Long quantity,
                @Nullable Long unitAmount,
                @Nullable Instant periodStart,
                @Nullable Instant periodEnd) {
            public Item {
                required(id, "id");
                required(price, "price");
            }
        }

        public Subscription {
            required(id, "id");
            required(customer, "customer");
            required(status, "status");
            required(currency, "currency");
            items = frozen(items, "items");
            required(createdAt, "createdAt");
        }

        @Override
        public boolean isEnded() {
            return Set.of("canceled", "incomplete_expired").contains(status);
        }
    }

    record Invoice(
            String id,
            @Nullable String customer,
            @Nullable String subscription,
            @Nullable String number,
            String status,
            @Nullable String billingReason,
            String currency,
            long amountDue,
            long amountPaid,
            long amountRemaining,
            long total,
            long attemptCount,
            @Nullable Instant periodStart,
            @Nullable Instant periodEnd,
            @Nullable Instant dueAt,
            @Nullable Instant paidAt,
            Instant createdAt)
            implements BillingRecord {
        public Invoice {
            required(id, "id");
            required(status, "status");
            required(currency, "currency");
            required(createdAt, "createdAt");
        }

        /** An uncollectible invoice may still be paid. */
        @Override
        public boolean isEnded() {
            return Set.of("paid", "void", "deleted").contains(status);
        }
    }

    /** The payment of an invoice. */
    record InvoicePayment(
            String id,
            @Nullable String customer,
            String invoice,
            @Nullable String payment,
            @Nullable String charge,
            String status,
            String currency,
            long amountRequested,
            @Nullable Long amountPaid,
            @Nullable Instant paidAt,
            Instant createdAt)
            implements BillingRecord {
        public InvoicePayment {
            required(id, "id");
            required(invoice, "invoice");
            required(status, "status");
            required(currency, "currency");
            required(createdAt, "createdAt");
        }

        @Override
        public boolean isEnded() {
            return Set.of("paid", "canceled").contains(status);
        }
    }

    /**
     * A payment intent.
     *
     * @param declineCode the reason of the last failed attempt; null when none failed
     */
    record Payment(
            String id,
            @Nullable String customer,
            String status,
            String currency,
            long amount,
            long amountReceived,
            @Nullable String latestCharge,
            @Nullable String declineCode,
            @Nullable Instant canceledAt,
            Instant createdAt)
            implements BillingRecord {
        public Payment {
            required(id, "id");
            required(status, "status");
            required(currency, "currency");
            required(createdAt, "createdAt");
        }

        @Override
        public boolean isEnded() {
            return Set.of("succeeded", "canceled").contains(status);
        }
    }

    /**
     * One attempt to collect a payment.
     *
     * @param payment the payment intent that it belongs to
     */
    record Charge(
            String id,
            @Nullable String customer,
            @Nullable String payment,
            String status,
            String currency,
            long amount,
            long amountCaptured,
            long amountRefunded,
            boolean disputed,
            @Nullable String failureCode,
            Instant createdAt)
            implements BillingRecord {
        public Charge {
            required(id, "id");
            required(status, "status");
            required(currency, "currency");
            required(createdAt, "createdAt");
        }

        /** A succeeded charge ends when it is refunded in full. */
        @Override
        public boolean isEnded() {
            return status.equals("failed") || (status.equals("succeeded") && amountRefunded == amount);
        }
    }

    record Refund(
            String id,
            @Nullable String customer,
            @Nullable String charge,
            @Nullable String payment,
            String status,
            String currency,
            long amount,
            @Nullable String reason,
            Instant createdAt)
            implements BillingRecord {
        public Refund {
            required(id, "id");
            required(status, "status");
            required(currency, "currency");
            required(createdAt, "createdAt");
        }

        @Override
        public boolean isEnded() {
            return Set.of("succeeded", "failed", "canceled").contains(status);
        }
    }

    /** @param dueAt the deadline for evidence */
    record Dispute(
            String id,
            @Nullable String customer,
            String charge,
            @Nullable String payment,
            String status,
            String reason,
            String currency,
            long amount,
            @Nullable Instant dueAt,
            Instant createdAt)
            implements BillingRecord {
        public Dispute {
            required(id, "id");
            required(charge, "charge");
            required(status, "status");
            required(reason, "reason");
            required(currency, "currency");
            required(createdAt, "createdAt");
        }

        @Override
        public boolean isEnded() {
            return Set.of("won", "lost", "warning_closed").contains(status);
        }
    }

    /**
     * Devices that a customer ordered.
     *
     * @param status {@code pending}, {@code awaiting_confirmation}, {@code processing}, {@code paid} or {@code canceled}
     * @param unitAmount the price of one device
     * @param amount the total
     * @param refundedAmount the refunded part: 0 or more. A refunded order stays {@code paid}.
     * @param disputed whether a dispute of its payment is open or lost
     */
    record DeviceOrder(
            String id,
            @Nullable String customer,
            String payment,
            String status,
            long quantity,
            String currency,
            long unitAmount,
            long amount,
            // events of earlier versions lack these two
            @JsonSetter(nulls = Nulls.AS_EMPTY) long refundedAmount,
            @JsonSetter(nulls = Nulls.AS_EMPTY) boolean disputed,
            Instant createdAt)
            implements BillingRecord {
        public DeviceOrder {
            required(id, "id");
            required(payment, "payment");
            required(status, "status");
            required(currency, "currency");
            require(refundedAmount >= 0, "a refunded amount must be at least 0", refundedAmount);
            required(createdAt, "createdAt");
        }

        /** A paid order may still be refunded or disputed. */
        @Override
        public boolean isEnded() {
            return Set.of("paid", "canceled").contains(status);
        }

        /** The same order with the state of its charge. */
        public DeviceOrder settled(long refundedAmount, boolean disputed) {
            return new DeviceOrder(
                    id,
                    customer,
                    payment,
                    status,
                    quantity,
                    currency,
                    unitAmount,
                    amount,
                    refundedAmount,
                    disputed,
                    createdAt);
        }
    }
}
