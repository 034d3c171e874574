package io.growalert.billing.projection;

import io.growalert.events.BillingRecord;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The refunds and disputes of device orders. An order is recorded from its payment, its refunds from the charge, the outcome of
 * a dispute from the dispute; the row of an order joins the three. Each has a version of its own, and the join depends on
 * nothing else, so it gives the same row in whatever order they arrive.
 *
 * <p>The latest charge that succeeded counts. Stripe's {@code charge.disputed} stays true when a dispute is won, so it counts
 * only while no dispute is recorded.
 */
public final class OrderSettlements {
    private static final Set<String> HARMLESS = Set.of("won", "warning_closed");

    private final Map<String, BillingRecord.DeviceOrder> orders = new TreeMap<>();
    private final Map<String, BillingRecord.Charge> charges = new TreeMap<>();
    private final Map<String, BillingRecord.Dispute> disputes = new TreeMap<>();

    /** The ids of the payment and the charge that decide which orders this record settles. */
    public static List<String> paymentIds(BillingRecord record) {
        return switch (record) {
            case BillingRecord.Charge charge -> ids(charge.id(), charge.payment());
            case BillingRecord.Dispute dispute -> ids(dispute.charge(), dispute.payment());
            case BillingRecord.DeviceOrder order -> ids(order.payment(), null);
            case BillingRecord.Customer _,
                    BillingRecord.Subscription _,
                    BillingRecord.Invoice _,
                    BillingRecord.InvoicePayment _,
                    BillingRecord.Payment _,
                    BillingRecord.Refund _ -> List.of();
        };
    }

    private static List<String> ids(@Nullable String one, @Nullable String other) {
        return Stream.of(one, other).filter(Objects::nonNull).toList();
    }

    /** Adds or replaces a record's current state. */
    public void enter(BillingRecord record) {
        switch (record) {
            case BillingRecord.Charge charge -> charges.put(charge.id(), charge);
            case BillingRecord.Dispute dispute -> disputes.put(dispute.id(), dispute);
            case BillingRecord.DeviceOrder order -> orders.put(order.id(), order);
            case BillingRecord.Customer _,
                    BillingRecord.Subscription _,
                    BillingRecord.Invoice _,
                    BillingRecord.InvoicePayment _,
                    BillingRecord.Payment _,
                    BillingRecord.Refund _ -> {}
        }
    }

    /** The order with its refunds and disputes. */
    public BillingRecord.DeviceOrder settled(BillingRecord.DeviceOrder order) {
        return chargesOf(order)
                .filter(charge -> charge.status().equals("succeeded"))
                .max(Comparator.comparing(BillingRecord.Charge::createdAt).thenComparing(BillingRecord.Charge::id))
                .map(charge -> order.settled(charge.amountRefunded(), isDisputed(charge)))
                .orElseGet(() -> order.settled(0, false));
    }

    private Stream<BillingRecord.Charge> chargesOf(BillingRecord.DeviceOrder order) {
        return charges.values().stream()
                .filter(charge -> order.payment().equals(charge.payment())
                        || order.payment().equals(charge.id()));
    }

    private boolean isDisputed(BillingRecord.Charge charge) {
        var known = disputesOf(charge).toList();
        return known.isEmpty()
                ? charge.disputed()
                : known.stream().anyMatch(dispute -> !HARMLESS.contains(dispute.status()));
    }

    private Stream<BillingRecord.Dispute> disputesOf(BillingRecord.Charge charge) {
        return disputes.values().stream().filter(dispute -> dispute.charge().equals(charge.id()));
    }

    /** The orders whose refunds and disputes differ from the entered ones. */
    List<BillingRecord.DeviceOrder> unsettled() {
        return orders.values().stream()
                .filter(order -> !settled(order).equals(order))
                .toList();
    }

    /** The ids of the charges and disputes of an order. */
    Stream<String> sources(BillingRecord.DeviceOrder order) {
        return chargesOf(order)
                .flatMap(charge ->
                        Stream.concat(Stream.of(charge.id()), disputesOf(charge).map(BillingRecord.Dispute::id)));
    }

    /** The ids of all entered records. */
    public Set<String> ids() {
        var ids = new HashSet<String>();
        Stream.of(orders, charges, disputes).forEach(known -> ids.addAll(known.keySet()));
        return ids;
    }
}
