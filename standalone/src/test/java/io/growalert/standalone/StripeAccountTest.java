package io.growalert.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StripeAccountTest {
    private static final Map<String, String> GOOD = Map.of(
            "STRIPE_SECRET_KEY", "sk_test_1",
            "STRIPE_PUBLISHABLE_KEY", "pk_test_1",
            "STRIPE_WEBHOOK_SECRET", "whsec_1");

    @Test
    void without_a_key_there_is_the_sandbox() {
        assertThat(StripeAccount.of(Map.of("STRIPE_SECRET_KEY", " "))).isInstanceOf(StripeAccount.Sandbox.class);
    }

    @Test
    void with_all_three_there_is_stripe() {
        assertThat(StripeAccount.of(with("STRIPE_WEBHOOK_SECRET", "whsec_new, whsec_old")))
                .isEqualTo(new StripeAccount.Real("sk_test_1", "pk_test_1", List.of("whsec_new", "whsec_old")));
    }

    @Test
    void the_console_shows_whether_cards_are_charged() {
        var live = new HashMap<>(GOOD);
        live.put("STRIPE_SECRET_KEY", "rk_live_1");
        live.put("STRIPE_PUBLISHABLE_KEY", "pk_live_1");

        assertThat(StripeAccount.of(live)).hasToString("Stripe, live: cards are charged");
        assertThat(StripeAccount.of(GOOD)).hasToString("Stripe, test mode: no money moves");
    }

    @ParameterizedTest
    @CsvSource({
        "STRIPE_SECRET_KEY, set STRIPE_SECRET_KEY too, unset STRIPE_PUBLISHABLE_KEY and STRIPE_WEBHOOK_SECRET",
        "STRIPE_PUBLISHABLE_KEY, set STRIPE_PUBLISHABLE_KEY too, unset STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET",
        "STRIPE_WEBHOOK_SECRET, set STRIPE_WEBHOOK_SECRET too, unset STRIPE_SECRET_KEY and STRIPE_PUBLISHABLE_KEY"
    })
    void a_missing_one_is_named_in_one_line(String missing, String set, String unset) {
        assertThatThrownBy(() -> StripeAccount.of(with(missing, "")))
                .isInstanceOf(CannotRun.class)
                .message()
                .hasLineCount(1)
                .contains(set, unset);
    }

    @Test
    void a_key_alone_names_both_others() {
        assertThatThrownBy(() -> StripeAccount.of(Map.of("STRIPE_SECRET_KEY", "sk_test_1")))
                .hasMessage("to bill through Stripe, set STRIPE_PUBLISHABLE_KEY and STRIPE_WEBHOOK_SECRET too "
                        + "('growalert billing setup'); to use stripe-sandbox, unset STRIPE_SECRET_KEY");
    }

    @ParameterizedTest
    @CsvSource({
        "STRIPE_SECRET_KEY, pk_test_1",
        "STRIPE_PUBLISHABLE_KEY, sk_test_1",
        "STRIPE_WEBHOOK_SECRET, sk_test_1",
        "STRIPE_WEBHOOK_SECRET, 'whsec_1,,whsec_2'"
    })
    void what_is_no_such_key_is_named_and_not_shown(String variable, String value) {
        assertThatThrownBy(() -> StripeAccount.of(with(variable, value)))
                .isInstanceOf(CannotRun.class)
                .hasMessageStartingWith(variable + " must be")
                .message()
                .doesNotContain(value);
    }

    @Test
    void keys_of_two_modes_are_refused() {
        assertThatThrownBy(() -> StripeAccount.of(with("STRIPE_PUBLISHABLE_KEY", "pk_live_1")))
                .isInstanceOf(CannotRun.class)
                .hasMessageContaining("must be of the same mode");
    }

    private static Map<String, String> with(String variable, String value) {
        var environment = new HashMap<>(GOOD);
        environment.put(variable, value);
        return environment;
    }
}
