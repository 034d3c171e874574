package io.growalert.billing.customer.registration;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.billing.customer.Running;
import io.growalert.billing.customer.session.Seals;
import io.growalert.definitions.Secret;
import io.growalert.sandbox.fault.Fault;
import io.growalert.sandbox.fault.When;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Registration: the identity of a client, and the origin of its requests. */
class RegistrationTest {
    @SuppressWarnings("NullAway.Init")
    private static Running billing;

    @BeforeAll
    static void start() throws IOException {
        billing = Running.started(Map.of(
                "growalert.billing.customer.origins", List.of("https://shop.example.com"),
                "growalert.billing.customer.limits.customers-per-address", 1_000,
                "growalert.billing.customer.session.keys", List.of(Running.KEY, Running.OLD_KEY)));
    }

    @AfterAll
    static void stop() {
        billing.close();
    }

    private static final Seals SEALS = Seals.with(List.of(new Secret(Running.KEY)));

    private static String sealed(String customer, Duration left) {
        return SEALS.seal(new Seals.Sealed(customer, 0, Instant.now().plus(left)));
    }

    @Test
    void the_page_learns_the_key_and_the_prices_in_the_configured_order() {
        var config = billing.get("/config", null);

        assertThat(config.status()).isEqualTo(200);
        assertThat(config.json().path("publishableKey").asString()).isEqualTo("pk_test_sandbox");
        assertThat(config.json().path("prices").valueStream().map(price -> price.path("lookup_key")
                        .asString()))
                .containsExactly("basic", "premium");
        assertThat(config.json().path("prices").path(0).path("object").asString())
                .isEqualTo("price");
        assertThat(config.json().path("prices").path(0).path("unit_amount").asLong())
                .isEqualTo(500);
        assertThat(config.json()
                        .path("prices")
                        .path(0)
                        .path("product")
                        .path("name")
                        .asString())
                .isEqualTo("Basic");
        assertThat(config.json().path("device").toString())
                .isEqualTo("{\"unitAmount\":4900,\"currency\":\"eur\",\"maxQuantity\":100}");
        assertThat(config.json().path("trialDays").asInt(-1)).isZero();
    }

    @Test
    void a_new_customer_is_stripes_object_and_gets_a_cookie() {
        var answer = billing.post("/create-customer", null, "{\"email\": \"jenny@example.com\"}");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().path("customer").path("object").asString()).isEqualTo("customer");
        assertThat(answer.json().path("customer").path("email").asString()).isEqualTo("jenny@example.com");
        var customer = answer.json().path("customer").path("id").asString();
        assertThat(answer.cookie()).startsWith(customer + ".");
        assertThat(answer.header("Set-Cookie"))
                .contains(
                        "; HttpOnly",
                        "; SameSite=Lax",
                        "; Path=/",
                        "; Max-Age=" + Duration.ofDays(210).toSeconds())
                .doesNotContain("Secure");
        assertThat(answer.header("Cache-Control")).contains("no-store");
    }

    @Test
    void away_from_this_machine_the_cookie_is_for_encrypted_connections_only() {
        var answer = billing.post(
                "/create-customer",
                null,
                "{\"email\": \"jenny@example.com\"}",
                "X-Forwarded-Host",
                "shop.example.com",
                "X-Forwarded-Proto",
                "https");

        assertThat(answer.header("Set-Cookie")).contains("; Secure");
    }

    @Test
    void an_address_again_is_the_same_customer_for_the_holder_of_the_cookie() {
        var cookie = billing.register("a@example.com");

        var same = billing.post("/create-customer", cookie, "{\"email\": \"A@example.com\"}");
        var other = billing.post("/create-customer", cookie, "{\"email\": \"b@example.com\"}");
        var otherClient = billing.post("/create-customer", null, "{\"email\": \"a@example.com\"}");

        assertThat(Running.customerIn(same.cookie())).isEqualTo(Running.customerIn(cookie));
        assertThat(Running.customerIn(other.cookie())).isNotEqualTo(Running.customerIn(cookie));
        assertThat(Running.customerIn(otherClient.cookie())).isNotEqualTo(Running.customerIn(cookie));
    }

    @Test
    void a_forged_or_old_cookie_does_not_identify_a_customer() {
        var cookie = billing.register("c@example.com");
        var old = sealed(Running.customerIn(cookie), Duration.ofMinutes(-1));

        for (var bad : List.of(old, cookie.substring(0, cookie.length() - 2) + "AA", "nonsense")) {
            var answer = billing.post("/create-customer", bad, "{\"email\": \"c@example.com\"}");
            assertThat(answer.status()).isEqualTo(200);
            assertThat(Running.customerIn(answer.cookie())).isNotEqualTo(Running.customerIn(cookie));
        }
    }

    @Test
    void a_key_is_honoured_for_a_session_and_never_for_another_client() {
        var cookie = billing.register("d@example.com");

        var first = billing.post("/create-customer", cookie, "{\"email\": \"e@example.com\"}", "Idempotency-Key", "k");
        var again = billing.post("/create-customer", cookie, "{\"email\": \"e@example.com\"}", "Idempotency-Key", "k");
        var changed =
                billing.post("/create-customer", cookie, "{\"email\": \"f@example.com\"}", "Idempotency-Key", "k");
        var otherClient =
                billing.post("/create-customer", null, "{\"email\": \"e@example.com\"}", "Idempotency-Key", "k");

        assertThat(Running.customerIn(again.cookie())).isEqualTo(Running.customerIn(first.cookie()));
        assertThat(changed.status()).isEqualTo(422);
        assertThat(changed.code()).isEqualTo("idempotency_key_reused");
        assertThat(Running.customerIn(otherClient.cookie())).isNotEqualTo(Running.customerIn(first.cookie()));
    }

    @Test
    void a_refused_request_can_be_retried_with_the_same_key() {
        var cookie = billing.register("keen@example.com");
        var body = "{\"email\": \"keener@example.com\"}";
        try (var strict = billing.beside(Map.of("growalert.billing.customer.limits.customers-per-address", 1))) {
            var refused = strict.post("/create-customer", cookie, body, "Idempotency-Key", "keen");
            assertThat(refused.status()).isEqualTo(429);
            assertThat(refused.code()).isEqualTo("too_many_customers");
        }

        assertThat(billing.post("/create-customer", cookie, body, "Idempotency-Key", "keen")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void failures_of_stripe_count_against_no_limit() {
        var before = attempts();
        billing.stripe.faults().add(new Fault.ErrorBefore(), When.ALWAYS.on("POST", "/v1/customers"));
        try {
            var answer = billing.post("/create-customer", null, "{\"email\": \"unlucky@example.com\"}");
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.code()).isEqualTo("stripe_unavailable");
        } finally {
            billing.stripe.faults().clear();
        }

        assertThat(attempts()).isEqualTo(before);
    }

    private static long attempts() {
        return billing.database
                .jdbc()
                .sql("select count(*) from billing.attempts")
                .query(Long.class)
                .single();
    }

    @Test
    void a_customer_deleted_at_stripe_registers_again() {
        var cookie = billing.register("gone@example.com");
        billing.stripe("DELETE", "/v1/customers/" + Running.customerIn(cookie), "");

        var answer = billing.post("/create-customer", cookie, "{\"email\": \"gone@example.com\"}");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(Running.customerIn(answer.cookie())).isNotEqualTo(Running.customerIn(cookie));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"email\": null}",
                "{\"email\": 7}",
                "{\"email\": \"\"}",
                "{\"email\": \"jenny\"}",
                "{\"email\": \"jenny@\"}",
                "{\"email\": \"jenny@localhost\"}",
                "{\"email\": \"a@b.c\\nBcc: x@y.z\"}",
                "{\"email\": \".a@b.de\"}",
                "{\"email\": \"a.@b.de\"}",
                "{\"email\": \"a..b@c.de\"}",
                "{\"email\": \"a\\u200b@b.de\"}",
                "{\"email\": \"a@-b.de\"}",
                "{\"email\": [\"a@b.de\"]}"
            })
    void a_bad_address_is_named(String body) {
        var answer = billing.post("/create-customer", null, body);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.code()).isEqualTo("invalid_field");
        assertThat(answer.json().path("field").asString()).isEqualTo("email");
        assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(answer.response().headers().firstValue("Set-Cookie")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "{", "[]", "7", "{\"email\": \"a@b.de\"} x", "{\"email\": \"a@b.de\", \"email\": \"c@d.de\"}"
            })
    void a_body_that_is_not_a_json_object_is_refused(String body) {
        var answer = billing.post("/create-customer", null, body);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.code()).isEqualTo("malformed_json");
    }

    @Test
    void a_large_body_is_refused_with_and_without_its_length() {
        var large = "{\"email\": \"a@b.de\", \"more\": \"%s\"}".formatted("x".repeat(17_000));

        var withLength = billing.post("/create-customer", null, large);
        var withoutLength = billing.send(billing.request("/create-customer", null)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.fromPublisher(BodyPublishers.ofString(large))));

        assertThat(List.of(withLength.status(), withoutLength.status())).containsOnly(413);
        assertThat(List.of(withLength.code(), withoutLength.code())).containsOnly("body_too_large");
    }

    @Test
    void other_content_types_paths_and_methods_are_refused_with_a_code() {
        var form = billing.send(billing.request("/create-customer", null)
                .header("Content-Type", "text/plain")
                .POST(BodyPublishers.ofString("{\"email\": \"a@b.de\"}")));
        var nowhere = billing.get("/nowhere", null);
        var method = billing.get("/charge", null);

        assertThat(form.status()).isEqualTo(415);
        assertThat(form.code()).isEqualTo("unsupported_media_type");
        assertThat(nowhere.status()).isEqualTo(404);
        assertThat(nowhere.code()).isEqualTo("not_found");
        assertThat(method.status()).isEqualTo(405);
        assertThat(method.code()).isEqualTo("method_not_allowed");
    }

    @ParameterizedTest
    @CsvSource({
        "GET,  /subscription",
        "POST, /create-subscription",
        "POST, /cancel-subscription",
        "POST, /charge",
        "POST, /renew-session"
    })
    void without_a_valid_cookie_every_endpoint_refuses(String method, String path) {
        var customer = Running.customerIn(billing.register("g@example.com"));
        var good = sealed(customer, Duration.ofMinutes(1));
        var forged = good.substring(0, good.length() - 43) + "A".repeat(43);
        var otherGeneration =
                SEALS.seal(new Seals.Sealed(customer, 1, Instant.now().plusSeconds(60)));
        var ancient = sealed(customer, Duration.ofDays(-181));

        assertThat(code(method, path, null)).isEqualTo("401 session_missing");
        assertThat(code(method, path, forged)).isEqualTo("401 session_invalid");
        assertThat(code(method, path, otherGeneration)).isEqualTo("401 session_invalid");
        assertThat(code(method, path, customer)).isEqualTo("401 session_invalid");
        assertThat(code(method, path, ancient)).isEqualTo("401 session_invalid");
        if (!path.equals("/renew-session")) {
            var old = sealed(customer, Duration.ofSeconds(-1));
            assertThat(code(method, path, old)).isEqualTo("401 session_expired");
        }
    }

    private static String code(String method, String path, @org.jspecify.annotations.Nullable String cookie) {
        var answer = method.equals("GET") ? billing.get(path, cookie) : billing.post(path, cookie, "{}");
        return answer.status() + " " + answer.code();
    }

    @Test
    void a_cookie_signed_by_a_former_key_is_valid() {
        var customer = Running.customerIn(billing.register("h@example.com"));
        var byOldKey = Seals.with(List.of(new Secret(Running.OLD_KEY)))
                .seal(new Seals.Sealed(customer, 0, Instant.now().plusSeconds(60)));

        var answer = billing.post("/create-customer", byOldKey, "{\"email\": \"h@example.com\"}");

        assertThat(Running.customerIn(answer.cookie())).isEqualTo(customer);
    }

    @ParameterizedTest
    @CsvSource({
        "Origin,         https://evil.example.com",
        "Origin,         null",
        "Origin,         http://127.0.0.1:1",
        "Origin,         http://localhost",
        "Origin,         https://shop.example.com.evil.com",
        "Origin,         http://shop.example.com",
        "Sec-Fetch-Site, cross-site",
        "Sec-Fetch-Site, same-site",
        "Sec-Fetch-Site, none"
    })
    void posts_from_other_sites_are_refused(String header, String value) {
        var answer = billing.post("/create-customer", null, "{\"email\": \"a@b.de\"}", header, value);

        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.code()).isEqualTo("origin_refused");
    }

    @Test
    void posts_from_here_and_from_configured_origins_pass() {
        var here = "http://127.0.0.1:" + billing.at("/").getPort();

        assertThat(status("Origin", here)).isEqualTo(200);
        assertThat(status("Origin", "https://shop.example.com")).isEqualTo(200);
        assertThat(status("Origin", "https://shop.example.com:443")).isEqualTo(200);
        assertThat(status("Sec-Fetch-Site", "same-origin")).isEqualTo(200);
        assertThat(status(
                        "Origin",
                        "https://grow.example.com",
                        "X-Forwarded-Host",
                        "grow.example.com",
                        "X-Forwarded-Proto",
                        "https"))
                .isEqualTo(200);
    }

    @Test
    void only_a_trusted_proxy_can_state_the_origin_of_a_request() {
        try (var other = billing.beside(Map.of("growalert.http.proxies", List.of("192.0.2.1")))) {
            var answer = other.post(
                    "/create-customer",
                    null,
                    "{\"email\": \"a@b.de\"}",
                    "Origin",
                    "https://grow.example.com",
                    "X-Forwarded-Host",
                    "grow.example.com",
                    "X-Forwarded-Proto",
                    "https");

            assertThat(answer.code()).isEqualTo("origin_refused");
        }
    }

    private static int status(String... headers) {
        return billing.post("/create-customer", null, "{\"email\": \"a@b.de\"}", headers)
                .status();
    }

    private static final String KEY = "0123456789abcdef";

    @Test
    void the_answer_has_every_key_that_was_promised_and_stripes_values_win() {
        var answer = billing.post("/create-customer", null, "{\"email\": \"keys@example.com\"}")
                .json()
                .path("customer");

        assertThat(answer.path("email").asString()).isEqualTo("keys@example.com");
        assertThat(answer.path("object").asString()).isEqualTo("customer");
        assertThat(answer.path("created").asLong()).isPositive();
        assertThat(answer.path("metadata").path("growalert_request").asString()).isNotEmpty();
        assertThat(answer.path("address").toString())
                .isEqualTo(
                        "{\"city\":\"\",\"country\":\"\",\"line1\":\"\",\"line2\":\"\",\"postal_code\":\"\",\"state\":\"\"}");
        assertThat(answer.path("deleted").toString()).isEqualTo("false");
        assertThat(answer.path("balance").toString()).isEqualTo("0");
        for (var text : List.of("currency", "default_currency", "description", "name", "phone")) {
            assertThat(answer.path(text).toString()).as(text).isEqualTo("\"\"");
        }
        assertThat(answer.path("invoice_settings").propertyNames())
                .contains("custom_fields", "default_payment_method", "footer", "rendering_options");
        assertThat(answer.path("invoice_settings").path("footer").toString()).isEqualTo("\"\"");
        assertThat(answer.propertyNames())
                .contains(
                        "cash_balance",
                        "default_source",
                        "delinquent",
                        "discount",
                        "id",
                        "invoice_credit_balance",
                        "invoice_prefix",
                        "livemode",
                        "next_invoice_sequence",
                        "preferred_locales",
                        "shipping",
                        "sources",
                        "subscriptions",
                        "tax",
                        "tax_exempt",
                        "tax_ids",
                        "test_clock");
    }

    @Test
    void the_first_registration_sent_twice_with_a_key_is_one_customer() {
        var body = "{\"email\": \"twice@example.com\"}";

        var first = billing.post("/create-customer", null, body, "Idempotency-Key", KEY);
        var again = billing.post("/create-customer", null, body, "Idempotency-Key", KEY);

        assertThat(again.status()).isEqualTo(200);
        assertThat(Running.customerIn(again.cookie())).isEqualTo(Running.customerIn(first.cookie()));
        assertThat(atStripe("twice@example.com")).isEqualTo(1);
    }

    private static int atStripe(String email) {
        return billing.stripe("GET", "/v1/customers?limit=100&email=" + email, "")
                .path("data")
                .size();
    }

    /** The process died after Stripe responded and before anything of it was stored. */
    @Test
    void a_first_registration_resumes_after_a_crash_with_its_key() {
        var body = "{\"email\": \"lost@example.com\"}";
        var first = Running.customerIn(billing.post("/create-customer", null, body, "Idempotency-Key", KEY)
                .cookie());
        billing.database.jdbc().sql("""
                        update billing.requests set state = 'open', object = null, lease_until = now() - interval '1 second'
                        where object = :customer
                        """).param("customer", first).update();
        billing.database
                .jdbc()
                .sql("delete from billing.registrations where customer = :customer")
                .param("customer", first)
                .update();

        var again = billing.post("/create-customer", null, body, "Idempotency-Key", KEY);

        assertThat(again.status()).isEqualTo(200);
        assertThat(Running.customerIn(again.cookie())).isEqualTo(first);
        assertThat(atStripe("lost@example.com")).isEqualTo(1);
        assertThat(addressOf(first)).isEqualTo("lost@example.com");
    }

    private static String addressOf(String customer) {
        return billing.database
                .jdbc()
                .sql("select address from billing.registrations where customer = :customer")
                .param("customer", customer)
                .query(String.class)
                .single();
    }

    @Test
    void one_key_of_two_clients_makes_two_customers_and_a_guessable_one_does_not_count() {
        var one = billing.post("/create-customer", null, "{\"email\": \"one@example.com\"}", "Idempotency-Key", KEY);
        var two = billing.post("/create-customer", null, "{\"email\": \"two@example.com\"}", "Idempotency-Key", KEY);
        var weak = KEY.substring(1);
        var short1 =
                billing.post("/create-customer", null, "{\"email\": \"one@example.com\"}", "Idempotency-Key", weak);
        var short2 =
                billing.post("/create-customer", null, "{\"email\": \"one@example.com\"}", "Idempotency-Key", weak);

        assertThat(List.of(one, two, short1, short2).stream()
                        .map(answer -> Running.customerIn(answer.cookie()))
                        .distinct())
                .hasSize(4);
    }

    @Test
    void an_address_is_known_as_soon_as_its_customer_is() {
        assertThat(addressOf(Running.customerIn(billing.register("Soon@Example.com"))))
                .isEqualTo("soon@example.com");
        assertThat(billing.database
                        .jdbc()
                        .sql("select count(*) from billing.requests where customer = 'anonymous' and body like '%@%'")
                        .query(Long.class)
                        .single())
                .isZero();
    }

    @Test
    void of_two_cookies_the_valid_one_counts() {
        var good = billing.register("pair@example.com");

        for (var cookies : List.of("nonsense; customer=" + good, good + "; customer=nonsense")) {
            assertThat(billing.get("/subscription", cookies).code()).isEqualTo("no_subscription");
        }
    }
}
