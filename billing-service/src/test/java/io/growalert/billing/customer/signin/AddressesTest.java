package io.growalert.billing.customer.signin;

import static io.growalert.billing.customer.signin.SignInScene.email;
import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.billing.customer.Running;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whose an e-mail address is, and how often it gets a link. */
class AddressesTest {
    @RegisterExtension
    private static final SignInScene SCENE = new SignInScene();

    private final Running billing = SCENE.billing();

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
            assertThat(SCENE.signIn(spellings.getFirst()).status()).isEqualTo(202);
        }

        assertThat(same)
                .hasSizeGreaterThanOrEqualTo(2)
                .allMatch(spelling -> SCENE.signIn(spelling).code().equals("too_many_sign_ins"));
    }

    @Test
    void an_address_gets_five_links_an_hour_however_it_is_written_and_unknown_ones_are_counted_alike() {
        billing.register("many@example.com");
        for (var email : List.of("many@example.com", "absent@example.com")) {
            for (int i = 0; i < 5; i++) {
                assertThat(SCENE.signIn(i % 2 == 0 ? email : email.toUpperCase(Locale.ROOT))
                                .status())
                        .isEqualTo(202);
            }

            var answer = SCENE.signIn(email);

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
        var mine = SCENE.signedIn("mine@example.com");

        var otherClient = billing.post("/create-customer", null, email("Mine@example.com"));
        var same = billing.post("/create-customer", mine, email("mine@example.com"));

        assertThat(otherClient.status()).isEqualTo(409);
        assertThat(otherClient.code()).isEqualTo("sign_in_needed");
        assertThat(otherClient.response().headers().firstValue("Set-Cookie")).isEmpty();
        assertThat(otherClient.response().body()).doesNotContain("mine@example.com");
        assertThat(Running.customerIn(same.cookie())).isEqualTo(Running.customerIn(cookie));
        assertThat(SCENE.code(same.cookie())).isEqualTo("404 no_subscription");
    }

    @ParameterizedTest
    @ValueSource(strings = {"active", "trialing", "past_due", "unpaid"})
    void an_address_with_a_running_subscription_is_refused_to_other_clients(String status) {
        var address = status + "@example.com";
        var cookie = billing.register(address);
        SCENE.subscribe(Running.customerIn(cookie), status);
        var other = billing.register("other-" + address);

        assertThat(billing.post("/create-customer", null, email(address)).code())
                .isEqualTo("sign_in_needed");
        assertThat(billing.post("/create-customer", other, email(address)).code())
                .isEqualTo("sign_in_needed");
        assertThat(Running.customerIn(
                        billing.post("/create-customer", cookie, email(address)).cookie()))
                .isEqualTo(Running.customerIn(cookie));
        assertThat(Running.customerIn(SCENE.signedIn(address))).isEqualTo(Running.customerIn(cookie));
    }

    @ParameterizedTest
    @ValueSource(strings = {"incomplete", "incomplete_expired", "canceled", "paused"})
    void an_address_is_not_reserved_without_verification_or_payment(String status) {
        var address = status + "@example.com";
        var cookie = billing.register(address);
        SCENE.subscribe(Running.customerIn(cookie), status);

        var otherClient = billing.post("/create-customer", null, email(address));

        assertThat(otherClient.status()).isEqualTo(200);
        assertThat(Running.customerIn(otherClient.cookie())).isNotEqualTo(Running.customerIn(cookie));
    }

    @Test
    void a_key_opens_no_address_that_was_verified_meanwhile() {
        var key = "0123456789abcdef";
        var first = billing.post("/create-customer", null, email("keyed@example.com"), "Idempotency-Key", key);
        assertThat(first.status()).isEqualTo(200);
        SCENE.signedIn("keyed@example.com");

        var again = billing.post("/create-customer", null, email("keyed@example.com"), "Idempotency-Key", key);

        assertThat(again.status()).isEqualTo(409);
        assertThat(again.code()).isEqualTo("sign_in_needed");
    }

    @Test
    void addresses_are_not_guessed_at_will() {
        billing.register("guessed@example.com");
        SCENE.signedIn("guessed@example.com");
        try (var strict = billing.beside(Map.of("growalert.billing.customer.limits.customers-per-address", 1))) {
            var answer = strict.post("/create-customer", null, email("guessed@example.com"));
            assertThat(answer.code()).isEqualTo("too_many_customers");
        }
    }
}
