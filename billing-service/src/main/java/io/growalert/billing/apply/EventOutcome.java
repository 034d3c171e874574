package io.growalert.billing.apply;

import io.growalert.billing.projection.StateDecision;
import java.util.List;

/** The outcome of one attempt to apply an event, a tag of {@code growalert.ledger.events}. */
enum EventOutcome {
    /** A record changed. */
    APPLIED("applied"),
    /** The state was recorded already. */
    SAME("same"),
    /** A later state was recorded already. */
    STALE("stale"),
    /** Neither the second nor the lifecycle stage decides: the object is fetched. */
    TIE("tie"),
    /** The owner is unknown until a parent is recorded. */
    PARENT("parent"),
    /** The payload was erased: the object is fetched. */
    ERASED("erased"),
    /** The object belongs to other software that uses the same Stripe account. */
    FOREIGN("foreign"),
    /** No record depends on the event. */
    IGNORED("ignored"),
    /** The attempt failed and is retried. */
    FAILED("failed"),
    /** All attempts failed. */
    PARKED("parked");

    private final String text;

    EventOutcome(String text) {
        this.text = text;
    }

    String text() {
        return text;
    }

    /** That of the object's own record, which comes first. */
    static EventOutcome of(List<StateDecision> decisions) {
        return switch (decisions.getFirst().verdict()) {
            case APPLY -> APPLIED;
            case SAME -> SAME;
            case STALE -> STALE;
            case UNDECIDED -> TIE;
        };
    }
}
