package io.growalert.billing.setup;

import io.growalert.billing.projection.EventTypes;
import io.growalert.billing.setup.SetupStep.Kind;
import io.growalert.billing.stripe.StripeCatalog;
import io.growalert.billing.stripe.StripeCatalog.CatalogPrice;
import io.growalert.billing.stripe.StripeCatalog.WantedPrice;
import io.growalert.billing.stripe.StripeConnection;
import io.growalert.billing.stripe.StripeFailure;
import io.growalert.billing.stripe.StripeFailure.Reason;
import io.growalert.billing.stripe.StripeRights;
import io.growalert.billing.stripe.StripeWebhooks;
import io.growalert.billing.stripe.StripeWebhooks.Endpoint;
import io.growalert.runtime.PrivateFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Creates what is missing at Stripe, and changes nothing that is as it should be: a second run finds everything. Products have fixed
 * ids and prices their lookup keys, so that two operators cannot create them twice. A price is never changed or archived.
 */
public final class BillingSetup {
    private static final String PLANS = "growalert";
    private static final String DEVICES = "growalert_device";
    private static final String DEVICE_NAME = "Device";

    private final StripeCatalog catalog;
    private final StripeWebhooks webhooks;

    public BillingSetup(StripeConnection stripe) {
        catalog = stripe.catalog();
        webhooks = stripe.webhooks();
    }

    /**
     * @param dryRun nothing is changed, only reported
     * @param report gets each step when it is done
     * @return all steps
     * @throws StripeFailure when Stripe is unreachable or rejected the key
     */
    public List<SetupStep> run(SetupRequest request, boolean dryRun, Consumer<SetupStep> report) {
        return new Run(request, dryRun, report).steps();
    }

    private final class Run {
        private final SetupRequest request;
        private final boolean dryRun;
        private final Consumer<SetupStep> report;
        private final List<SetupStep> steps = new ArrayList<>();

        Run(SetupRequest request, boolean dryRun, Consumer<SetupStep> report) {
            this.request = request;
            this.dryRun = dryRun;
            this.report = report;
        }

        List<SetupStep> steps() {
            permitted("prices", () -> prices(request.plans(), PLANS, request.product(), true));
            permitted("device", () -> prices(List.of(request.device()), DEVICES, DEVICE_NAME, false));
            permitted("webhook endpoint", this::webhook);
            return List.copyOf(steps);
        }

        private void step(Kind kind, String text) {
            var step = new SetupStep(kind, text);
            steps.add(step);
            report.accept(step);
        }

        /** A right that the key lacks stops one kind of objects, not the others. */
        private void permitted(String what, Runnable work) {
            try {
                work.run();
            } catch (StripeFailure e) {
                switch (e.reason()) {
                    case Reason.Forbidden(var right) ->
                        step(
                                Kind.PROBLEM,
                                "%s: the key lacks the right %s; grant '%s', or give a key with all rights by --key-file"
                                        .formatted(
                                                what,
                                                Objects.requireNonNullElse(right, "for it"),
                                                right == null ? "what Stripe's log names" : StripeRights.shown(right)));
                    case Reason.Invalid invalid ->
                        step(
                                Kind.PROBLEM,
                                "%s: Stripe rejected the request: %s (%s)"
                                        .formatted(what, e.getMessage(), invalid.parameter()));
                    case Reason.Card _,
                            Reason.Busy _,
                            Reason.Broken _,
                            Reason.Unanswered _,
                            Reason.Denied _,
                            Reason.NotSent _,
                            Reason.OverBudget _ -> throw e;
                }
            }
        }

        private void prices(List<String> lookupKeys, String product, String name, boolean recurring) {
            var existing = catalog.prices(lookupKeys);
            @Nullable
            String of = existing.stream()
                    .filter(CatalogPrice::active)
                    .map(CatalogPrice::product)
                    .findFirst()
                    .orElse(null);
            for (var key : lookupKeys) {
                var wanted = request.toCreate(key);
                var price = existing.stream()
                        .filter(each -> each.lookupKey().equals(key))
                        .findFirst();
                if (price.isPresent()) {
                    existing(price.get(), request.named(key), recurring);
                } else if (wanted.isEmpty()) {
                    step(
                            Kind.PROBLEM,
                            "price '%s' does not exist; give its amount: %s"
                                    .formatted(
                                            key,
                                            recurring
                                                    ? "--price %s:AMOUNT:CURRENCY:INTERVAL, such as %s:1900:eur:month"
                                                            .formatted(key, key)
                                                    : "--device %s:AMOUNT:CURRENCY, such as %s:4900:eur"
                                                            .formatted(key, key)));
                } else {
                    if (of == null) {
                        of = product(product, name);
                    }
                    if (of != null) {
                        create(of, wanted.get());
                    }
                }
            }
        }

        private void existing(CatalogPrice price, Optional<WantedPrice> wanted, boolean recurring) {
            if (!price.active()) {
                step(
                        Kind.PROBLEM,
                        "price '%s' (%s) is archived; activate it in Stripe's dashboard, or give the lookup key to another"
                                .formatted(price.lookupKey(), price.id()));
            } else if ((price.interval() != null) != recurring) {
                step(
                        Kind.PROBLEM,
                        "price '%s' (%s) is %s; use another lookup key"
                                .formatted(
                                        price.lookupKey(),
                                        price.id(),
                                        recurring ? "paid once, not recurring" : "recurring, not paid once"));
            } else if (wanted.isPresent() && !price.is(wanted.get())) {
                step(
                        Kind.PROBLEM,
                        ("price '%s' (%s) is %s, not %s; a price cannot be changed: use another lookup key, or give this one to a"
                                        + " new price in Stripe's dashboard")
                                .formatted(
                                        price.lookupKey(),
                                        price.id(),
                                        shown(price.amount(), price.currency(), price.interval()),
                                        shown(wanted.get())));
            } else {
                step(
                        Kind.FOUND,
                        "price '%s' (%s): %s"
                                .formatted(
                                        price.lookupKey(),
                                        price.id(),
                                        shown(price.amount(), price.currency(), price.interval())));
            }
        }

        /** Null when it cannot be used. */
        private @Nullable String product(String id, String name) {
            var active = catalog.isActive(id);
            if (active.isPresent()) {
                if (!active.get()) {
                    step(Kind.PROBLEM, "product '%s' is archived; activate it in Stripe's dashboard".formatted(id));
                    return null;
                }
                step(Kind.FOUND, "product '%s'".formatted(id));
            } else if (dryRun) {
                step(Kind.WOULD_CREATE, "product '%s', \"%s\"".formatted(id, name));
            } else {
                catalog.createProduct(id, name);
                step(Kind.CREATED, "product '%s', \"%s\"".formatted(id, name));
            }
            return id;
        }

        private void create(String product, WantedPrice wanted) {
            if (dryRun) {
                step(Kind.WOULD_CREATE, "price '%s': %s".formatted(wanted.lookupKey(), shown(wanted)));
            } else {
                var id = catalog.createPrice(product, wanted);
                step(Kind.CREATED, "price '%s' (%s): %s".formatted(wanted.lookupKey(), id, shown(wanted)));
            }
        }

        private void webhook() {
            var url = request.webhook();
            if (url == null) {
                step(
                        Kind.PROBLEM,
                        "webhook endpoint: not created, its address is not known; give"
                                + " --webhook-url https://YOUR-GATEWAY/webhook");
                return;
            }
            var types = StripeWebhooks.eventTypes(EventTypes::areApplied);
            var existing = webhooks.list().stream()
                    .filter(endpoint -> endpoint.url().equals(url.toString()))
                    .findFirst();
            if (existing.isPresent()) {
                update(existing.get(), types);
            } else if (Files.exists(request.secretFile())) {
                step(
                        Kind.PROBLEM,
                        "webhook endpoint: not created, since %s exists; name another file for its secret with --secret-file"
                                .formatted(request.secretFile()));
            } else if (dryRun) {
                step(Kind.WOULD_CREATE, "webhook endpoint %s for %d types of events".formatted(url, types.size()));
            } else {
                create(url, types);
            }
        }

        private void update(Endpoint endpoint, List<String> types) {
            if (!endpoint.isOfOurVersion()) {
                step(
                        Kind.PROBLEM,
                        "webhook endpoint %s (%s) is of API version %s, not %s; delete it in Stripe's dashboard and run this again"
                                .formatted(
                                        endpoint.url(),
                                        endpoint.id(),
                                        endpoint.apiVersion(),
                                        StripeWebhooks.apiVersion()));
            } else if (endpoint.enabled() && new HashSet<>(endpoint.types()).equals(new HashSet<>(types))) {
                step(Kind.FOUND, "webhook endpoint %s (%s)".formatted(endpoint.url(), endpoint.id()));
            } else if (dryRun) {
                step(
                        Kind.WOULD_CHANGE,
                        "webhook endpoint %s (%s): %s".formatted(endpoint.url(), endpoint.id(), types(types)));
            } else {
                webhooks.update(endpoint.id(), types);
                step(
                        Kind.CHANGED,
                        "webhook endpoint %s (%s): %s".formatted(endpoint.url(), endpoint.id(), types(types)));
            }
        }

        private static String types(List<String> types) {
            return "enabled, for %d types of events".formatted(types.size());
        }

        /** Stripe shows the secret only once: an endpoint whose secret cannot be stored is deleted again. */
        private void create(URI url, List<String> types) {
            var created = webhooks.create(url, types);
            try {
                PrivateFile.write(request.secretFile(), created.secret().value() + "\n");
            } catch (IOException e) {
                webhooks.delete(created.endpoint().id());
                throw new UncheckedIOException(
                        "the secret of the webhook endpoint cannot be stored in %s, so the endpoint was deleted again: %s"
                                .formatted(request.secretFile(), e),
                        e);
            }
            step(
                    Kind.CREATED,
                    "webhook endpoint %s (%s) for %d types of events; its secret is in %s"
                            .formatted(url, created.endpoint().id(), types.size(), request.secretFile()));
        }
    }

    private static String shown(WantedPrice wanted) {
        return shown(wanted.amount(), wanted.currency(), wanted.interval());
    }

    /** In the smallest unit, as in Stripe's API. */
    private static String shown(@Nullable Long amount, String currency, @Nullable String interval) {
        return "%s %s%s"
                .formatted(
                        amount == null ? "no fixed amount of" : amount,
                        currency,
                        interval == null ? "" : " each " + interval);
    }
}
