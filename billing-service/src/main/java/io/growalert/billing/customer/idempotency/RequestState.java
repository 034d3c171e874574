package io.growalert.billing.customer.idempotency;

import io.growalert.billing.stripe.StripeRequest;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A request in one of its states. The legal transitions of a state are its methods, so that an illegal one does not compile:
 *
 * <pre>
 * begin --> Held --complete--> Done --fail--> Failed
 *           Held --fail------> Failed
 *           Held --release---> open without a holder: the next caller resumes it
 *           Held --forget----> deleted
 *           Done, Failed --restart--> Held
 * </pre>
 *
 * <p>After the lease expired, {@link Held#renew}, {@link Held#created} and {@link Held#withNewKeys} throw the problem
 * {@code request_in_flight}, and {@link Held#forget} leaves the request to the next caller; with a new holder the other
 * transitions have no effect either.
 */
public sealed interface RequestState {
    /** Identifies the request in its calls to Stripe. */
    StripeRequest atStripe();

    /** This caller holds the lease, and works on the request. */
    final class Held implements RequestState {
        private final RequestRow row;
        private final RequestTransitions transitions;

        Held(RequestRow row, RequestTransitions transitions) {
            this.row = row;
            this.transitions = transitions;
        }

        RequestRow row() {
            return row;
        }

        public UUID id() {
            return row.id();
        }

        /** The id of the created object at Stripe; null: not known to exist. */
        public @Nullable String object() {
            return row.object();
        }

        /** When the request was first sent. */
        public Instant since() {
            return row.since();
        }

        /** Whether an earlier holder worked on it, and its outcome is unknown. */
        public boolean resumed() {
            return row.resumed();
        }

        @Override
        public StripeRequest atStripe() {
            return row.atStripe();
        }

        /**
         * Renews the lease before the next call to Stripe. Refused once it expired, even without a new holder: meanwhile another
         * request of the customer may have overtaken this one, which a retry finds out.
         */
        public Held renew() {
            return transitions.renew(row, null, 0);
        }

        /** Stores the id of the created object, before anything is done with it. */
        public Held created(String object) {
            return transitions.renew(row, object, 0);
        }

        /** Continues with new idempotency keys at Stripe. */
        public Held withNewKeys() {
            return transitions.renew(row, null, 1);
        }

        /** The object is created. */
        public void complete(String object) {
            transitions.end(row, RequestStatus.DONE, object);
        }

        /**
         * The object is created, and the client gets it: no later request may answer with it. Completes each open request of the
         * customer to this endpoint that stored the object, too.
         */
        public void completeAll(String object) {
            transitions.completeAll(row, object);
        }

        /** The card was declined. */
        public void fail(String object) {
            transitions.end(row, RequestStatus.FAILED, object);
        }

        /** The outcome is unknown; the next caller resumes at once, with the same keys at Stripe. */
        public void release() {
            transitions.release(row, 0);
        }

        /** The outcome is unknown; the next caller resumes at once, with new keys at Stripe. */
        public void releaseWithNewKeys() {
            transitions.release(row, 1);
        }

        /** Deletes the request: nothing was created, and nothing will be. */
        public void forget() {
            transitions.forget(row);
        }

        /**
         * This caller knows of nothing that it created. An earlier holder may have created something, or an earlier attempt of this
         * caller, which the next caller finds out.
         */
        public void forgetUnlessResumed() {
            if (resumed() || !transitions.forgetUntouched(row)) {
                release();
            }
        }
    }

    /** The outcome is known. */
    abstract sealed class Answered implements RequestState {
        final RequestRow row;
        final RequestTransitions transitions;

        private Answered(RequestRow row, RequestTransitions transitions) {
            this.row = row;
            this.transitions = transitions;
        }

        /** The id of the created object at Stripe. */
        public String object() {
            return Objects.requireNonNull(row.object());
        }

        /** When the request was first sent. */
        public Instant since() {
            return row.since();
        }

        @Override
        public StripeRequest atStripe() {
            return row.atStripe();
        }

        /** Begins a new request in the place of this one; refused when another caller was faster. */
        public Held restart() {
            return transitions.restart(row);
        }
    }

    /** The object is created. */
    final class Done extends Answered {
        Done(RequestRow row, RequestTransitions transitions) {
            super(row, transitions);
        }

        /** The bank declined the payment after the request was answered. */
        public void fail() {
            transitions.end(row, RequestStatus.FAILED, object());
        }
    }

    /** The card was declined. */
    final class Failed extends Answered {
        Failed(RequestRow row, RequestTransitions transitions) {
            super(row, transitions);
        }
    }
}
