package io.growalert.billing.projection;

import io.growalert.billing.stripe.Kind;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The types of Stripe's events that a record depends on. */
public final class EventTypes {
    private record Prefix(String prefix, Kind kind) {}

    private static final Set<String> OF_CUSTOMERS = Set.of("customer.created", "customer.updated", "customer.deleted");

    /** Longer prefixes first. */
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

    /** Of which the object in the event does not always have {@code deleted}. */
    private static final Set<String> DELETIONS = Set.of("customer.deleted", "invoice.deleted");

    private EventTypes() {}

    /** Whether events of this type are applied; any other is stored and ignored. */
    public static boolean areApplied(String type) {
        return kind(type).isPresent();
    }

    /** The kind of object that an event of this type contains; empty when no record depends on it. */
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
