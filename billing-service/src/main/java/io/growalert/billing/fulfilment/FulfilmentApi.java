package io.growalert.billing.fulfilment;

import io.growalert.billing.customer.api.IdempotencyKeyHeader;
import io.growalert.billing.customer.api.JsonBody;
import io.growalert.billing.customer.idempotency.RequestLeases;
import io.growalert.billing.mail.MailKind;
import io.growalert.billing.mail.Mails;
import io.growalert.billing.problem.BillingProblem;
import io.growalert.billing.shipping.Shipments;
import io.growalert.billing.shipping.Shipments.Fulfilment;
import io.growalert.billing.shipping.ShippingState;
import io.growalert.billing.stripe.StripeFailure;
import io.growalert.events.StorableText;
import io.growalert.runtime.audit.AuditLog;
import io.growalert.runtime.audit.AuditLog.Change;
import io.growalert.runtime.http.CommonProblem;
import io.growalert.runtime.http.Operator;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Operators mark orders as shipped, and refund them. */
@RestController
@RequestMapping("/api/billing/orders/{id}")
class FulfilmentApi {
    private static final int MAX_TRACKING = 200;

    private final Shipments shipments;
    private final OrderRefunds refunds;
    private final RequestLeases leases;
    private final Mails mails;
    private final AuditLog audit;

    FulfilmentApi(Shipments shipments, OrderRefunds refunds, RequestLeases leases, Mails mails, AuditLog audit) {
        this.shipments = shipments;
        this.refunds = refunds;
        this.leases = leases;
        this.mails = mails;
        this.audit = audit;
    }

    /** An order that was shipped. */
    record Shipped(
            String id,
            ShippingState shippingState,
            @Nullable String tracking,
            Instant shippedAt) {
        static Shipped of(Fulfilment order) {
            return new Shipped(
                    order.order(), order.state(), order.tracking(), Objects.requireNonNull(order.shippedAt()));
        }
    }

    /**
     * Marks an order as shipped, and notifies the customer by mail unless {@code notify} is false. Repeating it changes at most the
     * tracking, and sends no second mail.
     */
    @PostMapping("/shipped")
    Shipped shipped(@PathVariable String id, HttpServletRequest http, Operator operator) throws IOException {
        var body = JsonBody.ofOptional(http);
        var tracking = body.optionalText("tracking", MAX_TRACKING);
        if (tracking != null && !isLine(tracking)) {
            throw CommonProblem.INVALID_FIELD.in("tracking", "tracking: expected one line of text");
        }
        boolean notifies = body.flag("notify", true);
        return audit.change(operator, "ship", known(id), () -> ship(id, tracking, notifies));
    }

    private Change<Shipped> ship(String id, @Nullable String tracking, boolean notifies) {
        var before = shipments.lock(id).orElseThrow(() -> unknown(id));
        if (!before.state().isShippable()) {
            throw closed("shipped", before.state());
        }
        if (before.shippedAt() != null && Objects.equals(tracking, before.tracking())) {
            return Change.none(Shipped.of(before));
        }
        shipments.mark(id, tracking);
        var after = Shipped.of(shipments.find(id).orElseThrow(() -> unknown(id)));
        if (before.shippedAt() == null && notifies && before.customer() != null) {
            var values = new HashMap<>(Map.of("order", id, "quantity", Long.toString(before.quantity())));
            if (tracking != null) {
                values.put("tracking", tracking);
            }
            mails.enqueue(MailKind.SHIPPED, before.customer(), id, values);
        }
        return new Change<>(after, before.shippedAt() == null ? null : Shipped.of(before), after);
    }

    /**
     * A refund, which Stripe's events enter into the order a moment later.
     *
     * @param status at Stripe
     * @param amount in the smallest unit of the currency
     */
    record Refunded(String order, String refund, String status, long amount, String currency) {}

    /** Once for each {@code Idempotency-Key}. */
    @PostMapping("/refund")
    Refunded refund(@PathVariable String id, HttpServletRequest http, Operator operator) throws IOException {
        var key = IdempotencyKeyHeader.required(http);
        var amount = JsonBody.ofOptional(http).optionalWholeNumber("amount", 1, Integer.MAX_VALUE);
        try {
            var made = refunds.refund(known(id), amount == null ? null : amount.longValue(), key, operator);
            return new Refunded(id, made.id(), made.status(), made.amount(), made.currency());
        } catch (StripeFailure e) {
            throw RefundProblems.of(e);
        } finally {
            leases.endOf(Thread.currentThread());
        }
    }

    private static String known(String id) {
        if (!StorableText.is(id)) {
            throw unknown(id);
        }
        return id;
    }

    /** A label or a mail shows it. */
    private static boolean isLine(String text) {
        return StorableText.is(text) && text.chars().noneMatch(Character::isISOControl);
    }

    static ErrorResponseException unknown(String id) {
        return CommonProblem.NOT_FOUND.because("no order with the id '%s'".formatted(id));
    }

    /** @param change that the state does not allow, as a participle */
    static ErrorResponseException closed(String change, ShippingState state) {
        return BillingProblem.ORDER_CLOSED.because("the order cannot be %s: %s".formatted(change, reason(state)));
    }

    private static String reason(ShippingState state) {
        return switch (state) {
            case REFUNDED -> "it is refunded in full";
            case CANCELED -> "its payment was canceled";
            case NONE -> "it is not paid";
            case ADDRESS_MISSING, OPEN, SHIPPED, UNKNOWN -> "it is " + state.text();
        };
    }
}
