package io.growalert.billing.ledger;

import io.growalert.billing.ledger.Owner.Parent;
import io.growalert.billing.stripe.Kind;
import io.growalert.billing.stripe.StripeRequest;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Whether an object is ours: other software may use the same Stripe account, and its customers are none of our business.
 *
 * <p>An object is ours when our metadata is in it, when it is recorded already, or when what it belongs to is ours: its customer,
 * or where it has none its payment, charge or invoice. A customer is ours too when it registered here, or when anything of it is
 * recorded.
 */
enum Origin {
    OURS,
    FOREIGN,
    /** It follows a parent that is not known yet. */
    UNKNOWN;

    private static final List<String> METADATA = List.of(StripeRequest.METADATA, "growalert_order");

    /**
     * What of an object decides on its origin.
     *
     * @param isMarked our metadata is in it
     * @param parents any of which says it
     */
    record Subject(
            Kind kind,
            String id,
            boolean isMarked,
            @Nullable String customer,
            List<Parent> parents) {
        Subject {
            parents = List.copyOf(parents);
        }

        /** @param said as the object itself says whose it is */
        static Subject of(Kind kind, String id, JsonNode object, Owner said, Owner.Known owner) {
            var customer = owner.customer();
            return new Subject(kind, id, Origin.isMarked(object), customer, parents(kind, object, said, customer));
        }

        /** Of all objects that matter. */
        Set<String> ids() {
            var ids = new HashSet<String>();
            ids.add(id);
            if (customer != null) {
                ids.add(customer);
            }
            parents.forEach(parent -> ids.add(parent.id()));
            return ids;
        }

        private static List<Parent> parents(Kind kind, JsonNode object, Owner said, @Nullable String customer) {
            if (kind == Kind.CUSTOMER) {
                return List.of();
            }
            if (customer != null) {
                return List.of(new Parent(Kind.CUSTOMER, customer));
            }
            if (said instanceof Owner.Asked asked) {
                return asked.parents();
            }
            var payment = kind == Kind.CHARGE ? new Fields(object, "charge").optionalId("payment_intent") : null;
            return payment == null ? List.of() : List.of(new Parent(Kind.PAYMENT, payment));
        }
    }

    /** Invoices show the metadata of their subscription. */
    static boolean isMarked(JsonNode object) {
        return has(object.path("metadata"))
                || has(object.path("parent").path("subscription_details").path("metadata"))
                || has(object.path("subscription_details").path("metadata"));
    }

    private static boolean has(JsonNode metadata) {
        return METADATA.stream().anyMatch(name -> metadata.path(name).isString());
    }

    /** What is known of the origin of objects, and what is found out about it. */
    static final class Facts {
        private final Set<String> ours;
        private final Set<String> foreign;

        /**
         * @param ours the ids of objects that are ours
         * @param foreign the ids of those that were found not to be
         */
        Facts(Set<String> ours, Set<String> foreign) {
            this.ours = new HashSet<>(ours);
            this.foreign = new HashSet<>(foreign);
        }

        /** Learns what the object itself tells, before any other is judged: it counts for what belongs to its customer too. */
        void learn(Subject subject) {
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

        /** Parents have to be judged before what belongs to them. */
        Origin judge(Subject subject) {
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
