package io.growalert.billing.setup;

import io.growalert.billing.stripe.StripeCatalog.WantedPrice;
import java.util.List;
import java.util.Optional;

/**
 * @param steps one for each object
 * @param device the price of a device, as it is at Stripe or would be; empty: there is none that can be used
 */
public record SetupResult(List<SetupStep> steps, Optional<WantedPrice> device) {
    public SetupResult {
        steps = List.copyOf(steps);
    }

    public boolean hasProblem() {
        return steps.stream().anyMatch(step -> step.kind() == SetupStep.Kind.PROBLEM);
    }
}
