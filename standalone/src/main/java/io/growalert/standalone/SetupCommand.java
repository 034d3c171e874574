package io.growalert.standalone;

import io.growalert.billing.setup.BillingSetup;
import io.growalert.billing.setup.SetupRequest;
import io.growalert.billing.setup.SetupStep;
import io.growalert.billing.stripe.StripeCatalog.WantedPrice;
import io.growalert.billing.stripe.StripeConnection;
import io.growalert.billing.stripe.StripeFailure;
import io.growalert.billing.stripe.StripeKeys;
import io.growalert.billing.stripe.StripeRights;
import io.growalert.billing.stripe.StripeSettings;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code growalert billing setup}. */
@Command(
        name = "setup",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description =
                "Creates at Stripe what billing needs and is missing: a product for each plan, the prices with their lookup keys, the "
                        + "price of a device, and the webhook endpoint for exactly the events that are applied; then prints which variables to set. Run "
                        + "again it changes nothing.")
final class SetupCommand implements Callable<Integer> {
    private static final String SECRET = "growalert-data/stripe-webhook-secret-";
    private static final Set<String> SCHEMES = Set.of("http", "https");
    /** Created without being named, in test mode. */
    private static final List<WantedPrice> PLANS = List.of(
            new WantedPrice("growalert-monthly", 1_900, "eur", "month"),
            new WantedPrice("growalert-yearly", 19_000, "eur", "year"));

    private static final WantedPrice DEVICE = new WantedPrice("growalert-device", 4_900, "eur", null);

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Mixin
    private final StripeOptions stripe;

    @Option(names = "--dry-run", description = "Changes nothing, and prints what would be created or changed.")
    private boolean dryRun;

    @Option(
            names = "--webhook-url",
            paramLabel = "URL",
            description = "The address of the gateway's /webhook for Stripe (default: that of the site in "
                    + "GROWALERT_BILLING_CUSTOMER_MAIL_SITE).")
    private @Nullable URI webhook;

    @Option(
            names = "--price",
            paramLabel = "KEY:AMOUNT:CURRENCY:INTERVAL",
            converter = PriceText.class,
            description =
                    "A plan's price, the amount in the currency's smallest unit, such as growalert-monthly:1900:eur:month; may "
                            + "be repeated (default: what Stripe has for the lookup keys in GROWALERT_BILLING_CUSTOMER_PRICES; in test mode "
                            + "also growalert-monthly:1900:eur:month and growalert-yearly:19000:eur:year).")
    private List<WantedPrice> prices = new ArrayList<>();

    @Option(
            names = "--device",
            paramLabel = "KEY:AMOUNT:CURRENCY",
            converter = PriceText.class,
            description =
                    "The price of a device (default: growalert-device with GROWALERT_BILLING_CUSTOMER_DEVICE_AMOUNT and "
                            + "_CURRENCY; in test mode otherwise growalert-device:4900:eur).")
    private @Nullable WantedPrice device;

    @Option(
            names = "--product",
            paramLabel = "NAME",
            description =
                    "What customers buy; the names of the plans' products begin with it, such as NAME Monthly, where they are "
                            + "created (default: the brand's name in GROWALERT_BRAND_NAME, or else GrowAlert).")
    private @Nullable String product;

    @Option(
            names = "--secret-file",
            paramLabel = "FILE",
            description =
                    "Gets the secret of a new webhook endpoint (default: growalert-data/stripe-webhook-secret-test, or -live).")
    private @Nullable Path secretFile;

    SetupCommand() {
        this(new StripeOptions());
    }

    SetupCommand(StripeOptions stripe) {
        this.stripe = stripe;
    }

    @Override
    public Integer call() {
        Logging.quiet();
        requireValid();
        var settings = stripe.stripe()
                .orElseThrow(() -> new CannotRun(
                        "no key of Stripe's is known: set STRIPE_SECRET_KEY, or name a file with --key-file."
                                + " Without one 'growalert up' uses stripe-sandbox, which needs no setup"));
        var out = new TerminalWriter(spec.commandLine().getOut());
        var request = request(settings);
        try {
            boolean isNewSecret = !Files.exists(request.secretFile());
            var setup = new BillingSetup(StripeConnection.open(settings));
            var steps = setup.run(request, dryRun, out::println);
            variables(settings, request, steps, isNewSecret, out);
            return SetupStep.hasProblem(steps) ? CommandLine.ExitCode.SOFTWARE : CommandLine.ExitCode.OK;
        } catch (StripeFailure e) {
            throw new CannotRun(
                    e.reason() instanceof StripeFailure.Reason.Denied
                            ? "Stripe at %s rejected the secret key".formatted(settings.apiBase())
                            : "Stripe at %s cannot be used: %s; run this again, what exists is not created twice"
                                    .formatted(settings.apiBase(), e.getMessage()),
                    e);
        } catch (UncheckedIOException e) {
            throw new CannotRun(String.valueOf(e.getMessage()), e);
        }
    }

    private void requireValid() {
        if (webhook != null && (webhook.getHost() == null || !SCHEMES.contains(webhook.getScheme()))) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "--webhook-url must be such as https://growalert.example.com/webhook");
        }
        if (device != null && device.interval() != null) {
            throw new CommandLine.ParameterException(spec.commandLine(), "--device is paid once, without an interval");
        }
        if (prices.stream().anyMatch(price -> price.interval() == null)) {
            throw new CommandLine.ParameterException(spec.commandLine(), "--price needs an interval, such as month");
        }
    }

    private SetupRequest request(StripeSettings settings) {
        var environment = stripe.settings();
        boolean isTest = !StripeKeys.isLive(settings.secretKey().value());
        var plans = new LinkedHashSet<>(environment.prices());
        prices.forEach(price -> plans.add(price.lookupKey()));
        if (plans.isEmpty()) {
            PLANS.forEach(price -> plans.add(price.lookupKey()));
        }
        var named = new ArrayList<>(prices);
        if (device != null) {
            named.add(device);
        }
        var deviceKey =
                device != null ? device.lookupKey() : environment.devicePrice().orElse(DEVICE.lookupKey());
        var otherwise = Stream.concat(
                        isTest ? PLANS.stream() : Stream.of(), deviceInSettings(deviceKey, isTest).stream())
                .toList();
        return new SetupRequest(
                List.copyOf(plans),
                deviceKey,
                named,
                otherwise,
                product != null ? product : environment.brand().orElse("GrowAlert"),
                webhook(),
                secretFile != null ? secretFile : Path.of(SECRET + (isTest ? "test" : "live")));
    }

    private List<WantedPrice> deviceInSettings(String key, boolean isTest) {
        var environment = stripe.settings();
        if (environment.deviceAmount().isPresent()
                && environment.deviceCurrency().isPresent()) {
            return List.of(new WantedPrice(
                    key,
                    environment.deviceAmount().get(),
                    environment.deviceCurrency().get(),
                    null));
        }
        return isTest ? List.of(new WantedPrice(key, DEVICE.amount(), DEVICE.currency(), null)) : List.of();
    }

    private @Nullable URI webhook() {
        return webhook != null
                ? webhook
                : stripe.settings()
                        .site()
                        .map(site -> URI.create(site.toString().replaceAll("/+$", "") + "/webhook"))
                        .orElse(null);
    }

    /** What the service needs; never a secret. */
    private void variables(
            StripeSettings settings,
            SetupRequest request,
            List<SetupStep> steps,
            boolean isNewSecret,
            PrintWriter out) {
        boolean isLive = StripeKeys.isLive(settings.secretKey().value());
        var usable = steps.stream().map(SetupStep::usable).toList();
        out.println();
        out.println("Set for 'growalert up', or compose by the name behind # where there is one (separate services:"
                + " docs/configuration.md), where it is not set yet:");
        out.println("STRIPE_SECRET_KEY: the service's key, best a restricted one from");
        out.println("  " + StripeRights.form(isLive, stripe.settings().portal()));
        out.println("STRIPE_PUBLISHABLE_KEY: pk_... from https://dashboard.stripe.com/%sapikeys"
                .formatted(isLive ? "" : "test/"));
        out.println(
                // a file that the operator named, or of an earlier address, may be of another endpoint
                Files.exists(request.secretFile())
                                && (isNewSecret || secretFile == null)
                                && usable.contains(String.valueOf(request.webhook()))
                        ? "STRIPE_WEBHOOK_SECRET=\"$(cat %s)\"".formatted(request.secretFile())
                        : "STRIPE_WEBHOOK_SECRET: the signing secret of the webhook endpoint, whsec_..., in Stripe's dashboard");
        var plans = request.plans().stream().filter(usable::contains).toList();
        if (!plans.isEmpty()) {
            out.println("GROWALERT_BILLING_CUSTOMER_PRICES=%s   # STRIPE_PRICES".formatted(String.join(",", plans)));
        }
        if (usable.contains(request.device())) {
            out.println("GROWALERT_BILLING_CUSTOMER_DEVICE_PRICE=%s   # DEVICE_PRICE".formatted(request.device()));
        }
        out.println("Then start the service, and check it: growalert billing doctor");
    }
}
