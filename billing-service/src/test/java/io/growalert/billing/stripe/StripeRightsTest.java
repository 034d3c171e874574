package io.growalert.billing.stripe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class StripeRightsTest {
    @Test
    void one_right_of_each_resource_is_enough() {
        assertThat(StripeRights.strongest(List.of("rak_plan_read", "rak_customer_read", "rak_customer_write")))
                .containsExactly("rak_customer_write", "rak_plan_read");
    }

    @Test
    void every_needed_right_has_the_name_of_stripes_form() {
        assertThat(StripeRights.needed(true)).isSorted().allSatisfy(right -> assertThat(StripeRights.shown(right))
                .matches("[A-Z][A-Za-z ]+: (Read|Write)"));
        assertThat(StripeRights.shown("rak_plan_read")).isEqualTo("Prices: Read");
        assertThat(StripeRights.shown("rak_something_read")).isEqualTo("rak_something_read");
    }

    @Test
    void the_form_for_a_new_key_has_all_rights() {
        assertThat(StripeRights.form(false, true))
                .startsWith("https://dashboard.stripe.com/test/apikeys/create?name=GrowAlert&permissions[]=")
                .contains(StripeRights.needed(true));
        assertThat(StripeRights.form(true, false)).startsWith("https://dashboard.stripe.com/apikeys/create?");
    }
}
