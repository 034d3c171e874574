package io.growalert.billing.setup;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a setup found or did about one object at Stripe.
 *
 * @param text one line
 * @param usable the lookup key of a price, or the address of a webhook endpoint, that exists now or would; null for any other step
 */
public record SetupStep(Kind kind, String text, @Nullable String usable) {

    public enum Kind {
        /** It is as it should be. */
        FOUND("found"),
        CREATED("created"),
        CHANGED("changed"),
        WOULD_CREATE("would create"),
        WOULD_CHANGE("would change"),
        /** Worth knowing; nothing is wrong. */
        NOTE("note"),
        /** An operator must act; the text says how. */
        PROBLEM("problem");

        private final String shown;

        Kind(String shown) {
            this.shown = shown;
        }

        @Override
        public String toString() {
            return shown;
        }
    }

    public static boolean hasProblem(List<SetupStep> steps) {
        return steps.stream().anyMatch(step -> step.kind() == Kind.PROBLEM);
    }

    @Override
    public String toString() {
        return "%-12s  %s".formatted(kind, text);
    }
}
