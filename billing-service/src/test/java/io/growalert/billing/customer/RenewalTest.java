package io.growalert.billing.customer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.GreenMailUtil;
import com.icegreen.greenmail.util.ServerSetup;
import io.growalert.billing.customer.Seals.Purpose;
import io.growalert.definitions.Secret;
import io.growalert.service.StartFailure;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** An old cookie becomes a new one by a link in an e-mail. */
class RenewalTest {
    private static final Pattern LINK =
            Pattern.compile("https://grow\\.example\\.com/renew-session\\?token=([A-Za-z0-9_.-]+)");
    private static final Seals SEALS = Seals.with(List.of(new Secret(Running.KEY)));
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
                "https://grow.example.com/"));
    }

    @AfterAll
    static void stop() {
        billing.close();
        MAIL.stop();
    }

    private static String expired(String cookie) {
        return SEALS.seal(
                Purpose.SESSION, Running.customerIn(cookie), Instant.now().minusSeconds(1));
    }

    private static String linkSentTo(String email) {
        for (var message : MAIL.getReceivedMessages()) {
            var text = GreenMailUtil.getWholeMessage(message);
            var link = LINK.matcher(text.replace("=\r\n", "").replace("=3D", "="));
            if (text.contains("To: " + email) && link.find()) {
                return link.group(1);
            }
        }
        throw new AssertionError("no link was sent");
    }

    @Test
    void who_reads_the_customers_mail_gets_a_new_cookie() {
        var cookie = billing.register("old@example.com");

        var asked = billing.post("/renew-session", expired(cookie), "{}");
        assertThat(asked.status()).isEqualTo(202);
        assertThat(asked.response().headers().firstValue("Set-Cookie")).isEmpty();
        var followed = billing.get("/renew-session?token=" + linkSentTo("old@example.com"), null);

        assertThat(followed.status()).isEqualTo(303);
        assertThat(followed.header("Location")).isEqualTo("/register.html");
        assertThat(followed.header("Referrer-Policy")).isEqualTo("no-referrer");
        var same = billing.post("/create-customer", followed.cookie(), "{\"email\": \"old@example.com\"}");
        assertThat(Running.customerIn(same.cookie())).isEqualTo(Running.customerIn(cookie));
    }

    @Test
    void a_link_that_is_old_forged_or_a_cookie_is_refused() {
        var cookie = billing.register("link@example.com");
        var customer = Running.customerIn(cookie);
        var old = SEALS.seal(Purpose.RENEWAL, customer, Instant.now().minusSeconds(1));
        var forged = Seals.with(List.of(new Secret(Running.OLD_KEY)))
                .seal(Purpose.RENEWAL, customer, Instant.now().plusSeconds(60));

        for (var token : List.of(old, forged, cookie, "nonsense")) {
            var answer = billing.get("/renew-session?token=" + token, null);
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.code()).isEqualTo("link_invalid");
            assertThat(answer.response().headers().firstValue("Set-Cookie")).isEmpty();
        }
        assertThat(billing.get("/renew-session", null).code()).isEqualTo("invalid_field");
    }

    @Test
    void a_good_cookie_needs_no_link() {
        var answer = billing.post("/renew-session", billing.register("good@example.com"), "{}");

        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.code()).isEqualTo("session_not_expired");
    }

    @Test
    void who_is_no_customer_any_more_gets_no_link() {
        var cookie = billing.register("left@example.com");
        billing.stripe("DELETE", "/v1/customers/" + Running.customerIn(cookie), "");

        var answer = billing.post("/renew-session", expired(cookie), "{}");

        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.code()).isEqualTo("session_invalid");
        assertThat(MAIL.getReceivedMessages())
                .noneMatch(message -> GreenMailUtil.getWholeMessage(message).contains("left@example.com"));
    }

    @Test
    void links_are_limited() {
        var old = expired(billing.register("many@example.com"));
        for (int i = 0; i < 3; i++) {
            assertThat(billing.post("/renew-session", old, "{}").status()).isEqualTo(202);
        }

        var answer = billing.post("/renew-session", old, "{}");

        assertThat(answer.status()).isEqualTo(429);
        assertThat(answer.code()).isEqualTo("too_many_renewals");
        assertThat(answer.header("Retry-After")).isNotEmpty();
    }

    @Test
    void without_a_mail_server_it_says_so() {
        var old = expired(billing.register("none@example.com"));
        try (var other = billing.beside(Map.of("growalert.billing.customer.mail.host", ""))) {
            var answer = other.post("/renew-session", old, "{}");

            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.code()).isEqualTo("mail_not_configured");
        }
    }

    @Test
    void a_mail_server_that_is_away_is_said_so_and_its_words_are_not_told() {
        var old = expired(billing.register("away@example.com"));
        try (var other = billing.beside(Map.of("growalert.billing.customer.mail.port", 1))) {
            var answer = other.post("/renew-session", old, "{}");

            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.code()).isEqualTo("mail_unavailable");
            assertThat(answer.response().body()).doesNotContain("away@example.com", "Exception");
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
        for (var none : List.of("shop.example.com", "https://shop.example.com/", "*", "")) {
            assertThatThrownBy(() -> billing.beside(Map.of("growalert.billing.customer.origins", List.of(none))))
                    .isInstanceOf(StartFailure.class)
                    .hasMessageContaining("growalert.billing.customer.origins[0]")
                    .hasMessageContaining("expected an origin, such as https://shop.example.com");
        }
    }
}
