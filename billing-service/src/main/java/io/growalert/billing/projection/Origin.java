package io.growalert.billing.projection;

import io.growalert.billing.projection.Ownership.Parent;
import io.growalert.billing.stripe.Kind;
import io.growalert.billing.stripe.StripeFields;
import io.growalert.billing.stripe.StripeRequest;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Whether an object is ours: other software may use the same Stripe account, and its objects are not recorded.
 *
 * <p>An object is ours when it has our metadata, when it is recorded already, or when its parent is ours: its customer, or
 * without one its payment, charge or invoice. A customer is also ours when it registered here, or when any object of it is
 * recorded.
 */
public enum Origin {
    OURS,
    FOREIGN,
    /** Its parent is not known yet. */
    UNKNOWN;

    private static final List<String> METADATA = List.of(StripeRequest.METADATA, "growalert_order");

    /**
     * The parts of an object that decide its origin.
     *
     * @param isMarked it has our metadata
     * @param parents of which any one that is ours suffices
     */
    public record Subject(
            Kind kind,
            String id,
            boolean isMarked,
            @Nullable String customer,
            List<Parent> parents) {
        public Subject {
            parents = List.copyOf(parents);
        }

        /** @param stated the owner as stated by the object */
        public static Subject of(Kind kind, String id, JsonNode object, Ownership stated, Ownership.Known owner) {
            var customer = owner.customer();
            return new Subject(kind, id, Origin.isMarked(object), customer, parents(kind, object, stated, customer));
        }

        /** The ids of the object, its customer and its parents. */
        public Set<String> ids() {
            var ids = new HashSet<String>();
            ids.add(id);
            if (customer != null) {
                ids.add(customer);
            }
            parents.forEach(parent -> ids.add(parent.id()));
            return ids;
        }

        private static List<Parent> parents(Kind kind, JsonNode object, Ownership stated, @Nullable String customer) {
            if (kind == Kind.CUSTOMER) {
                return List.of();
            }
            if (customer != null) {
                return List.of(new Parent(Kind.CUSTOMER, customer));
            }
            if (stated instanceof Ownership.Inherited inherited) {
                return inherited.parents();
            }
            var payment = kind == Kind.CHARGE ? new StripeFields(object, "charge").optionalId("payment_intent") : null;
            return payment == null ? List.of() : List.of(new Parent(Kind.PAYMENT, payment));
        }
    }

    /** Whether an object has our metadata; invoices contain those of their subscription. */
    public static boolean isMarked(JsonNode object) {
        return has(object.path("metadata"))
                || has(object.path("parent").path("subscription_details").path("metadata"))
                || has(object.path("subscription_details").path("metadata"));
    }

    private static boolean has(JsonNode metadata) {
        return METADATA.stream().anyMatch(name -> metadata.path(name).isString());
    }

    /** The known origins of objects, which grow as objects are judged. */
    public static final class Facts {
        private final Set<String> ours;
        private final Set<String> foreign;

        /**
         * @param ours the ids of objects that are ours
         * @param foreign the ids of objects that were found to be foreign
         */
        public Facts(Set<String> ours, Set<String> foreign) {
            this.ours = new HashSet<>(ours);
            this.foreign = new HashSet<>(foreign);
        }

        /** Adds the object's own marks; to be done for all objects before any is judged, since they count for their customers too. */
        public void learn(Subject subject) {
            if (subject.isMarked() || ours.contains(subject.id())) {
                learnOurs(subject);
            }
        }

        private void learnOurs(Subject subject) {
            ours.add(subject.id());
            if (subject.customer() != null) {
                ours.add(subject.customer());
            }
        }

        /** Parents must be judged before their children. */
        public Origin judge(Subject subject) {
            var origin = origin(subject);
            switch (origin) {
                case OURS -> learnOurs(subject);
                case FOREIGN -> foreign.add(subject.id());
                case UNKNOWN -> {}
            }
            return origin;
        }

        private Origin origin(Subject subject) {
            if (subject.isMarked() || ours.contains(subject.id())) {
                return OURS;
            }
            var parents = subject.parents();
            if (parents.stream().anyMatch(parent -> ours.contains(parent.id()))) {
                return OURS;
            }
            return parents.isEmpty() || parents.stream().anyMatch(parent -> foreign.contains(parent.id()))
                    ? FOREIGN
                    : UNKNOWN;
        }
    }
}
