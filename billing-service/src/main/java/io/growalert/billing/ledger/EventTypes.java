package io.growalert.billing.ledger;

import java.util.List;
import java.util.Set;

/** The types of Stripe's events that a record depends on. */
public final class EventTypes {
    private static final Set<String> EXACTLY = Set.of("customer.created", "customer.updated", "customer.deleted");

    private static final List<String> PREFIXES =
            List.of("customer.subscription.", "invoice.", "invoice_payment.", "payment_intent.", "charge.", "refund.");

    /** A preview of an invoice that does not exist yet. */
    private static final Set<String> NOT = Set.of("invoice.upcoming");

    private EventTypes() {}

    /** Whether the ledger applies events of this type; any other is kept, and ignored. */
    public static boolean areApplied(String type) {
        return EXACTLY.contains(type) || (PREFIXES.stream().anyMatch(type::startsWith) && !NOT.contains(type));
    }
}
