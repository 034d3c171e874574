package io.growalert.billing.customer.idempotency;

import java.util.UUID;

/** An earlier request of the same customer to the same endpoint. */
public final class EarlierRequest {
    private final UUID id;
    private final RequestTransitions transitions;

    EarlierRequest(UUID id, RequestTransitions transitions) {
        this.id = id;
        this.transitions = transitions;
    }

    /** Takes it over in order to settle it; its object is known. Refused while another caller works on it. */
    public RequestState takeOver() {
        return transitions.takeOver(id);
    }
}
