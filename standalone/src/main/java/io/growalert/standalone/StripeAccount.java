package io.growalert.standalone;

import io.growalert.billing.stripe.StripeKeys;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The Stripe account that customers are billed through. */
sealed interface StripeAccount {
    /** The owner of the records, in a wording that never changes: it is stored. */
    String mode();

    /** GrowAlert's own stand-in, which moves no money. */
    record Sandbox() implements StripeAccount {
        @Override
        public String mode() {
            return "stripe-sandbox";
        }

        @Override
        public String toString() {
            return "stripe-sandbox: no money moves; set STRIPE_SECRET_KEY to bill through Stripe";
        }
    }

    /**
     * Stripe itself.
     *
     * @param webhookSecrets several while one takes another's place
     */
    record Real(String secretKey, String publishableKey, List<String> webhookSecrets) implements StripeAccount {
        public Real {
            webhookSecrets = List.copyOf(webhookSecrets);
        }

        @Override
        public String mode() {
            return isLive() ? "Stripe, live" : "Stripe, test mode";
        }

        boolean isLive() {
            return StripeKeys.isLive(secretKey);
        }

        @Override
        public String toString() {
            return isLive() ? "Stripe, live: cards are charged" : "Stripe, test mode: no money moves";
        }
    }

    /** The variables of the environment for {@link Real}; all are required, or none. */
    enum Variable {
        STRIPE_SECRET_KEY("sk_... or rk_..."),
        STRIPE_PUBLISHABLE_KEY("pk_..."),
        STRIPE_WEBHOOK_SECRET("whsec_..., several with commas between");

        private final String looks;

        Variable(String looks) {
            this.looks = looks;
        }

        private boolean fits(String value) {
            return switch (this) {
                case STRIPE_SECRET_KEY -> StripeKeys.isSecret(value);
                case STRIPE_PUBLISHABLE_KEY -> StripeKeys.isPublishable(value);
                case STRIPE_WEBHOOK_SECRET -> value.matches("whsec_\\S+");
            };
        }

        private String in(Map<String, String> environment) {
            return environment.getOrDefault(name(), "").strip();
        }

        private List<String> checked(Map<String, String> environment) {
            var values = List.of(in(environment).split("\\s*,\\s*"));
            if (!values.stream().allMatch(this::fits)) {
                throw new CannotRun("%s must be %s".formatted(this, looks));
            }
            return values;
        }
    }

    /** @throws CannotRun when a variable is missing, is not what its name says, or does not fit the others */
    static StripeAccount of(Map<String, String> environment) {
        var set = Stream.of(Variable.values())
                .filter(variable -> !variable.in(environment).isEmpty())
                .toList();
        if (set.isEmpty()) {
            return new Sandbox();
        }
        var missing = Stream.of(Variable.values())
                .filter(variable -> !set.contains(variable))
                .toList();
        if (!missing.isEmpty()) {
            throw new CannotRun(
                    "to bill through Stripe, set %s too ('growalert billing setup'); to use stripe-sandbox, unset %s"
                            .formatted(inWords(missing), inWords(set)));
        }
        var account = new Real(
                Variable.STRIPE_SECRET_KEY.checked(environment).getFirst(),
                Variable.STRIPE_PUBLISHABLE_KEY.checked(environment).getFirst(),
                Variable.STRIPE_WEBHOOK_SECRET.checked(environment));
        if (account.isLive() != StripeKeys.isLive(account.publishableKey())) {
            throw new CannotRun("STRIPE_SECRET_KEY and STRIPE_PUBLISHABLE_KEY must be of the same mode: "
                    + "one is for tests, the other is live");
        }
        return account;
    }

    private static String inWords(List<Variable> variables) {
        return variables.stream().map(Variable::name).collect(Collectors.joining(" and "));
    }
}
