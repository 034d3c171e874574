package io.growalert.billing.customer.signin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.growalert.billing.customer.Running;
import io.growalert.billing.customer.Running.Answer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A customer signs in by a link in an e-mail. */
class SignInTest {
    @RegisterExtension
    private static final SignInScene SCENE = new SignInScene();

    private final Running billing = SCENE.billing();

    @Test
    void known_and_unknown_addresses_get_the_same_answer_and_only_the_known_one_a_mail() {
        billing.register("known@example.com");

        var mailsToUnknown = billing.mails("unknown");
        var known = SCENE.signIn("known@example.com");
        var unknown = SCENE.signIn("unknown@example.com");

        assertThat(known.status()).isEqualTo(202);
        assertThat(unknown.status()).isEqualTo(202);
        assertThat(known.response().body()).isEmpty();
        assertThat(unknown.response().body()).isEmpty();
        assertThat(headers(known)).isEqualTo(headers(unknown)).doesNotContainKey("set-cookie");
        SCENE.tokenSentTo("known@example.com");
        await().until(() -> billing.mails("unknown") > mailsToUnknown);
        assertThat(SCENE.hasMailAbout("unknown@example.com")).isFalse();
    }

    private static Map<String, List<String>> headers(Answer answer) {
        var headers = new TreeMap<>(answer.response().headers().map());
        headers.remove("date");
        headers.remove("x-request-id");
        return headers;
    }

    @Test
    void the_link_signs_in_once_and_following_it_changes_nothing() {
        var cookie = billing.register("once@example.com");
        SCENE.signIn("Once@Example.com");
        var token = SCENE.tokenSentTo("once@example.com");

        var followed = billing.get("/renew-session?token=" + token, null);
        var confirmed = SCENE.confirm(token);
        var again = SCENE.confirm(token);

        assertThat(followed.status()).isEqualTo(303);
        assertThat(followed.header("Location")).isEqualTo("/sign-in.html#token=" + token);
        assertThat(followed.header("Referrer-Policy")).isEqualTo("no-referrer");
        assertThat(followed.response().headers().firstValue("Set-Cookie")).isEmpty();
        assertThat(confirmed.status()).isEqualTo(200);
        assertThat(confirmed.response().body()).isEqualTo("{\"page\":\"/register.html\"}");
        assertThat(confirmed.header("Cache-Control")).contains("no-store");
        assertThat(Running.customerIn(confirmed.cookie())).isEqualTo(Running.customerIn(cookie));
        assertThat(SCENE.code(confirmed.cookie())).isEqualTo("404 no_subscription");
        assertThat(again.status()).isEqualTo(400);
        assertThat(again.code()).isEqualTo("link_invalid");
        assertThat(again.response().headers().firstValue("Set-Cookie")).isEmpty();
    }

    @Test
    void of_many_confirmations_at_once_one_signs_in() throws Exception {
        billing.register("race@example.com");
        SCENE.signIn("race@example.com");
        var token = SCENE.tokenSentTo("race@example.com");

        List<Integer> statuses = new ArrayList<>();
        try (var threads = Executors.newFixedThreadPool(8)) {
            Callable<Integer> once = () -> SCENE.confirm(token).status();
            for (var answer : threads.invokeAll(Collections.nCopies(8, once))) {
                statuses.add(answer.get());
            }
        }

        assertThat(statuses).filteredOn(status -> status == 200).hasSize(1);
        assertThat(statuses).filteredOn(status -> status == 400).hasSize(7);
    }

    @Test
    void a_link_signs_in_to_the_owner_of_the_address_when_it_is_opened() {
        var email = "opened-late@example.com";
        var owner = billing.register(email);
        var otherClient = billing.register(email);
        SCENE.signIn(email);
        var token = SCENE.tokenSentTo(email);
        SCENE.subscribe(Running.customerIn(otherClient), "trialing");

        var cookie = SCENE.confirm(token).cookie();

        assertThat(Running.customerIn(cookie)).isEqualTo(Running.customerIn(otherClient));
        assertThat(SCENE.code(otherClient)).isEqualTo("401 session_invalid");
        assertThat(SCENE.code(owner)).isEqualTo("404 no_subscription");
    }

    @Test
    void a_link_that_is_old_or_forged_is_rejected_and_no_token_is_in_the_database() {
        var cookie = billing.register("link@example.com");
        SCENE.signIn("link@example.com");
        var token = SCENE.tokenSentTo("link@example.com");
        assertThat(billing.dump()).doesNotContain(token);
        billing.database
                .jdbc()
                .sql("update billing.sign_in_links set expires_at = now() where customer = :customer")
                .param("customer", Running.customerIn(cookie))
                .update();

        for (var bad : List.of(token, cookie, "nonsense", "A".repeat(43))) {
            var answer = SCENE.confirm(bad);
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.code()).isEqualTo("link_invalid");
            assertThat(answer.response().headers().firstValue("Set-Cookie")).isEmpty();
        }
        assertThat(billing.post("/sign-in/confirm", null, "{}").code()).isEqualTo("invalid_field");
        assertThat(billing.get("/renew-session", null).code()).isEqualTo("invalid_field");
        assertThat(billing.get("/renew-session?token=%0d%0aSet-Cookie:a=b", null)
                        .header("Location"))
                .isEqualTo("/sign-in.html#token=%0D%0ASet-Cookie%3Aa%3Db");
    }

    @Test
    void a_link_is_valid_for_fifteen_minutes() {
        var customer = Running.customerIn(billing.register("minutes@example.com"));
        SCENE.signIn("minutes@example.com");
        SCENE.tokenSentTo("minutes@example.com");

        assertThat(billing.database
                        .jdbc()
                        .sql("""
                                select expires_at between now() + interval '14 minutes' and now() + interval '15 minutes'
                                from billing.sign_in_links where customer = :customer
                                """)
                        .param("customer", customer)
                        .query(Boolean.class)
                        .single())
                .isTrue();
    }

    @Test
    void a_deleted_customer_gets_no_link() {
        var cookie = SCENE.expired("left@example.com");
        billing.stripe("DELETE", "/v1/customers/" + Running.customerIn(cookie), "");
        // as the webhook's event does it
        billing.database
                .jdbc()
                .sql("delete from billing.registrations where customer = :customer")
                .param("customer", Running.customerIn(cookie))
                .update();

        var answer = billing.post("/renew-session", cookie, "{}");

        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.code()).isEqualTo("session_invalid");
        assertThat(SCENE.hasMailAbout("left@example.com")).isFalse();
    }
}
