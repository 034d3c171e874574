package io.growalert.billing.customer.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.growalert.billing.apply.TestApplier;
import io.growalert.billing.customer.Running;
import io.growalert.billing.customer.Running.Answer;
import io.growalert.billing.stripe.Kind;
import io.growalert.billing.stripe.StripeFields;
import io.growalert.sandbox.fault.Fault;
import io.growalert.sandbox.fault.When;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A customer changes the e-mail address. */
class EmailChangeTest {
    private static final Pattern LINK = Pattern.compile("/email-confirm\\.html#token=(?:3D)?([A-Za-z0-9_-]{43})");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private static Path mails;

    @SuppressWarnings("NullAway.Init")
    private static Running billing;

    private final String before = "before-%s@example.com".formatted(UUID.randomUUID());
    private final String after = "after-%s@example.com".formatted(UUID.randomUUID());
    private final String cookie = billing.register(before);
    private final String customer = Running.customerIn(cookie);

    @BeforeAll
    static void start() throws IOException {
        billing = Running.started(Map.of(
                "growalert.billing.customer.limits.customers-per-address",
                1_000,
                "growalert.billing.customer.limits.sign-ins-per-network",
                1_000,
                "growalert.billing.customer.mail.folder",
                mails,
                "growalert.billing.customer.mail.site",
                "http://127.0.0.1:9"));
    }

    @AfterAll
    static void stop() {
        billing.close();
    }

    @AfterEach
    void clearFaults() {
        billing.stripe.faults().clear();
    }

    private Answer request(String address) {
        return billing.post("/email", cookie, "{\"email\": \"%s\"}".formatted(address));
    }

    private static Answer confirm(String token) {
        return billing.post("/email/confirm", null, "{\"token\": \"%s\"}".formatted(token));
    }

    private static List<String> mailsTo(String address) {
        try (var files = Files.list(mails)) {
            return files.filter(file -> file.toString().endsWith(".eml"))
                    .sorted()
                    .map(EmailChangeTest::read)
                    .filter(mail -> mail.contains("To: " + address))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(Path file) {
        try {
            // quoted-printable breaks long lines
            return Files.readString(file)
                    .replace("=\r\n", "")
                    .replace("=\n", "")
                    .replace("=3D", "=");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String tokenSentTo(String address) {
        await().atMost(Duration.ofSeconds(60)).until(() -> !mailsTo(address).isEmpty());
        var link = LINK.matcher(mailsTo(address).getLast());
        assertThat(link.find()).isTrue();
        return link.group(1);
    }

    private String atStripe() {
        return billing.stripe("GET", "/v1/customers/" + customer, "")
                .path("email")
                .asString();
    }

    @Test
    void the_new_address_confirms_the_change_and_the_old_one_is_notified() {
        assertThat(request(after).status()).isEqualTo(202);
        var token = tokenSentTo(after);
        assertThat(atStripe()).isEqualTo(before);

        var confirmed = confirm(token);

        assertThat(confirmed.status()).as("%s", confirmed.json()).isEqualTo(200);
        assertThat(confirmed.json().path("page").asString()).isEqualTo("/account.html");
        assertThat(atStripe()).isEqualTo(after);
        assertThat(registration()).isEqualTo(after + " true");
        assertThat(billing.get("/account", cookie).code()).isEqualTo("session_invalid");
        assertThat(billing.get("/account", confirmed.cookie()).status()).isEqualTo(200);
        await().atMost(Duration.ofSeconds(60)).until(() -> !mailsTo(before).isEmpty());
        assertThat(confirm(token).code()).isEqualTo("link_invalid");
        assertThat(billing.dump("email_changes", "registrations", "customers", "stripe_events", "scheduled_tasks"))
                .doesNotContain(after)
                .doesNotContain(token);
    }

    private String registration() {
        return billing.database
                .jdbc()
                .sql(
                        "select concat(address, ' ', verified_at is not null) from billing.registrations where customer = :customer")
                .param("customer", customer)
                .query(String.class)
                .single()
                .replace(" t", " true")
                .replace(" truerue", " true");
    }

    @Test
    void the_mail_of_a_change_that_was_replaced_is_superseded() {
        var change = UUID.randomUUID();
        billing.database
                .jdbc()
                .sql("insert into billing.mails (kind, customer, subject) values ('email_change', :customer, :change)")
                .param("customer", customer)
                .param("change", change.toString())
                .update();

        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(billing.database
                        .jdbc()
                        .sql("select concat_ws(': ', state, error) from billing.mails where subject = :change")
                        .param("change", change.toString())
                        .query(String.class)
                        .single())
                .isEqualTo("discarded: the change was confirmed, replaced or deleted"));
    }

    @Test
    void an_older_event_does_not_bring_the_old_address_back() {
        request(after);
        var confirmed = confirm(tokenSentTo(after));
        var older = """
                {"id": "%s", "object": "customer", "email": "%s", "metadata": {"growalert_request": "r"}, "created": 1700000000}
                """.formatted(customer, before);

        new TestApplier(billing.database)
                .recorder()
                .record(Kind.CUSTOMER, StripeFields.parse(older), Instant.now().minusSeconds(600), _ -> {});

        assertThat(registration()).isEqualTo(after + " true");
        assertThat(billing.get("/account", confirmed.cookie()).status()).isEqualTo(200);
    }

    @Test
    void a_confirmation_that_was_interrupted_is_repeated_by_the_same_link() {
        request(after);
        var token = tokenSentTo(after);
        billing.stripe.faults().add(new Fault.ErrorAfter(), When.next(1).on("POST", "/v1/customers/" + customer));
        assertThat(confirm(token).status()).isEqualTo(503);

        assertThat(confirm(token).status()).isEqualTo(200);

        await().atMost(Duration.ofSeconds(60)).until(() -> !mailsTo(before).isEmpty());
        assertThat(registration()).isEqualTo(after + " true");
    }

    @Test
    void a_confirmation_whose_instance_was_killed_is_finished_by_the_event_of_the_new_address() {
        request(after);
        var token = tokenSentTo(after);
        billing.stripe.faults().add(new Fault.ErrorAfter(), When.next(1).on("POST", "/v1/customers/" + customer));
        assertThat(confirm(token).status()).isEqualTo(503);

        new TestApplier(billing.database)
                .recorder()
                .record(Kind.CUSTOMER, billing.stripe("GET", "/v1/customers/" + customer, ""), Instant.now(), _ -> {});

        assertThat(registration()).isEqualTo(after + " true");
        await().atMost(Duration.ofSeconds(60)).until(() -> !mailsTo(before).isEmpty());
        assertThat(confirm(token).status()).isEqualTo(200);
        assertThat(confirm(token).code()).isEqualTo("link_invalid");
        assertThat(registration()).isEqualTo(after + " true");
    }

    @Test
    void the_address_of_a_customer_who_is_erased_meanwhile_is_not_stored() {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var requested = billing.database.transaction().execute(_ -> {
                erase();
                var request = CompletableFuture.supplyAsync(() -> request(after), threads);
                await().atMost(Duration.ofSeconds(60)).until(() -> request.isDone() || isAwaited());
                return request;
            });

            assertThat(requested.join().code()).isEqualTo("session_invalid");
        }
        assertThat(billing.dump("scheduled_tasks")).doesNotContain(after);
    }

    /** As the erasure does, under the lock of the customer's records. */
    private void erase() {
        billing.database
                .jdbc()
                .sql("select true from (select pg_advisory_xact_lock(hashtextextended(:customer, 0))) as locked")
                .param("customer", customer)
                .query(Boolean.class)
                .single();
        billing.database
                .jdbc()
                .sql(
                        "insert into billing.customers (id, balance, delinquent, deleted) values (:customer, 0, false, true)")
                .param("customer", customer)
                .update();
    }

    /** Whether a transaction waits for such a lock. */
    private static boolean isAwaited() {
        return billing.database
                        .jdbc()
                        .sql("select count(*) from pg_locks where locktype = 'advisory' and not granted")
                        .query(Integer.class)
                        .single()
                > 0;
    }

    @Test
    void a_taken_address_gets_the_same_answer_and_no_mail() {
        var taken = "taken-%s@example.com".formatted(UUID.randomUUID());
        billing.register(taken);
        billing.database
                .jdbc()
                .sql("update billing.registrations set verified_at = now() where address = :address")
                .param("address", taken)
                .update();

        assertThat(request(taken).status()).isEqualTo(202);
        assertThat(billing.database
                        .jdbc()
                        .sql("select count(*) from billing.email_changes where customer = :customer")
                        .param("customer", customer)
                        .query(Integer.class)
                        .single())
                .isZero();
    }

    @Test
    void only_a_link_changes_anything_and_requests_are_limited() {
        assertThat(confirm("a".repeat(43)).code()).isEqualTo("link_invalid");
        assertThat(request("no address").code()).isEqualTo("invalid_field");
        assertThat(billing.post("/email", null, "{\"email\": \"a@example.com\"}")
                        .code())
                .isEqualTo("session_missing");
        for (int i = 0; i < 5; i++) {
            assertThat(request(after).status()).isEqualTo(202);
        }
        assertThat(request(after).code()).isEqualTo("too_many_sign_ins");
        assertThat(billing.send(billing.request("/email/confirm?token=x", cookie)
                                .GET())
                        .status())
                .isEqualTo(405);
        assertThat(atStripe()).isEqualTo(before);
    }
}
