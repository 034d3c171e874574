package io.growalert.billing.ledger;

import static java.util.Map.entry;

import io.growalert.billing.stripe.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Whose an object of Stripe's is, and under which lock it is recorded: the customer's, or that of an object without one. */
sealed interface Owner {

    /** An object that another one belongs to. */
    record Parent(Kind kind, String id) {}

    /**
     * @param customer null when the object has none
     * @param key what is locked
     */
    record Known(@Nullable String customer, String key) implements Owner {
        static Known of(@Nullable String customer, String otherwise) {
            return new Known(customer, customer == null ? otherwise : customer);
        }
    }

    /**
     * The object does not say it, but any of these does, as it is the same for all of them.
     *
     * @param parents the one that is asked for first comes first
     */
    record Asked(List<Parent> parents) implements Owner {
        public Asked {
            parents = List.copyOf(parents);
        }

        /** The first of them that is not known. */
        Optional<Parent> unknown(Set<String> known) {
            return parents.stream()
                    .filter(parent -> !known.contains(parent.id()))
                    .findFirst();
        }

        /** A charge is written under the lock of its payment. */
        private String key() {
            return parents.stream()
                    .filter(parent -> parent.kind() == Kind.PAYMENT)
                    .findFirst()
                    .orElseGet(parents::getFirst)
                    .id();
        }

        Known answered(@Nullable String customer) {
            return Known.of(customer, key());
        }
    }

    /** @throws BadShape when a field is not as it should be */
    static Owner of(Kind kind, Fields object) {
        return switch (kind) {
            case CUSTOMER -> new Known(object.text("id"), object.text("id"));
            case SUBSCRIPTION, INVOICE, PAYMENT -> Known.of(object.optionalId("customer"), object.text("id"));
            // under the lock of its payment, since an order depends on both
            case CHARGE ->
                Known.of(
                        object.optionalId("customer"),
                        object.has("payment_intent") ? object.id("payment_intent") : object.text("id"));
            case REFUND, DISPUTE ->
                ofParents(object, List.of(entry("charge", Kind.CHARGE), entry("payment_intent", Kind.PAYMENT)));
            case INVOICE_PAYMENT -> ofParents(object, List.of(entry("invoice", Kind.INVOICE)));
        };
    }

    private static Owner ofParents(Fields object, List<Map.Entry<String, Kind>> fields) {
        var customer = object.optionalId("customer");
        var parents = new ArrayList<Parent>();
        var expanded = new ArrayList<Fields>();
        fields.forEach(named -> {
            var field = named.getKey();
            var id = object.optionalId(field);
            if (id != null) {
                parents.add(new Parent(named.getValue(), id));
            }
            if (object.isExpanded(field)) {
                expanded.add(object.object(field));
            }
        });
        if (customer != null || parents.isEmpty()) {
            return Known.of(customer, object.text("id"));
        }
        var asked = new Asked(parents);
        return expanded.isEmpty() ? asked : asked.answered(expanded.getFirst().optionalId("customer"));
    }
}
