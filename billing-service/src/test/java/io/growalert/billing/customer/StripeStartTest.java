package io.growalert.billing.customer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.growalert.runtime.StartFailure;
import io.growalert.sandbox.fault.Fault;
import io.growalert.sandbox.fault.When;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** A wrong key stops the start with one line that names the variable. */
@ExtendWith(OutputCaptureExtension.class)
class StripeStartTest {
    private static final String SECRET = "growalert.billing.stripe.secret-key";
    private static final String PUBLISHABLE = "growalert.billing.stripe.publishable-key";

    @SuppressWarnings("NullAway.Init")
    private static Running billing;

    @BeforeAll
    static void start() throws IOException {
        billing = Running.started();
    }

    @AfterAll
    static void stop() {
        billing.close();
    }

    @AfterEach
    void clearFaults() {
        billing.stripe.faults().clear();
    }

    @ParameterizedTest
    @CsvSource({
        PUBLISHABLE + ", sk_test_sandbox, GROWALERT_BILLING_STRIPE_PUBLISHABLEKEY",
        PUBLISHABLE + ", rk_test_1, GROWALERT_BILLING_STRIPE_PUBLISHABLEKEY",
        PUBLISHABLE + ", '', GROWALERT_BILLING_STRIPE_PUBLISHABLEKEY",
        PUBLISHABLE + ", pk_live_1, GROWALERT_BILLING_STRIPE_PUBLISHABLEKEY",
        SECRET + ", pk_test_sandbox, GROWALERT_BILLING_STRIPE_SECRETKEY",
        SECRET + ", '', GROWALERT_BILLING_STRIPE_SECRETKEY",
        SECRET + ", sk_test_wrong, GROWALERT_BILLING_STRIPE_SECRETKEY"
    })
    void a_key_that_cannot_be_used_is_named_in_one_line_and_not_shown(
            String setting, String value, String variable, CapturedOutput output) {
        assertThatThrownBy(() -> billing.beside(Map.of(setting, value)))
                .isInstanceOf(StartFailure.class)
                .message()
                .hasLineCount(1)
                .contains(variable)
                .satisfies(message -> assertThat(message.contains(value)).isEqualTo(value.isEmpty()));
        assertThat(output.getAll()).doesNotContain("Exception", "\tat ");
    }

    @Test
    void without_prices_the_command_that_creates_them_is_named() {
        assertThatThrownBy(() -> billing.beside(Map.of("growalert.billing.customer.prices", List.of())))
                .isInstanceOf(StartFailure.class)
                .hasMessageContaining("growalert billing setup")
                .hasMessageContaining("GROWALERT_BILLING_CUSTOMER_PRICES");
    }

    @Test
    void a_right_that_a_restricted_key_lacks_is_a_warning(CapturedOutput output) {
        billing.stripe
                .faults()
                .add(
                        new Fault.Refuse(
                                403,
                                "invalid_request_error",
                                null,
                                null,
                                null,
                                "The provided key 'rk_test_abc' does not have the required permissions for this endpoint on"
                                        + " account 'acct_1'. Having the 'rak_price_read' permission would allow this request"
                                        + " to continue."),
                        When.ALWAYS.on("GET", "/v1/prices"));
        try (var started = billing.beside(Map.of())) {
            assertThat(output.getOut().lines().filter(line -> line.contains("rak_price_read")))
                    .singleElement()
                    .asString()
                    .contains("WARN");
            assertThat(started.get("/config", null).code()).isEqualTo("payments_unavailable");
        }
        assertThat(output.getAll()).doesNotContain("rk_test_abc");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void a_stripe_that_fails_for_a_moment_stops_no_start(int failures) {
        billing.stripe.faults().add(new Fault.ErrorBefore(), When.next(failures).on("GET", "/v1/prices"));

        try (var started = billing.beside(Map.of())) {
            assertThat(started.get("/actuator/health", null).status()).isEqualTo(200);
            assertThat(started.get("/actuator/health", null).response().body()).contains("systemReport");
        }
    }
}
