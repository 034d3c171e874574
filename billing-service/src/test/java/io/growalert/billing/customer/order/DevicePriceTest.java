package io.growalert.billing.customer.order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.growalert.billing.customer.Running;
import io.growalert.billing.customer.settings.CustomerSettings;
import io.growalert.sandbox.fault.Fault;
import io.growalert.sandbox.fault.When;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The price of a device may be one at Stripe: it is shown and charged. */
class DevicePriceTest {
    @SuppressWarnings("NullAway.Init")
    private static Running shop;

    @SuppressWarnings("NullAway.Init")
    private static Running billing;

    @BeforeAll
    static void start() throws IOException {
        shop = Running.started();
        shop.stripe("POST", "/v1/prices", "currency=usd&unit_amount=5900&product_data[name]=Sensor&lookup_key=sensor");
        billing = shop.beside(Map.of("growalert.billing.customer.device.price", "sensor"));
    }

    @AfterAll
    static void stop() {
        billing.close();
        shop.close();
    }

    @Test
    void it_is_shown_and_charged() {
        var cookie = billing.register("grower@example.com");

        var device = billing.get("/config", null).json().path("device");
        var answer = billing.post(
                "/charge",
                cookie,
                "{\"token\": \"%s\", \"quantity\": 2, \"expectedAmount\": 11800}"
                        .formatted(billing.token("4242424242424242")));

        assertThat(device.path("unitAmount").asLong()).isEqualTo(5_900);
        assertThat(device.path("currency").asString()).isEqualTo("usd");
        assertThat(device.path("maxQuantity").asInt()).isEqualTo(100);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().path("amount").asLong()).isEqualTo(11_800);
        assertThat(answer.json().path("currency").asString()).isEqualTo("usd");
    }

    @Test
    void it_is_known_before_the_first_request() {
        try (var restarted = shop.beside(Map.of("growalert.billing.customer.device.price", "sensor"))) {
            shop.stripe.faults().add(new Fault.Hang(Duration.ofSeconds(30)), When.ALWAYS.on("GET", "/v1/prices"));

            var device = restarted.get("/config", null).json().path("device");

            assertThat(device.path("unitAmount").asLong()).isEqualTo(5_900);
        } finally {
            shop.stripe.faults().clear();
        }
    }

    @Test
    void another_expected_amount_names_the_price_at_stripe() {
        var cookie = billing.register("other@example.com");

        var answer = billing.post(
                "/charge",
                cookie,
                "{\"token\": \"%s\", \"quantity\": 1, \"expectedAmount\": 4900}"
                        .formatted(billing.token("4242424242424242")));

        assertThat(answer.code()).isEqualTo("amount_changed");
        assertThat(answer.json().path("amount").asLong()).isEqualTo(5_900);
        assertThat(answer.json().path("currency").asString()).isEqualTo("usd");
    }

    /** A recurring price has the key. */
    @Test
    void without_a_price_that_can_be_charged_plans_are_offered_and_devices_are_not() {
        try (var none = shop.beside(Map.of("growalert.billing.customer.device.price", "basic"))) {
            var cookie = none.register("third@example.com");

            var config = none.get("/config", null).json();
            var answer = none.post(
                    "/charge",
                    cookie,
                    "{\"token\": \"%s\", \"quantity\": 1}".formatted(none.token("4242424242424242")));

            assertThat(config.path("device").isNull()).isTrue();
            assertThat(config.path("prices").size()).isEqualTo(2);
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.code()).isEqualTo("payments_unavailable");
            assertThat(none.payments(cookie)).isEmpty();
        }
    }

    @Test
    void an_amount_with_its_currency_or_a_price_is_required() {
        assertThatThrownBy(() -> new CustomerSettings.Device(0, "eur", 100, ""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("customer.device: expected amount");
        assertThatThrownBy(() -> new CustomerSettings.Device(4_900, null, 100, ""))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(new CustomerSettings.Device(0, null, 100, "sensor").price()).isEqualTo("sensor");
    }
}
