package io.growalert.billing.ledger;

import io.growalert.billing.stripe.Kind;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The types of Stripe's events that a record depends on. */
public final class EventTypes {
    private record Prefix(String prefix, Kind kind) {}

    private static final Set<String> OF_CUSTOMERS = Set.of("customer.created", "customer.updated", "customer.deleted");

    /** The longer ones first. */
    private static final List<Prefix> PREFIXES = List.of(
            new Prefix("customer.subscription.", Kind.SUBSCRIPTION),
            new Prefix("invoice.", Kind.INVOICE),
            new Prefix("invoice_payment.", Kind.INVOICE_PAYMENT),
            new Prefix("payment_intent.", Kind.PAYMENT),
            new Prefix("charge.dispute.", Kind.DISPUTE),
            new Prefix("charge.refund.", Kind.REFUND),
            new Prefix("charge.", Kind.CHARGE),
            new Prefix("refund.", Kind.REFUND));

    /** A preview of an invoice that does not exist yet. */
    private static final Set<String> NOT = Set.of("invoice.upcoming");

    /** Those that end an object, though the object in them does not say it. */
    private static final Set<String> DELETIONS = Set.of("customer.deleted", "invoice.deleted");

    private EventTypes() {}

    /** Whether the ledger applies events of this type; any other is kept, and ignored. */
    public static boolean areApplied(String type) {
        return kind(type).isPresent();
    }

    /** What an event of this type is about; empty when no record depends on it. */
    static Optional<Kind> kind(String type) {
        if (OF_CUSTOMERS.contains(type)) {
            return Optional.of(Kind.CUSTOMER);
        }
        return NOT.contains(type)
                ? Optional.empty()
                : PREFIXES.stream()
                        .filter(prefix -> type.startsWith(prefix.prefix()))
                        .map(Prefix::kind)
                        .findFirst();
    }

    static boolean isDeletion(String type) {
        return DELETIONS.contains(type);
    }
}
