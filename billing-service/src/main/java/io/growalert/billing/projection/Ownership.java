package io.growalert.billing.projection;

import static java.util.Map.entry;

import io.growalert.billing.stripe.Kind;
import io.growalert.billing.stripe.MalformedObject;
import io.growalert.billing.stripe.StripeFields;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The customer who owns an object of Stripe, and the key that is locked to record it: the customer's, or the object's own. */
public sealed interface Ownership {

    /** An object that owns another one. */
    record Parent(Kind kind, String id) {}

    /**
     * @param customer null when the object has none
     * @param key of the lock
     */
    record Known(@Nullable String customer, String key) implements Ownership {
        static Known of(@Nullable String customer, String otherwise) {
            return new Known(customer, customer == null ? otherwise : customer);
        }
    }

    /**
     * The object has no customer of its own: it is that of its parents, which have the same one.
     *
     * @param parents in the order in which they are looked up
     */
    record Inherited(List<Parent> parents) implements Ownership {
        public Inherited {
            parents = List.copyOf(parents);
        }

        /** The first parent that is not known. */
        public Optional<Parent> unknown(Set<String> known) {
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

        Known by(@Nullable String customer) {
            return Known.of(customer, key());
        }

        /**
         * The owner, when any parent has a customer, or all parents are known to have none.
         *
         * @param customers of the known parents, by the parents' ids
         */
        public Optional<Known> resolve(Map<String, Optional<String>> customers) {
            var customer = parents.stream()
                    .map(parent -> customers.getOrDefault(parent.id(), Optional.empty()))
                    .flatMap(Optional::stream)
                    .findFirst();
            return customer.isPresent() || unknown(customers.keySet()).isEmpty()
                    ? Optional.of(by(customer.orElse(null)))
                    : Optional.empty();
        }
    }

    /** @throws MalformedObject when a field is missing or wrong */
    static Ownership of(Kind kind, StripeFields object) {
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

    private static Ownership ofParents(StripeFields object, List<Map.Entry<String, Kind>> fields) {
        var customer = object.optionalId("customer");
        var parents = new ArrayList<Parent>();
        var expanded = new ArrayList<StripeFields>();
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
        var inherited = new Inherited(parents);
        return expanded.isEmpty() ? inherited : inherited.by(expanded.getFirst().optionalId("customer"));
    }
}
