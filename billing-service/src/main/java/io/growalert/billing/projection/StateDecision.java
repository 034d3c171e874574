package io.growalert.billing.projection;

import org.jspecify.annotations.Nullable;

/**
 * Whether an incoming state of a record is applied, and why. In whatever order states arrive, the same one is in effect at the
 * end: that of the latest second, and within a second that of the highest rank; if several are equal in both, the object must
 * be fetched.
 */
public enum StateDecision {
    /** No state was recorded. */
    FIRST(Verdict.APPLY),
    LATER(Verdict.APPLY),
    /** In the same second, at a later lifecycle stage. */
    FURTHER(Verdict.APPLY),
    /** A customer is deleted: final, in whatever second. */
    DELETED(Verdict.APPLY),

    /** Recorded already; at most the second is later. */
    SAME(Verdict.SAME),

    EARLIER(Verdict.STALE),
    /** In the same second, at an earlier lifecycle stage. */
    LESS_FAR(Verdict.STALE),
    /** Of a deleted customer. */
    AFTER_DELETION(Verdict.STALE),

    /** Neither the second nor the rank decides which one is later. */
    TIE(Verdict.UNDECIDED);

    /** What to do. */
    public enum Verdict {
        APPLY,
        SAME,
        STALE,
        UNDECIDED
    }

    private final Verdict verdict;

    StateDecision(Verdict verdict) {
        this.verdict = verdict;
    }

    public Verdict verdict() {
        return verdict;
    }

    static StateDecision of(@Nullable ObjectVersion known, ObjectVersion.State incoming) {
        if (known == null) {
            return FIRST;
        }
        var state = known.state();
        if (incoming.digest().equals(state.digest())) {
            return SAME;
        }
        if (known.isDeletedCustomer()) {
            return AFTER_DELETION;
        }
        if (LifecycleStage.isDeletedCustomer(incoming.rank())) {
            return DELETED;
        }
        int second = incoming.asOf().compareTo(state.asOf());
        if (second != 0) {
            return second > 0 ? LATER : EARLIER;
        }
        if (incoming.rank() != state.rank()) {
            return incoming.rank() > state.rank() ? FURTHER : LESS_FAR;
        }
        return TIE;
    }
}
