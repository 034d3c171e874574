package io.growalert.billing.ledger;

import org.jspecify.annotations.Nullable;

/**
 * What to do with a state of a record that came in, and why. Whatever the order in which states come in, the same one is in
 * effect at last: the one of the latest second, and of these the one of the highest rank; where several differ in both, the
 * object has to be fetched.
 */
enum Decision {
    /** Nothing was known of it. */
    FIRST(Verdict.APPLY),
    LATER(Verdict.APPLY),
    /** In the same second, but further on its way of life. */
    FURTHER(Verdict.APPLY),
    /** A customer is deleted: that is final, whenever it was. */
    DELETED(Verdict.APPLY),

    /** As it is known already; at most known for a later second now. */
    SAME(Verdict.SAME),

    EARLIER(Verdict.STALE),
    /** In the same second, but less far on its way of life. */
    LESS_FAR(Verdict.STALE),
    /** Of a customer who was deleted. */
    AFTER_DELETION(Verdict.STALE),

    /** Neither the second nor the rank says which one is later. */
    TIE(Verdict.UNDECIDED);

    enum Verdict {
        APPLY,
        SAME,
        STALE,
        UNDECIDED
    }

    private final Verdict verdict;

    Decision(Verdict verdict) {
        this.verdict = verdict;
    }

    Verdict verdict() {
        return verdict;
    }

    static Decision of(@Nullable Register known, Register.State incoming) {
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
        if (incoming.rank() >= Rank.DELETED - 1) {
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
