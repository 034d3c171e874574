package io.growalert.billing.customer.signin;

import static io.growalert.billing.customer.signin.SignInScene.email;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.growalert.billing.customer.Running;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Sessions end, are renewed, and end with a sign-in by mail. */
class SessionsTest {
    @RegisterExtension
    private static final SignInScene SCENE = new SignInScene();

    private final Running billing = SCENE.billing();

    @Test
    void an_ended_session_stays_ended_when_the_customer_is_deleted() {
        var email = "erased-later@example.com";
        var otherClient = billing.register(email);
        SCENE.signedIn(email);
        var customer = Running.customerIn(otherClient);
        billing.database
                .jdbc()
                .sql("delete from billing.registrations where customer = :customer")
                .param("customer", customer)
                .update();
        billing.database
                .jdbc()
                .sql(
                        "insert into billing.customers (id, balance, delinquent, deleted) values (:customer, 0, false, true)")
                .param("customer", customer)
                .update();

        assertThat(SCENE.code(otherClient)).isEqualTo("401 session_invalid");
    }

    @Test
    void the_first_sign_in_ends_the_earlier_sessions_of_the_address() {
        var otherClient = billing.register("first@example.com");
        assertThat(SCENE.code(otherClient)).isEqualTo("404 no_subscription");

        var owner = SCENE.signedIn("first@example.com");
        var elsewhere = SCENE.signedIn("first@example.com");

        assertThat(SCENE.code(otherClient)).isEqualTo("401 session_invalid");
        assertThat(billing.post("/renew-session", otherClient, "{}").code()).isEqualTo("session_invalid");
        assertThat(SCENE.code(owner)).isEqualTo("404 no_subscription");
        assertThat(SCENE.code(elsewhere)).isEqualTo("404 no_subscription");
        assertThat(billing.post("/create-customer", otherClient, email("first@example.com"))
                        .code())
                .isEqualTo("sign_in_needed");
    }

    @Test
    void an_ended_session_cannot_be_renewed_after_its_expiry() {
        var cookie = SCENE.expired("ended@example.com");
        SCENE.signedIn("ended@example.com");

        var answer = billing.post("/renew-session", cookie, "{}");

        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.code()).isEqualTo("session_invalid");
    }

    @Test
    void a_sign_out_ends_that_session_and_no_other() {
        billing.register("out@example.com");
        var here = SCENE.signedIn("out@example.com");
        // sessions of a customer that begin in the same second are one
        var second = Instant.now().getEpochSecond();
        await().until(() -> Instant.now().getEpochSecond() > second);
        var elsewhere = SCENE.signedIn("out@example.com");

        var answer = billing.post("/sign-out", here, "{}");

        assertThat(answer.status()).isEqualTo(204);
        assertThat(answer.header("Set-Cookie")).startsWith("customer=;").contains("Max-Age=0", "Path=/", "HttpOnly");
        assertThat(SCENE.code(here)).isEqualTo("401 session_invalid");
        assertThat(billing.post("/renew-session", here, "{}").code()).isEqualTo("session_invalid");
        assertThat(billing.post("/create-customer", here, email("out@example.com"))
                        .code())
                .isEqualTo("sign_in_needed");
        assertThat(SCENE.code(elsewhere)).isEqualTo("404 no_subscription");
        assertThat(billing.post("/sign-out", here, "{}").status()).isEqualTo(204);
    }

    @Test
    void a_sign_out_without_a_session_or_with_an_expired_one_succeeds() {
        var old = SCENE.expired("old-out@example.com");

        assertThat(billing.post("/sign-out", null, "{}").status()).isEqualTo(204);
        assertThat(billing.post("/sign-out", "nonsense", "{}").status()).isEqualTo(204);
        assertThat(billing.post("/sign-out", old, "{}").status()).isEqualTo(204);
        assertThat(billing.post("/renew-session", old, "{}").code()).isEqualTo("session_invalid");
    }

    @Test
    void a_signed_out_session_is_stored_until_it_could_not_be_renewed_anyway() {
        var customer = Running.customerIn(billing.register("stored@example.com"));
        var cookie = SCENE.signedIn("stored@example.com");
        billing.post("/sign-out", cookie, "{}");

        assertThat(billing.dump()).doesNotContain(cookie).contains(customer);
        assertThat(billing.database
                        .jdbc()
                        .sql("select max(expires_at) > now() + interval '209 days' from billing.ended_sessions")
                        .query(Boolean.class)
                        .single())
                .isTrue();
    }

    @Test
    void of_several_cookies_the_valid_one_counts_at_any_position() {
        var former = SCENE.expired("two@example.com");
        var good = billing.register("two@example.com");
        var other = billing.register("other-two@example.com");

        for (var cookies : List.of(
                former + "; customer=" + good,
                good + "; customer=" + former,
                "nonsense; customer=" + good,
                "nonsense; customer=" + former + "; customer=" + good + "; customer=" + other)) {
            var answer = billing.post("/create-customer", cookies, email("two@example.com"));
            assertThat(Running.customerIn(answer.cookie())).isEqualTo(Running.customerIn(good));
        }
        assertThat(SCENE.code("nonsense; customer=" + former)).isEqualTo("401 session_expired");
        assertThat(billing.post("/sign-out", former + "; customer=" + good, "{}")
                        .status())
                .isEqualTo(204);
        assertThat(SCENE.code(good)).isEqualTo("401 session_invalid");
    }

    @Test
    void an_old_session_is_renewed_by_a_link() {
        var cookie = SCENE.expired("renew@example.com");

        var requested = billing.post("/renew-session", cookie, "{}");

        assertThat(requested.status()).isEqualTo(202);
        assertThat(requested.response().headers().firstValue("Set-Cookie")).isEmpty();
        var confirmed = SCENE.confirm(SCENE.tokenSentTo("renew@example.com"));
        assertThat(Running.customerIn(confirmed.cookie())).isEqualTo(Running.customerIn(cookie));
    }

    @Test
    void a_valid_session_needs_no_link() {
        var answer = billing.post("/renew-session", billing.register("good@example.com"), "{}");

        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.code()).isEqualTo("session_not_expired");
    }

    @Test
    void renewals_are_limited() {
        var old = SCENE.expired("many-renewals@example.com");
        for (int i = 0; i < 3; i++) {
            assertThat(billing.post("/renew-session", old, "{}").status()).isEqualTo(202);
        }

        var answer = billing.post("/renew-session", old, "{}");

        assertThat(answer.status()).isEqualTo(429);
        assertThat(answer.code()).isEqualTo("too_many_renewals");
        assertThat(answer.header("Retry-After")).isNotEmpty();
    }
}
