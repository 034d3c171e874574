package io.growalert.billing.customer.signin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.GreenMailUtil;
import com.icegreen.greenmail.util.ServerSetup;
import io.growalert.billing.customer.Running;
import io.growalert.billing.customer.Running.Answer;
import io.growalert.billing.mail.ReceivedMail;
import io.growalert.runtime.StartFailure;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Starts and stops of the service that sends links. */
class SignInSettingsTest {
    private static final Pattern LINK =
            Pattern.compile("https://grow\\.example\\.com/sign-in\\.html#token=([A-Za-z0-9_-]{43})\\s");
    private static final GreenMail MAIL = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));

    @SuppressWarnings("NullAway.Init")
    private static Running billing;

    @BeforeAll
    static void start() throws IOException {
        MAIL.start();
        billing = Running.started(Map.of(
                "growalert.billing.customer.mail.host",
                "127.0.0.1",
                "growalert.billing.customer.mail.port",
                MAIL.getSmtp().getPort(),
                "growalert.billing.customer.mail.site",
                "https://grow.example.com/",
                "growalert.billing.customer.limits.customers-per-address",
                1_000,
                "growalert.billing.customer.limits.sign-ins-per-network",
                1_000));
    }

    @AfterAll
    static void stop() {
        billing.close();
        MAIL.stop();
    }

    private static Answer signIn(String email) {
        return billing.post("/sign-in", null, email(email));
    }

    private static String email(String email) {
        return "{\"email\": \"%s\"}".formatted(email);
    }

    private static Answer confirm(String token) {
        return billing.post("/sign-in/confirm", null, "{\"token\": \"%s\"}".formatted(token));
    }

    /** The tokens of all links that were sent to an address. */
    private static List<String> tokensSentTo(GreenMail server, String email) {
        return Arrays.stream(server.getReceivedMessages())
                .filter(message -> GreenMailUtil.getWholeMessage(message).contains("To: " + email))
                .flatMap(message ->
                        LINK.matcher(ReceivedMail.text(message)).results().map(link -> link.group(1)))
                .toList();
    }

    /** A session that began by a link. */
    private static String signedIn(String email) {
        int before = tokensSentTo(MAIL, email).size();
        assertThat(signIn(email).status()).isEqualTo(202);
        await().until(() -> tokensSentTo(MAIL, email).size() > before);
        return confirm(tokensSentTo(MAIL, email).getLast()).cookie();
    }

    /** A session of a customer that is over, and may be renewed. */
    private static String expired(String email) {
        try (var before = billing.beside(Map.of("growalert.billing.customer.session.expiry", "1s"))) {
            var cookie = before.register(email);
            await().until(() -> code(cookie).equals("401 session_expired"));
            return cookie;
        }
    }

    private static String code(@Nullable String cookie) {
        var answer = billing.get("/subscription", cookie);
        return answer.status() + " " + answer.code();
    }

    @Test
    void without_a_mail_server_customers_cannot_sign_in() {
        var old = expired("none@example.com");
        billing.register("verified@example.com");
        var verified = signedIn("verified@example.com");
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
            assertThat(tokensSentTo(MAIL, "stop%d@example.com".formatted(i))).hasSize(1);
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
