package io.growalert.billing.customer.signin;

import static io.growalert.billing.customer.signin.SignInScene.email;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.growalert.billing.customer.Running;
import io.growalert.runtime.StartFailure;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Starts and stops of the service that sends links. */
class SignInSettingsTest {
    @RegisterExtension
    private static final SignInScene SCENE = new SignInScene();

    private final Running billing = SCENE.billing();

    @Test
    void without_a_mail_server_customers_cannot_sign_in() {
        var old = SCENE.expired("none@example.com");
        billing.register("verified@example.com");
        var verified = SCENE.signedIn("verified@example.com");
        assertThat(health(billing)).contains("\"status\":\"UP\"").doesNotContain("DEGRADED");
        try (var other = billing.beside(Map.of("growalert.billing.customer.mail.host", ""))) {
            for (var answer : List.of(
                    other.post("/sign-in", null, email("none@example.com")), other.post("/renew-session", old, "{}"))) {
                assertThat(answer.status()).isEqualTo(503);
                assertThat(answer.code()).isEqualTo("mail_not_configured");
            }
            assertThat(other.get("/actuator/health", null).status()).isEqualTo(200);
            assertThat(health(other))
                    .contains("\"status\":\"DEGRADED\"", "growalert.billing.customer.mail.host")
                    .doesNotContain("DOWN");
            var created = other.post("/create-customer", null, email("verified@example.com"));
            assertThat(created.status()).isEqualTo(200);
            assertThat(Running.customerIn(created.cookie())).isNotEqualTo(Running.customerIn(verified));
        }
    }

    private static String health(Running service) {
        return service.get("/actuator/health", null).response().body();
    }

    @Test
    void a_stop_loses_no_mail_and_sends_none_twice() {
        for (int i = 0; i < 8; i++) {
            billing.register("stop%d@example.com".formatted(i));
        }
        try (var other = billing.beside(Map.of())) {
            for (int i = 0; i < 8; i++) {
                assertThat(other.post("/sign-in", null, email("stop%d@example.com".formatted(i)))
                                .status())
                        .isEqualTo(202);
            }
        }

        await().atMost(Duration.ofSeconds(30))
                .until(() -> billing.database
                                .jdbc()
                                .sql("select count(*) from billing.mails where state = 'queued'")
                                .query(Long.class)
                                .single()
                        == 0);
        for (int i = 0; i < 8; i++) {
            assertThat(SCENE.tokensSentTo("stop%d@example.com".formatted(i))).hasSize(1);
        }
    }

    @Test
    void a_bad_setting_stops_the_start_and_is_named() {
        assertThatThrownBy(() -> billing.beside(Map.of("growalert.billing.customer.session.keys", List.of("c2hvcnQ="))))
                .isInstanceOf(StartFailure.class)
                .hasMessageContaining("customer.session.keys[0]: expected base64 of at least 32 random bytes")
                .hasMessageNotContaining("c2hvcnQ=");
        assertThatThrownBy(() -> billing.beside(Map.of("growalert.billing.customer.device.currency", "EURO")))
                .isInstanceOf(StartFailure.class)
                .hasMessageContaining("growalert.billing.customer.device.currency");
        assertThatThrownBy(() -> billing.beside(Map.of("growalert.billing.customer.mail.site", "")))
                .isInstanceOf(StartFailure.class)
                .hasMessageContaining("mail.site");
        for (var none : List.of("nobody", "a@example.org, b@example.org", "GrowAlert <billing@>")) {
            assertThatThrownBy(() -> billing.beside(Map.of("growalert.billing.customer.mail.from", none)))
                    .isInstanceOf(StartFailure.class)
                    .message()
                    .hasLineCount(1)
                    .contains("customer.mail.from: expected one e-mail address")
                    .doesNotContain(none);
        }
        for (var none : List.of("shop.example.com", "https://shop.example.com/", "*", "")) {
            assertThatThrownBy(() -> billing.beside(Map.of("growalert.billing.customer.origins", List.of(none))))
                    .isInstanceOf(StartFailure.class)
                    .hasMessageContaining("growalert.billing.customer.origins[0]")
                    .hasMessageContaining("expected an origin, such as https://shop.example.com");
        }
    }
}
