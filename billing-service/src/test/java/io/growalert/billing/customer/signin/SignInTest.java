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
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A customer signs in by a link in an e-mail. */
class SignInTest {
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

    private static String tokenSentTo(String email) {
        await().until(() -> !tokensSentTo(MAIL, email).isEmpty());
        return tokensSentTo(MAIL, email).getLast();
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

    private static void subscribe(String customer, String status) {
        billing.database
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

    @Test
    void known_and_unknown_addresses_get_the_same_answer_and_only_the_known_one_a_mail() {
        billing.register("known@example.com");

        var mailsToUnknown = billing.mails("unknown");
        var known = signIn("known@example.com");
        var unknown = signIn("unknown@example.com");

        assertThat(known.status()).isEqualTo(202);
        assertThat(unknown.status()).isEqualTo(202);
        assertThat(known.response().body()).isEmpty();
        assertThat(unknown.response().body()).isEmpty();
        assertThat(headers(known)).isEqualTo(headers(unknown)).doesNotContainKey("set-cookie");
        tokenSentTo("known@example.com");
        await().until(() -> billing.mails("unknown") > mailsToUnknown);
        assertThat(MAIL.getReceivedMessages())
                .noneMatch(message -> GreenMailUtil.getWholeMessage(message).contains("unknown@example.com"));
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
        signIn("Once@Example.com");
        var token = tokenSentTo("once@example.com");

        var followed = billing.get("/renew-session?token=" + token, null);
        var confirmed = confirm(token);
        var again = confirm(token);

        assertThat(followed.status()).isEqualTo(303);
        assertThat(followed.header("Location")).isEqualTo("/sign-in.html#token=" + token);
        assertThat(followed.header("Referrer-Policy")).isEqualTo("no-referrer");
        assertThat(followed.response().headers().firstValue("Set-Cookie")).isEmpty();
        assertThat(confirmed.status()).isEqualTo(200);
        assertThat(confirmed.response().body()).isEqualTo("{\"page\":\"/register.html\"}");
        assertThat(confirmed.header("Cache-Control")).contains("no-store");
        assertThat(Running.customerIn(confirmed.cookie())).isEqualTo(Running.customerIn(cookie));
        assertThat(code(confirmed.cookie())).isEqualTo("404 no_subscription");
        assertThat(again.status()).isEqualTo(400);
        assertThat(again.code()).isEqualTo("link_invalid");
        assertThat(again.response().headers().firstValue("Set-Cookie")).isEmpty();
    }

    @Test
    void of_many_confirmations_at_once_one_signs_in() throws Exception {
        billing.register("race@example.com");
        signIn("race@example.com");
        var token = tokenSentTo("race@example.com");

        List<Integer> statuses = new ArrayList<>();
        try (var threads = Executors.newFixedThreadPool(8)) {
            Callable<Integer> once = () -> confirm(token).status();
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
        signIn(email);
        var token = tokenSentTo(email);
        subscribe(Running.customerIn(otherClient), "trialing");

        var cookie = confirm(token).cookie();

        assertThat(Running.customerIn(cookie)).isEqualTo(Running.customerIn(otherClient));
        assertThat(code(otherClient)).isEqualTo("401 session_invalid");
        assertThat(code(owner)).isEqualTo("404 no_subscription");
    }

    @Test
    void an_ended_session_stays_ended_when_the_customer_is_deleted() {
        var email = "erased-later@example.com";
        var otherClient = billing.register(email);
        signedIn(email);
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

        assertThat(code(otherClient)).isEqualTo("401 session_invalid");
    }

    @Test
    void an_address_has_one_budget_of_links_in_every_spelling_that_the_database_equates() {
        var spellings = List.of("vice@example.com", "VICE@example.com", "v\u0130ce@example.com");
        var same = spellings.stream()
                .filter(spelling -> billing.database
                        .jdbc()
                        .sql("select lower(:spelling) = 'vice@example.com'")
                        .param("spelling", spelling)
                        .query(Boolean.class)
                        .single())
                .toList();
        for (int i = 0; i < 5; i++) {
            assertThat(signIn(spellings.getFirst()).status()).isEqualTo(202);
        }

        assertThat(same)
                .hasSizeGreaterThanOrEqualTo(2)
                .allMatch(spelling -> signIn(spelling).code().equals("too_many_sign_ins"));
    }

    @Test
    void a_link_that_is_old_or_forged_is_rejected_and_no_token_is_in_the_database() {
        var cookie = billing.register("link@example.com");
        signIn("link@example.com");
        var token = tokenSentTo("link@example.com");
        assertThat(billing.dump()).doesNotContain(token);
        billing.database
                .jdbc()
                .sql("update billing.sign_in_links set expires_at = now() where customer = :customer")
                .param("customer", Running.customerIn(cookie))
                .update();

        for (var bad : List.of(token, cookie, "nonsense", "A".repeat(43))) {
            var answer = confirm(bad);
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
        signIn("minutes@example.com");
        tokenSentTo("minutes@example.com");

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
    void the_first_sign_in_ends_the_earlier_sessions_of_the_address() {
        var otherClient = billing.register("first@example.com");
        assertThat(code(otherClient)).isEqualTo("404 no_subscription");

        var owner = signedIn("first@example.com");
        var elsewhere = signedIn("first@example.com");

        assertThat(code(otherClient)).isEqualTo("401 session_invalid");
        assertThat(billing.post("/renew-session", otherClient, "{}").code()).isEqualTo("session_invalid");
        assertThat(code(owner)).isEqualTo("404 no_subscription");
        assertThat(code(elsewhere)).isEqualTo("404 no_subscription");
        assertThat(billing.post("/create-customer", otherClient, email("first@example.com"))
                        .code())
                .isEqualTo("sign_in_needed");
    }

    @Test
    void an_ended_session_cannot_be_renewed_after_its_expiry() {
        var cookie = expired("ended@example.com");
        signedIn("ended@example.com");

        var answer = billing.post("/renew-session", cookie, "{}");

        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.code()).isEqualTo("session_invalid");
    }

    @Test
    void a_sign_out_ends_that_session_and_no_other() {
        billing.register("out@example.com");
        var here = signedIn("out@example.com");
        // sessions of a customer that begin in the same second are one
        var second = Instant.now().getEpochSecond();
        await().until(() -> Instant.now().getEpochSecond() > second);
        var elsewhere = signedIn("out@example.com");

        var answer = billing.post("/sign-out", here, "{}");

        assertThat(answer.status()).isEqualTo(204);
        assertThat(answer.header("Set-Cookie")).startsWith("customer=;").contains("Max-Age=0", "Path=/", "HttpOnly");
        assertThat(code(here)).isEqualTo("401 session_invalid");
        assertThat(billing.post("/renew-session", here, "{}").code()).isEqualTo("session_invalid");
        assertThat(billing.post("/create-customer", here, email("out@example.com"))
                        .code())
                .isEqualTo("sign_in_needed");
        assertThat(code(elsewhere)).isEqualTo("404 no_subscription");
        assertThat(billing.post("/sign-out", here, "{}").status()).isEqualTo(204);
    }

    @Test
    void a_sign_out_without_a_session_or_with_an_expired_one_succeeds() {
        var old = expired("old-out@example.com");

        assertThat(billing.post("/sign-out", null, "{}").status()).isEqualTo(204);
        assertThat(billing.post("/sign-out", "nonsense", "{}").status()).isEqualTo(204);
        assertThat(billing.post("/sign-out", old, "{}").status()).isEqualTo(204);
        assertThat(billing.post("/renew-session", old, "{}").code()).isEqualTo("session_invalid");
    }

    @Test
    void a_signed_out_session_is_stored_until_it_could_not_be_renewed_anyway() {
        var customer = Running.customerIn(billing.register("stored@example.com"));
        var cookie = signedIn("stored@example.com");
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
        var former = expired("two@example.com");
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
        assertThat(code("nonsense; customer=" + former)).isEqualTo("401 session_expired");
        assertThat(billing.post("/sign-out", former + "; customer=" + good, "{}")
                        .status())
                .isEqualTo(204);
        assertThat(code(good)).isEqualTo("401 session_invalid");
    }

    @Test
    void an_address_gets_five_links_an_hour_however_it_is_written_and_unknown_ones_are_counted_alike() {
        billing.register("many@example.com");
        for (var email : List.of("many@example.com", "absent@example.com")) {
            for (int i = 0; i < 5; i++) {
                assertThat(signIn(i % 2 == 0 ? email : email.toUpperCase(Locale.ROOT))
                                .status())
                        .isEqualTo(202);
            }

            var answer = signIn(email);

            assertThat(answer.status()).isEqualTo(429);
            assertThat(answer.code()).isEqualTo("too_many_sign_ins");
            assertThat(answer.header("Retry-After")).isNotEmpty();
        }
        assertThat(billing.database
                        .jdbc()
                        .sql("select string_agg(a::text, ' ') from billing.attempts a")
                        .query(String.class)
                        .single())
                .containsIgnoringCase("sign-in")
                .doesNotContainIgnoringCase("example.com", "127.0.0.1");
    }

    @Test
    void sign_ins_per_network_and_hour_are_limited() {
        try (var strict = billing.beside(Map.of("growalert.billing.customer.limits.sign-ins-per-network", 1))) {
            strict.post("/sign-in", null, email("n0@example.com"));

            var answer = strict.post("/sign-in", null, email("n1@example.com"));

            assertThat(answer.status()).isEqualTo(429);
            assertThat(answer.code()).isEqualTo("too_many_sign_ins");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"email\": 7}", "{\"email\": \"jenny\"}", "{\"email\": \"a@b.c\\nBcc: x@y.z\"}"})
    void a_bad_address_is_named(String body) {
        var answer = billing.post("/sign-in", null, body);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.code()).isEqualTo("invalid_field");
        assertThat(answer.json().path("field").asString()).isEqualTo("email");
    }

    @Test
    void pages_of_other_sites_post_nothing() {
        for (var path : List.of("/sign-in", "/sign-in/confirm", "/sign-out")) {
            var answer = billing.post(path, null, "{}", "Origin", "https://evil.example.com");
            assertThat(answer.code()).isEqualTo("origin_refused");
        }
    }

    @Test
    void a_verified_address_is_refused_to_other_clients() {
        var cookie = billing.register("mine@example.com");
        var again = billing.register("mine@example.com");
        assertThat(Running.customerIn(again)).isNotEqualTo(Running.customerIn(cookie));
        var mine = signedIn("mine@example.com");

        var otherClient = billing.post("/create-customer", null, email("Mine@example.com"));
        var same = billing.post("/create-customer", mine, email("mine@example.com"));

        assertThat(otherClient.status()).isEqualTo(409);
        assertThat(otherClient.code()).isEqualTo("sign_in_needed");
        assertThat(otherClient.response().headers().firstValue("Set-Cookie")).isEmpty();
        assertThat(otherClient.response().body()).doesNotContain("mine@example.com");
        assertThat(Running.customerIn(same.cookie())).isEqualTo(Running.customerIn(cookie));
        assertThat(code(same.cookie())).isEqualTo("404 no_subscription");
    }

    @ParameterizedTest
    @ValueSource(strings = {"active", "trialing", "past_due", "unpaid"})
    void an_address_with_a_running_subscription_is_refused_to_other_clients(String status) {
        var address = status + "@example.com";
        var cookie = billing.register(address);
        subscribe(Running.customerIn(cookie), status);
        var other = billing.register("other-" + address);

        assertThat(billing.post("/create-customer", null, email(address)).code())
                .isEqualTo("sign_in_needed");
        assertThat(billing.post("/create-customer", other, email(address)).code())
                .isEqualTo("sign_in_needed");
        assertThat(Running.customerIn(
                        billing.post("/create-customer", cookie, email(address)).cookie()))
                .isEqualTo(Running.customerIn(cookie));
        assertThat(Running.customerIn(signedIn(address))).isEqualTo(Running.customerIn(cookie));
    }

    @ParameterizedTest
    @ValueSource(strings = {"incomplete", "incomplete_expired", "canceled", "paused"})
    void an_address_is_not_reserved_without_verification_or_payment(String status) {
        var address = status + "@example.com";
        var cookie = billing.register(address);
        subscribe(Running.customerIn(cookie), status);

        var otherClient = billing.post("/create-customer", null, email(address));

        assertThat(otherClient.status()).isEqualTo(200);
        assertThat(Running.customerIn(otherClient.cookie())).isNotEqualTo(Running.customerIn(cookie));
    }

    @Test
    void a_key_opens_no_address_that_was_verified_meanwhile() {
        var key = "0123456789abcdef";
        var first = billing.post("/create-customer", null, email("keyed@example.com"), "Idempotency-Key", key);
        assertThat(first.status()).isEqualTo(200);
        signedIn("keyed@example.com");

        var again = billing.post("/create-customer", null, email("keyed@example.com"), "Idempotency-Key", key);

        assertThat(again.status()).isEqualTo(409);
        assertThat(again.code()).isEqualTo("sign_in_needed");
    }

    @Test
    void addresses_are_not_guessed_at_will() {
        billing.register("guessed@example.com");
        signedIn("guessed@example.com");
        try (var strict = billing.beside(Map.of("growalert.billing.customer.limits.customers-per-address", 1))) {
            var answer = strict.post("/create-customer", null, email("guessed@example.com"));
            assertThat(answer.code()).isEqualTo("too_many_customers");
        }
    }

    @Test
    void an_old_session_is_renewed_by_a_link() {
        var cookie = expired("renew@example.com");

        var requested = billing.post("/renew-session", cookie, "{}");

        assertThat(requested.status()).isEqualTo(202);
        assertThat(requested.response().headers().firstValue("Set-Cookie")).isEmpty();
        var confirmed = confirm(tokenSentTo("renew@example.com"));
        assertThat(Running.customerIn(confirmed.cookie())).isEqualTo(Running.customerIn(cookie));
    }

    @Test
    void a_valid_session_needs_no_link() {
        var answer = billing.post("/renew-session", billing.register("good@example.com"), "{}");

        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.code()).isEqualTo("session_not_expired");
    }

    @Test
    void a_deleted_customer_gets_no_link() {
        var cookie = expired("left@example.com");
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
        assertThat(MAIL.getReceivedMessages())
                .noneMatch(message -> GreenMailUtil.getWholeMessage(message).contains("left@example.com"));
    }

    @Test
    void renewals_are_limited() {
        var old = expired("many-renewals@example.com");
        for (int i = 0; i < 3; i++) {
            assertThat(billing.post("/renew-session", old, "{}").status()).isEqualTo(202);
        }

        var answer = billing.post("/renew-session", old, "{}");

        assertThat(answer.status()).isEqualTo(429);
        assertThat(answer.code()).isEqualTo("too_many_renewals");
        assertThat(answer.header("Retry-After")).isNotEmpty();
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
        for (var none : List.of("shop.example.com", "https://shop.example.com/", "*", "")) {
            assertThatThrownBy(() -> billing.beside(Map.of("growalert.billing.customer.origins", List.of(none))))
                    .isInstanceOf(StartFailure.class)
                    .hasMessageContaining("growalert.billing.customer.origins[0]")
                    .hasMessageContaining("expected an origin, such as https://shop.example.com");
        }
    }
}
