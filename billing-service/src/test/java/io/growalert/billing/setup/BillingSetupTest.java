package io.growalert.billing.setup;

import static io.growalert.billing.setup.SetupScene.DEVICE;
import static io.growalert.billing.setup.SetupScene.MONTHLY;
import static io.growalert.billing.setup.SetupScene.WEBHOOK;
import static io.growalert.billing.setup.SetupScene.kinds;
import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.billing.doctor.Diagnosis;
import io.growalert.billing.doctor.Doctor;
import io.growalert.billing.setup.SetupStep.Kind;
import io.growalert.billing.stripe.StripeCatalog.WantedPrice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BillingSetupTest {
    @TempDir
    private Path folder;

    @AutoClose
    private SetupScene scene;

    @BeforeEach
    void open() throws IOException {
        scene = SetupScene.open(folder);
    }

    @Test
    void a_new_account_gets_product_prices_and_the_webhook_endpoint_and_then_the_doctor_is_content() {
        var result = scene.setUp(scene.request(WEBHOOK));

        assertThat(kinds(result)).containsOnly(Kind.CREATED).hasSize(7);
        var settings = scene.settings();
        assertThat(Doctor.withoutService(
                                settings, new Doctor.Offer(List.of("monthly", "yearly"), "device", false), WEBHOOK)
                        .examine())
                .noneMatch(Diagnosis::isProblem);
    }

    @Test
    void run_again_it_changes_nothing() throws Exception {
        scene.setUp(scene.request(WEBHOOK));
        var secret = Files.readString(scene.secretFile());
        var before = scene.state();

        var again = scene.setUp(scene.request(WEBHOOK));

        assertThat(kinds(again)).containsOnly(Kind.FOUND).hasSize(4);
        assertThat(SetupStep.hasProblem(again)).isFalse();
        assertThat(scene.state()).isEqualTo(before);
        assertThat(Files.readString(scene.secretFile())).isEqualTo(secret);
    }

    @Test
    void a_dry_run_reports_the_same_and_changes_nothing() throws Exception {
        var before = scene.state();

        var dry = scene.dryRun(scene.request(WEBHOOK));

        assertThat(kinds(dry)).containsOnly(Kind.WOULD_CREATE).hasSize(7);
        assertThat(scene.state()).isEqualTo(before);
        assertThat(scene.secretFile()).doesNotExist();
    }

    @Test
    void the_secret_is_in_a_private_file_and_in_no_step() throws Exception {
        var result = scene.setUp(scene.request(WEBHOOK));

        var secret = Files.readString(scene.secretFile()).strip();
        assertThat(secret).startsWith("whsec_");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(scene.secretFile())))
                .isEqualTo("rw-------");
        assertThat(result.toString())
                .doesNotContain(secret)
                .contains(scene.secretFile().toString());
    }

    @Test
    void without_an_address_there_are_prices_and_the_option_is_named() {
        var result = scene.setUp(scene.request(null));

        assertThat(kinds(result)).contains(Kind.CREATED, Kind.PROBLEM);
        assertThat(result.getLast().text()).contains("--webhook-url https://YOUR-GATEWAY/webhook");
    }

    @Test
    void a_price_of_another_amount_is_a_problem_only_where_an_amount_was_named() throws Exception {
        scene.setUp(scene.request(WEBHOOK, new WantedPrice("monthly", 2_500, "eur", "month")));
        var before = scene.state();

        assertThat(SetupStep.hasProblem(scene.setUp(scene.request(WEBHOOK)))).isFalse();
        var other = scene.setUp(scene.request(WEBHOOK, MONTHLY));
        assertThat(other.getFirst().kind()).isEqualTo(Kind.PROBLEM);
        assertThat(other.getFirst().text()).contains("2500 eur each month, not 1900 eur each month");
        assertThat(scene.state()).isEqualTo(before);
    }

    @Test
    void a_lookup_key_without_price_and_amount_is_named() {
        var request = new SetupRequest(
                List.of("pro"), "device", List.of(), List.of(DEVICE), "Greenhouse", null, scene.secretFile());

        assertThat(scene.setUp(request).getFirst().text()).contains("'pro' does not exist", "--price pro:");
    }

    @Test
    void customers_can_tell_the_plans_apart_by_their_products() throws Exception {
        scene.setUp(scene.request(null));
        assertThat(productOf("monthly")).isEqualTo("Greenhouse Monthly");
        assertThat(productOf("yearly")).isEqualTo("Greenhouse Yearly");
        assertThat(productOf("device")).isEqualTo("Device");

        var pro = new WantedPrice("grow-pro", 2_900, "eur", "month");
        var basic = new WantedPrice("grow-basic", 900, "eur", "month");
        scene.setUp(new SetupRequest(
                List.of("grow-pro", "grow-basic"),
                "device",
                List.of(pro, basic),
                List.of(DEVICE),
                "Greenhouse",
                null,
                scene.secretFile()));
        assertThat(productOf("grow-pro")).isEqualTo("Greenhouse grow pro");
        assertThat(productOf("grow-basic")).isEqualTo("Greenhouse grow basic");
    }

    private String productOf(String lookupKey) throws IOException, InterruptedException {
        var product = scene.get("/v1/prices?lookup_keys[]=" + lookupKey).at("/data/0/product");
        return scene.get("/v1/products/" + product.asString()).path("name").asString();
    }

    @Test
    void an_archived_or_one_time_price_is_a_problem() throws Exception {
        var product = scene.post("/v1/products", "name=Mine").path("id").asString();
        scene.post(
                "/v1/prices",
                "product=%s&lookup_key=monthly&unit_amount=1&currency=eur&recurring[interval]=month&active=false"
                        .formatted(product));
        scene.post("/v1/prices", "product=%s&lookup_key=yearly&unit_amount=1&currency=eur".formatted(product));

        var steps = scene.setUp(scene.request(WEBHOOK));

        assertThat(steps.get(0).text()).contains("'monthly'", "is archived");
        assertThat(steps.get(1).text()).contains("'yearly'", "paid once, not recurring");
    }

    @Test
    void a_right_that_is_missing_stops_only_what_needs_it() {
        var key = scene.sandbox.keys().create(List.of("rak_webhook_write", "rak_plan_read"));

        var steps = scene.setUpWith(key, scene.request(WEBHOOK));

        assertThat(steps)
                .filteredOn(step -> step.kind() == Kind.PROBLEM)
                .hasSize(2)
                .allSatisfy(step -> assertThat(step.text()).contains("rak_product_read", "Products: Read"));
        assertThat(steps.getLast().kind()).isEqualTo(Kind.CREATED);
    }
}
