package io.growalert.billing.ledger;

import io.growalert.events.BillingRecord;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What became of the money of device orders. An order is recorded from its payment; what was refunded is known of its charge,
 * and how a dispute ended of the dispute. The row of an order joins the three. Each of them is decided by its own register, and
 * the join depends on nothing else: so it ends in the same row, whatever came first.
 *
 * <p>The latest charge that succeeded counts. Stripe's {@code charge.disputed} stays true when a dispute is won: it counts only
 * while no dispute is known.
 */
final class Settlements {
    private static final Set<String> HARMLESS = Set.of("won", "warning_closed");

    private final Map<String, BillingRecord.DeviceOrder> orders = new TreeMap<>();
    private final Map<String, BillingRecord.Charge> charges = new TreeMap<>();
    private final Map<String, BillingRecord.Dispute> disputes = new TreeMap<>();

    private static final String READ = """
            with wanted as materialized (
                select id from unnest(:ids::text[]) as id
                union
                select payment from billing.charges where id = any(:ids) and payment is not null
            ), charge as materialized (
                select c.* from wanted w join billing.charges c on c.payment = w.id
                union
                select c.* from wanted w join billing.charges c on c.id = w.id
            )
            select jsonb_build_object('kind', 'charge') || to_jsonb(c) from charge c
            union all
            select jsonb_build_object('kind', 'dispute') || to_jsonb(d) from charge c join billing.disputes d on d.charge = c.id
            union all
            select jsonb_build_object('kind', 'device_order') || to_jsonb(o)
            from wanted w join billing.device_orders o on o.payment = w.id
            """;

    /** All that is recorded of the payments that these records are about. */
    static Settlements read(JdbcClient jdbc, Collection<Projected> records) {
        var settlements = new Settlements();
        var ids = new HashSet<String>();
        records.forEach(projected -> ids.addAll(paidBy(projected.record())));
        if (!ids.isEmpty()) {
            jdbc.sql(READ).param("ids", ids.toArray(String[]::new)).query(String.class).stream()
                    .map(Projected::record)
                    .forEach(settlements::enter);
        }
        return settlements;
    }

    /** The ids of the payment and the charge. */
    private static List<String> paidBy(BillingRecord record) {
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

    /** Takes in how a record is now. */
    void enter(BillingRecord record) {
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

    /** The order with what became of its money. */
    BillingRecord.DeviceOrder settled(BillingRecord.DeviceOrder order) {
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

    /** The orders that are not, as they were entered, what became of their money. */
    List<BillingRecord.DeviceOrder> unsettled() {
        return orders.values().stream()
                .filter(order -> !settled(order).equals(order))
                .toList();
    }

    /** The ids of all records that matter to an order, beside itself. */
    Stream<String> sources(BillingRecord.DeviceOrder order) {
        return chargesOf(order)
                .flatMap(charge ->
                        Stream.concat(Stream.of(charge.id()), disputesOf(charge).map(BillingRecord.Dispute::id)));
    }

    /** The ids of all records that are known here. */
    Set<String> ids() {
        var ids = new HashSet<String>();
        Stream.of(orders, charges, disputes).forEach(known -> ids.addAll(known.keySet()));
        return ids;
    }
}
