package io.growalert.billing.setup;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.billing.customer.Settings;
import io.growalert.billing.doctor.Diagnosis;
import io.growalert.billing.doctor.Doctor;
import io.growalert.billing.setup.SetupStep.Kind;
import io.growalert.billing.stripe.StripeCatalog.WantedPrice;
import io.growalert.billing.stripe.StripeConnection;
import io.growalert.sandbox.Options;
import io.growalert.sandbox.StripeSandbox;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class BillingSetupTest {
    private static final URI URL = URI.create("https://shop.example.com/webhook");
    private static final WantedPrice MONTHLY = new WantedPrice("monthly", 1_900, "eur", "month");
    private static final WantedPrice YEARLY = new WantedPrice("yearly", 19_000, "eur", "year");
    private static final WantedPrice DEVICE = new WantedPrice("device", 4_900, "eur", null);

    @TempDir
    private Path folder;

    private StripeSandbox sandbox;

    @BeforeEach
    void start() throws IOException {
        sandbox = StripeSandbox.start(Options.defaults());
    }

    @AfterEach
    void stop() {
        sandbox.close();
    }

    private List<SetupStep> setUp(SetupRequest request, boolean dryRun) {
        return setUp(request, dryRun, StripeSandbox.SECRET_KEY);
    }

    private List<SetupStep> setUp(SetupRequest request, boolean dryRun, String key) {
        var reported = new ArrayList<SetupStep>();
        var result = new BillingSetup(StripeConnection.open(Settings.stripe(sandbox.apiBase(), key)))
                .run(request, dryRun, reported::add);
        assertThat(result).isEqualTo(reported);
        return result;
    }

    private SetupRequest request(@Nullable URI webhook, WantedPrice... named) {
        return new SetupRequest(
                List.of("monthly", "yearly"),
                "device",
                List.of(named),
                List.of(MONTHLY, YEARLY, DEVICE),
                "Greenhouse",
                webhook,
                secretFile());
    }

    private Path secretFile() {
        return folder.resolve("secrets/webhook");
    }

    private static List<Kind> kinds(List<SetupStep> steps) {
        return steps.stream().map(SetupStep::kind).toList();
    }

    @Test
    void a_new_account_gets_product_prices_and_the_webhook_endpoint_and_then_the_doctor_is_content() {
        var result = setUp(request(URL), false);

        assertThat(kinds(result)).containsOnly(Kind.CREATED).hasSize(7);
        var settings = Settings.stripe(sandbox.apiBase(), StripeSandbox.SECRET_KEY);
        assertThat(Doctor.withoutService(settings, new Doctor.Offer(List.of("monthly", "yearly"), "device", false), URL)
                        .examine())
                .noneMatch(Diagnosis::isProblem);
    }

    @Test
    void run_again_it_changes_nothing() throws Exception {
        setUp(request(URL), false);
        var secret = Files.readString(secretFile());
        var before = state();

        var again = setUp(request(URL), false);

        assertThat(kinds(again)).containsOnly(Kind.FOUND).hasSize(4);
        assertThat(SetupStep.hasProblem(again)).isFalse();
        assertThat(state()).isEqualTo(before);
        assertThat(Files.readString(secretFile())).isEqualTo(secret);
    }

    @Test
    void a_dry_run_reports_the_same_and_changes_nothing() throws Exception {
        var before = state();

        var dry = setUp(request(URL), true);

        assertThat(kinds(dry)).containsOnly(Kind.WOULD_CREATE).hasSize(7);
        assertThat(state()).isEqualTo(before);
        assertThat(secretFile()).doesNotExist();
    }

    @Test
    void the_secret_is_in_a_private_file_and_in_no_step() throws Exception {
        var result = setUp(request(URL), false);

        var secret = Files.readString(secretFile()).strip();
        assertThat(secret).startsWith("whsec_");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(secretFile())))
                .isEqualTo("rw-------");
        assertThat(result.toString())
                .doesNotContain(secret)
                .contains(secretFile().toString());
    }

    @Test
    void without_an_address_there_are_prices_and_the_option_is_named() {
        var result = setUp(request(null), false);

        assertThat(kinds(result)).contains(Kind.CREATED, Kind.PROBLEM);
        assertThat(result.getLast().text()).contains("--webhook-url https://YOUR-GATEWAY/webhook");
    }

    @Test
    void a_price_of_another_amount_is_a_problem_only_where_an_amount_was_named() throws Exception {
        setUp(request(URL, new WantedPrice("monthly", 2_500, "eur", "month")), false);
        var before = state();

        assertThat(SetupStep.hasProblem(setUp(request(URL), false))).isFalse();
        var other = setUp(request(URL, MONTHLY), false);
        assertThat(other.getFirst().kind()).isEqualTo(Kind.PROBLEM);
        assertThat(other.getFirst().text()).contains("2500 eur each month, not 1900 eur each month");
        assertThat(state()).isEqualTo(before);
    }

    @Test
    void a_lookup_key_without_price_and_amount_is_named() {
        var request = new SetupRequest(
                List.of("pro"), "device", List.of(), List.of(DEVICE), "Greenhouse", null, secretFile());

        assertThat(setUp(request, false).getFirst().text()).contains("'pro' does not exist", "--price pro:");
    }

    @Test
    void customers_can_tell_the_plans_apart_by_their_products() throws Exception {
        setUp(request(null), false);
        assertThat(productOf("monthly")).isEqualTo("Greenhouse Monthly");
        assertThat(productOf("yearly")).isEqualTo("Greenhouse Yearly");
        assertThat(productOf("device")).isEqualTo("Device");

        var pro = new WantedPrice("grow-pro", 2_900, "eur", "month");
        var basic = new WantedPrice("grow-basic", 900, "eur", "month");
        setUp(
                new SetupRequest(
                        List.of("grow-pro", "grow-basic"),
                        "device",
                        List.of(pro, basic),
                        List.of(DEVICE),
                        "Greenhouse",
                        null,
                        secretFile()),
                false);
        assertThat(productOf("grow-pro")).isEqualTo("Greenhouse grow pro");
        assertThat(productOf("grow-basic")).isEqualTo("Greenhouse grow basic");
    }

    private String productOf(String lookupKey) throws IOException, InterruptedException {
        var product = get("/v1/prices?lookup_keys[]=" + lookupKey).at("/data/0/product");
        return get("/v1/products/" + product.asString()).path("name").asString();
    }

    @Test
    void an_archived_or_one_time_price_is_a_problem() throws Exception {
        var product = post("/v1/products", "name=Mine").path("id").asString();
        post(
                "/v1/prices",
                "product=%s&lookup_key=monthly&unit_amount=1&currency=eur&recurring[interval]=month&active=false"
                        .formatted(product));
        post("/v1/prices", "product=%s&lookup_key=yearly&unit_amount=1&currency=eur".formatted(product));

        var steps = setUp(request(URL), false);

        assertThat(steps.get(0).text()).contains("'monthly'", "is archived");
        assertThat(steps.get(1).text()).contains("'yearly'", "paid once, not recurring");
    }

    @Test
    void a_right_that_is_missing_stops_only_what_needs_it() {
        var key = sandbox.keys().create(List.of("rak_webhook_write", "rak_plan_read"));

        var steps = setUp(request(URL), false, key);

        assertThat(steps)
                .filteredOn(step -> step.kind() == Kind.PROBLEM)
                .hasSize(2)
                .allSatisfy(step -> assertThat(step.text()).contains("rak_product_read", "Products: Read"));
        assertThat(steps.getLast().kind()).isEqualTo(Kind.CREATED);
    }

    /** Everything that setup could change. */
    private String state() throws IOException, InterruptedException {
        return get("/v1/products").toString() + get("/v1/prices") + get("/v1/webhook_endpoints");
    }

    private JsonNode get(String path) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(
                sandbox.apiBase().resolve(path.replace("[", "%5B").replace("]", "%5D"))));
    }

    private JsonNode post(String path, String form) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(sandbox.apiBase().resolve(path))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(form)));
    }

    private static JsonNode send(HttpRequest.Builder request) throws IOException, InterruptedException {
        try (var http = HttpClient.newHttpClient()) {
            var response = http.send(
                    request.header("Authorization", "Bearer " + StripeSandbox.SECRET_KEY)
                            .build(),
                    BodyHandlers.ofString());
            return JsonMapper.shared().readTree(response.body());
        }
    }
}
