package io.growalert.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.billing.stripe.StripeRights;
import io.growalert.sandbox.Options;
import io.growalert.sandbox.StripeSandbox;
import io.growalert.testkit.StubServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** {@code growalert billing setup} and {@code doctor}, as an operator meets them on the first day. */
class SetupCommandTest {
    private static final String URL = "https://shop.example.com/webhook";

    @TempDir
    private Path folder;

    private final Map<String, String> environment = new HashMap<>();
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private StripeSandbox sandbox;

    @BeforeEach
    void start() throws IOException {
        sandbox = StripeSandbox.start(Options.defaults());
        environment.put("STRIPE_SECRET_KEY", StripeSandbox.SECRET_KEY);
        environment.put("STRIPE_API_BASE", sandbox.apiBase().toString());
    }

    @AfterEach
    void stop() {
        sandbox.close();
    }

    private int run(Callable<Integer> command, String... arguments) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        return new CommandLine(command)
                .setExecutionExceptionHandler(GrowAlert::explain)
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments);
    }

    private int setUp(String... arguments) {
        var all = Stream.concat(Stream.of("--secret-file", secret().toString()), Stream.of(arguments));
        return run(new SetupCommand(new StripeOptions(environment)), all.toArray(String[]::new));
    }

    private int doctor(String... arguments) {
        return run(new DoctorCommand(new StripeOptions(environment)), arguments);
    }

    private Path secret() {
        return folder.resolve("webhook-secret");
    }

    @Test
    void setup_prints_each_step_and_the_variables_but_no_secret() throws Exception {
        assertThat(setUp("--webhook-url", URL)).isZero();

        assertThat(out.toString().lines())
                .filteredOn(line -> line.startsWith("created"))
                .hasSize(7);
        assertThat(out.toString())
                .contains(
                        "GROWALERT_BILLING_CUSTOMER_PRICES=growalert-monthly,growalert-yearly   # STRIPE_PRICES",
                        "GROWALERT_BILLING_CUSTOMER_DEVICE_PRICE=growalert-device   # DEVICE_PRICE",
                        "STRIPE_WEBHOOK_SECRET=\"$(cat " + secret() + ")\"",
                        StripeRights.form(false, false))
                .doesNotContain(Files.readString(secret()).strip(), StripeSandbox.SECRET_KEY);

        assertThat(setUp("--webhook-url", URL)).isZero();
        assertThat(out.toString())
                .contains("found", "STRIPE_WEBHOOK_SECRET: the signing secret of the webhook endpoint")
                .doesNotContain("created", secret().toString());
    }

    @Test
    void plans_begin_with_the_brands_name_unless_another_is_given() {
        environment.put("GROWALERT_BRAND_NAME", "Leafwatch");

        assertThat(setUp("--dry-run", "--webhook-url", URL)).isZero();
        assertThat(out.toString()).contains("\"Leafwatch Monthly\"", "\"Leafwatch Yearly\"");
        assertThat(setUp("--dry-run", "--webhook-url", URL, "--product", "Greenhouse"))
                .isZero();
        assertThat(out.toString()).contains("\"Greenhouse Monthly\"");
    }

    @Test
    void a_dry_run_creates_nothing() {
        assertThat(setUp("--dry-run", "--webhook-url", URL)).isZero();

        assertThat(out.toString()).contains("would create");
        assertThat(secret()).doesNotExist();
        assertThat(setUp("--webhook-url", URL)).isZero();
        assertThat(out.toString()).contains("created");
    }

    @Test
    void the_settings_name_the_prices_and_the_site_and_options_their_amounts() {
        environment.put("GROWALERT_BILLING_CUSTOMER_PRICES", "pro");
        environment.put("GROWALERT_BILLING_CUSTOMER_MAIL_SITE", "https://shop.example.com/");
        environment.put("GROWALERT_BILLING_CUSTOMER_DEVICE_AMOUNT", "700");
        environment.put("GROWALERT_BILLING_CUSTOMER_DEVICE_CURRENCY", "usd");

        assertThat(setUp()).isEqualTo(1);
        assertThat(out.toString())
                .contains(
                        "problem", "price 'pro' does not exist", "--price pro:AMOUNT", "DEVICE_PRICE=growalert-device")
                .doesNotContain("GROWALERT_BILLING_CUSTOMER_PRICES=");

        assertThat(setUp("--price", "pro:2500:usd:year")).isZero();
        assertThat(out.toString())
                .contains("price 'pro'", "2500 usd each year", URL, "price 'growalert-device'", "700 usd");
    }

    @Test
    void no_secret_of_another_endpoint_is_named() throws Exception {
        assertThat(setUp("--webhook-url", URL)).isZero();

        assertThat(setUp("--webhook-url", "https://other.example.com/webhook")).isEqualTo(1);
        assertThat(out.toString()).contains("not created").doesNotContain("$(cat");
    }

    @ParameterizedTest
    @ValueSource(strings = {"pro", "pro:19.00:eur:month", "pro:1900:EUR:month", "pro:1900:eur:decade", "pro:1900:eur"})
    void what_is_no_price_is_wrong_usage(String price) {
        assertThat(setUp("--price", price)).isEqualTo(2);
    }

    @Test
    void a_key_in_a_file_takes_the_place_of_the_environments() throws Exception {
        environment.remove("STRIPE_SECRET_KEY");
        assertThat(setUp("--webhook-url", URL)).isEqualTo(1);
        assertThat(err.toString()).hasLineCount(1).contains("STRIPE_SECRET_KEY", "--key-file", "stripe-sandbox");

        var key = Files.writeString(folder.resolve("key"), StripeSandbox.SECRET_KEY + "\n");
        assertThat(setUp("--webhook-url", URL, "--key-file", key.toString())).isZero();
    }

    @Test
    void a_rejected_key_and_an_unreachable_stripe_are_one_line() {
        environment.put("STRIPE_SECRET_KEY", "sk_test_unknown");
        assertThat(setUp("--webhook-url", URL)).isEqualTo(1);
        assertThat(err.toString())
                .hasLineCount(1)
                .contains("rejected the secret key")
                .doesNotContain("unknown");

        environment.put("STRIPE_API_BASE", "http://127.0.0.1:1");
        environment.put("GROWALERT_BILLING_STRIPE_RETRIES", "0");
        assertThat(setUp("--webhook-url", URL)).isEqualTo(1);
        assertThat(err.toString()).hasLineCount(1).contains("unreachable");
    }

    @Test
    void the_doctor_is_content_after_setup_and_names_each_problem_before() {
        environment.put("GROWALERT_BILLING_CUSTOMER_PRICES", "growalert-monthly,growalert-yearly");

        assertThat(doctor("--url", "http://127.0.0.1:1")).isEqualTo(1);
        assertThat(out.toString().lines().filter(line -> line.startsWith("problem")))
                .hasSize(3)
                .allMatch(line -> line.contains("growalert billing setup"));
        assertThat(out.toString())
                .contains(
                        "3 problems",
                        "The running billing-service, which also checks signatures and mail, was not checked");

        setUp("--webhook-url", URL);
        environment.put("STRIPE_SECRET_KEY", sandbox.keys().create(StripeRights.needed(false)));
        assertThat(doctor("--url", "http://127.0.0.1:1", "--webhook-url", URL)).isZero();
        assertThat(out.toString()).contains("no problem").doesNotContain("rk_test_");
    }

    @Test
    void the_doctor_names_a_missing_right() {
        environment.put("STRIPE_SECRET_KEY", sandbox.keys().create(List.of("rak_plan_read")));

        assertThat(doctor("--url", "http://127.0.0.1:1")).isEqualTo(1);
        assertThat(out.toString())
                .contains(
                        "problem  rights      the key lacks the right rak_customer_write", "grant 'Customers: Write'");
    }

    @Test
    void the_doctor_asks_the_running_service_too() {
        environment.remove("STRIPE_SECRET_KEY");
        try (var gateway = new StubServer(exchange -> StubServer.answer(exchange, 200, """
                {"checkedAt": "2026-11-27T20:00:00Z", "checks": [
                  {"check": "signatures", "severity": "problem", "text": "no webhook has a valid signature",
                   "remedy": "set the secret"},
                  {"check": "mail", "severity": "ok", "text": "the folder accepts mails", "remedy": null}]}
                """))) {
            assertThat(doctor("--url", gateway.url())).isEqualTo(1);
            assertThat(gateway.requests()).singleElement().satisfies(request -> assertThat(
                            request.method() + " " + request.uri())
                    .isEqualTo("POST /api/billing/doctor"));
        }
        assertThat(out.toString().lines())
                .contains(
                        "problem  signatures  no webhook has a valid signature; set the secret",
                        "ok       mail        the folder accepts mails",
                        "1 problem");

        assertThat(doctor("--url", "http://127.0.0.1:1")).isEqualTo(1);
        assertThat(err.toString()).hasLineCount(1).contains("STRIPE_SECRET_KEY", "http://127.0.0.1:1");
    }
}
