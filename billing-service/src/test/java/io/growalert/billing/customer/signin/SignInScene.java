package io.growalert.billing.customer.signin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.GreenMailUtil;
import com.icegreen.greenmail.util.ServerSetup;
import io.growalert.billing.customer.BillingScene;
import io.growalert.billing.customer.Running;
import io.growalert.billing.customer.Running.Answer;
import io.growalert.billing.mail.ReceivedMail;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A service with a mail server, and how its customers sign in. */
final class SignInScene extends BillingScene {
    private static final Pattern LINK =
            Pattern.compile("https://grow\\.example\\.com/sign-in\\.html#token=([A-Za-z0-9_-]{43})\\s");

    private final GreenMail mail = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));

    @Override
    protected Running start() throws IOException {
        mail.start();
        return Running.started(Map.of(
                "growalert.billing.customer.mail.host",
                "127.0.0.1",
                "growalert.billing.customer.mail.port",
                mail.getSmtp().getPort(),
                "growalert.billing.customer.mail.site",
                "https://grow.example.com/",
                "growalert.billing.customer.limits.customers-per-address",
                1_000,
                "growalert.billing.customer.limits.sign-ins-per-network",
                1_000));
    }

    @Override
    protected void stopped() {
        mail.stop();
    }

    /** The body of a request about an address. */
    static String email(String email) {
        return "{\"email\": \"%s\"}".formatted(email);
    }

    /** Requests a link. */
    Answer signIn(String email) {
        return billing().post("/sign-in", null, email(email));
    }

    /** Opens a link. */
    Answer confirm(String token) {
        return billing().post("/sign-in/confirm", null, "{\"token\": \"%s\"}".formatted(token));
    }

    /** Whether any mail mentions an address. */
    boolean hasMailAbout(String email) {
        return Arrays.stream(mail.getReceivedMessages())
                .anyMatch(message -> GreenMailUtil.getWholeMessage(message).contains(email));
    }

    /** The tokens of all links that were sent to an address. */
    List<String> tokensSentTo(String email) {
        return Arrays.stream(mail.getReceivedMessages())
                .filter(message -> GreenMailUtil.getWholeMessage(message).contains("To: " + email))
                .flatMap(message ->
                        LINK.matcher(ReceivedMail.text(message)).results().map(link -> link.group(1)))
                .toList();
    }

    /** The token of the last link, once there is one. */
    String tokenSentTo(String email) {
        await().until(() -> !tokensSentTo(email).isEmpty());
        return tokensSentTo(email).getLast();
    }

    /** A session that began by a link. */
    String signedIn(String email) {
        int before = tokensSentTo(email).size();
        assertThat(signIn(email).status()).isEqualTo(202);
        await().until(() -> tokensSentTo(email).size() > before);
        return confirm(tokensSentTo(email).getLast()).cookie();
    }

    /** A session of a new customer that is over, and may be renewed. */
    String expired(String email) {
        try (var before = billing().beside(Map.of("growalert.billing.customer.session.expiry", "1s"))) {
            var cookie = before.register(email);
            await().until(() -> code(cookie).equals("401 session_expired"));
            return cookie;
        }
    }

    /** The status and the code of the answer to a session. */
    String code(@Nullable String cookie) {
        var answer = billing().get("/subscription", cookie);
        return answer.status() + " " + answer.code();
    }

    /** Records a subscription, as the events of Stripe do it. */
    void subscribe(String customer, String status) {
        billing()
                .database
                .jdbc()
                .sql("""
                        insert into billing.subscriptions (id, customer, status, currency, cancel_at_period_end, created_at)
                        values (:id, :customer, :status, 'eur', false, now())
                        """)
                .param("id", "sub_of_" + customer)
                .param("customer", customer)
                .param("status", status)
                .update();
    }
}
