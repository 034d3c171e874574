package io.growalert.billing.setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.growalert.definitions.Secret;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EnvironmentSettingsTest {
    @Test
    void billings_own_variables_are_read_as_the_service_reads_them() {
        var settings = new EnvironmentSettings(Map.of(
                "GROWALERT_BILLING_STRIPE_SECRETKEY", "rk_test_1",
                "GROWALERT_BILLING_STRIPE_APIBASE", "http://127.0.0.1:12111",
                "GROWALERT_BILLING_STRIPE_READTIMEOUT", "7s",
                "GROWALERT_BILLING_CUSTOMER_PRICES", "monthly, yearly",
                "GROWALERT_BILLING_CUSTOMER_DEVICE_AMOUNT", "4900",
                "GROWALERT_BILLING_CUSTOMER_DEVICE_CURRENCY", "eur",
                "GROWALERT_BILLING_CUSTOMER_MAIL_SITE", "https://shop.example.com"));

        var stripe = settings.stripe(Optional.empty()).orElseThrow();
        assertThat(stripe.secretKey()).isEqualTo(new Secret("rk_test_1"));
        assertThat(stripe.apiBase()).isEqualTo(URI.create("http://127.0.0.1:12111"));
        assertThat(stripe.readTimeout()).isEqualTo(Duration.ofSeconds(7));
        assertThat(settings.prices()).containsExactly("monthly", "yearly");
        assertThat(settings.deviceAmount()).hasValue(4_900L);
        assertThat(settings.deviceCurrency()).hasValue("eur");
        assertThat(settings.devicePrice()).isEmpty();
        assertThat(settings.site()).hasValue(URI.create("https://shop.example.com"));
    }

    @Test
    void the_short_names_of_growalert_up_are_read_too_and_a_given_key_comes_first() {
        var settings = new EnvironmentSettings(Map.of("STRIPE_SECRET_KEY", " sk_test_1 "));

        assertThat(settings.stripe(Optional.empty()).orElseThrow().secretKey()).isEqualTo(new Secret("sk_test_1"));
        assertThat(settings.stripe(Optional.of("rk_test_2")).orElseThrow().secretKey())
                .isEqualTo(new Secret("rk_test_2"));
        assertThat(settings.stripe(Optional.empty()).orElseThrow().apiBase())
                .isEqualTo(URI.create("https://api.stripe.com"));
    }

    @Test
    void the_short_names_of_compose_are_read_too_and_are_those_of_its_file() throws IOException {
        var settings = new EnvironmentSettings(Map.of(
                "STRIPE_PRICES", "monthly,yearly",
                "DEVICE_PRICE", "device",
                "DEVICE_AMOUNT", "4900",
                "DEVICE_CURRENCY", "eur",
                "CUSTOMER_PORTAL", "true",
                "MAIL_SITE", "https://shop.example.com",
                "BRAND_NAME", "Leafwatch"));

        assertThat(settings.prices()).containsExactly("monthly", "yearly");
        assertThat(settings.devicePrice()).hasValue("device");
        assertThat(settings.deviceAmount()).hasValue(4_900L);
        assertThat(settings.deviceCurrency()).hasValue("eur");
        assertThat(settings.portal()).isTrue();
        assertThat(settings.site()).hasValue(URI.create("https://shop.example.com"));
        assertThat(settings.brand()).hasValue("Leafwatch");
        var compose = Files.readString(Path.of("../docker-compose.yml"));
        EnvironmentSettings.SHORT.forEach(
                (name, variable) -> assertThat(compose).contains("%s: ${%s:-".formatted(variable, name)));
    }

    @Test
    void compose_gives_the_same_grace_to_each_service_that_pauses_or_shows_pauses() throws IOException {
        var lines = Files.readAllLines(Path.of("../docker-compose.yml"));

        assertThat(lines.stream().filter(line -> line.contains("GROWALERT_ENTITLEMENTS_ENFORCE: ")))
                .hasSize(4);
        assertThat(lines.stream().filter(line -> line.contains("GROWALERT_ENTITLEMENTS_GRACE: ")))
                .hasSize(4);
    }

    @Test
    void without_a_key_there_is_no_connection() {
        assertThat(new EnvironmentSettings(Map.of()).stripe(Optional.empty())).isEmpty();
        assertThat(new EnvironmentSettings(Map.of()).prices()).isEmpty();
    }

    @Test
    void what_is_no_secret_key_is_refused_and_not_shown() {
        var settings = new EnvironmentSettings(Map.of("STRIPE_SECRET_KEY", "pk_test_abc"));

        assertThatThrownBy(() -> settings.stripe(Optional.empty()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the secret key must be sk_... or rk_...");
    }

    @Test
    void a_live_key_is_never_sent_unencrypted() {
        var settings = new EnvironmentSettings(
                Map.of("STRIPE_SECRET_KEY", "sk_live_1", "STRIPE_API_BASE", "http://127.0.0.1:12111"));

        assertThatThrownBy(() -> settings.stripe(Optional.empty())).hasMessageContaining("must be https://");
    }

    @Test
    void a_setting_that_cannot_be_read_is_named_and_not_shown() {
        var settings = new EnvironmentSettings(
                Map.of("STRIPE_SECRET_KEY", "sk_test_1", "GROWALERT_BILLING_STRIPE_READTIMEOUT", "quickly"));

        assertThatThrownBy(() -> settings.stripe(Optional.empty()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("growalert.billing.stripe")
                .message()
                .doesNotContain("quickly");
    }
}
