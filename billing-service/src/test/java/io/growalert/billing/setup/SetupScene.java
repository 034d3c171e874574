package io.growalert.billing.setup;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.billing.customer.Settings;
import io.growalert.billing.setup.SetupStep.Kind;
import io.growalert.billing.stripe.StripeCatalog.WantedPrice;
import io.growalert.billing.stripe.StripeConnection;
import io.growalert.billing.stripe.StripeSettings;
import io.growalert.sandbox.Options;
import io.growalert.sandbox.StripeSandbox;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A new account at Stripe, and an operator who sets it up. */
final class SetupScene implements AutoCloseable {
    static final URI WEBHOOK = URI.create("https://shop.example.com/webhook");
    static final WantedPrice MONTHLY = new WantedPrice("monthly", 1_900, "eur", "month");
    static final WantedPrice YEARLY = new WantedPrice("yearly", 19_000, "eur", "year");
    static final WantedPrice DEVICE = new WantedPrice("device", 4_900, "eur", null);

    final StripeSandbox sandbox;
    private final Path secretFile;
    private final HttpClient http = HttpClient.newHttpClient();

    private SetupScene(StripeSandbox sandbox, Path secretFile) {
        this.sandbox = sandbox;
        this.secretFile = secretFile;
    }

    /** @param folder for the file with the webhook's secret */
    static SetupScene open(Path folder) throws IOException {
        return new SetupScene(StripeSandbox.start(Options.defaults()), folder.resolve("secrets/webhook"));
    }

    Path secretFile() {
        return secretFile;
    }

    StripeSettings settings() {
        return Settings.stripe(sandbox.apiBase(), StripeSandbox.SECRET_KEY);
    }

    /** For two plans and the device; the amounts of those prices are named. */
    SetupRequest request(@Nullable URI webhook, WantedPrice... named) {
        return new SetupRequest(
                List.of("monthly", "yearly"),
                "device",
                List.of(named),
                List.of(MONTHLY, YEARLY, DEVICE),
                "Greenhouse",
                webhook,
                secretFile);
    }

    List<SetupStep> setUp(SetupRequest request) {
        return setUp(request, false, StripeSandbox.SECRET_KEY);
    }

    List<SetupStep> dryRun(SetupRequest request) {
        return setUp(request, true, StripeSandbox.SECRET_KEY);
    }

    List<SetupStep> setUpWith(String key, SetupRequest request) {
        return setUp(request, false, key);
    }

    /** Each step is reported as soon as it is done. */
    private List<SetupStep> setUp(SetupRequest request, boolean dryRun, String key) {
        var reported = new ArrayList<SetupStep>();
        var result = new BillingSetup(StripeConnection.open(Settings.stripe(sandbox.apiBase(), key)))
                .run(request, dryRun, reported::add);
        assertThat(result).isEqualTo(reported);
        return result;
    }

    static List<Kind> kinds(List<SetupStep> steps) {
        return steps.stream().map(SetupStep::kind).toList();
    }

    /** Everything at Stripe that a setup could change. */
    String state() throws IOException, InterruptedException {
        return get("/v1/products").toString() + get("/v1/prices") + get("/v1/webhook_endpoints");
    }

    JsonNode get(String path) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(
                sandbox.apiBase().resolve(path.replace("[", "%5B").replace("]", "%5D"))));
    }

    JsonNode post(String path, String form) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(sandbox.apiBase().resolve(path))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(form)));
    }

    private JsonNode send(HttpRequest.Builder request) throws IOException, InterruptedException {
        var response = http.send(
                request.header("Authorization", "Bearer " + StripeSandbox.SECRET_KEY)
                        .build(),
                BodyHandlers.ofString());
        return JsonMapper.shared().readTree(response.body());
    }

    @Override
    public void close() {
        http.close();
        sandbox.close();
    }
}
