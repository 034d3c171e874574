package io.growalert.billing.setup;

import io.growalert.billing.setup.SetupStep.Kind;
import io.growalert.billing.stripe.StripeCatalog;
import io.growalert.billing.stripe.StripeCatalog.CatalogPrice;
import io.growalert.billing.stripe.StripeCatalog.WantedPrice;
import io.growalert.billing.stripe.StripeConnection;
import io.growalert.billing.stripe.StripeFailure;
import io.growalert.billing.stripe.StripeFailure.Reason;
import io.growalert.billing.stripe.StripeRights;
import io.growalert.billing.stripe.StripeWebhooks;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Creates what is missing at Stripe, and changes nothing that is as it should be: a second run finds everything. Products have fixed
 * ids and prices their lookup keys, so that two operators cannot create them twice. A price is never changed or archived.
 */
public final class BillingSetup {
    /** Followed by the lookup key: customers see the product's name, so each plan has its own. */
    private static final String PLAN = "growalert_plan_";

    private static final Map<String, String> RHYTHMS =
            Map.of("day", "Daily", "week", "Weekly", "month", "Monthly", "year", "Yearly");
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
            permitted("prices", () -> request.plans()
                    .forEach(key -> price(key, wanted -> product(PLAN + wanted.lookupKey(), planName(wanted)), true)));
            permitted("device", () -> price(request.device(), _ -> product(DEVICES, DEVICE_NAME), false));
            permitted("webhook endpoint", () -> new EndpointSetup(webhooks, request, dryRun, this::step).run());
            return List.copyOf(steps);
        }

        private void step(Kind kind, String text) {
            step(new SetupStep(kind, text, null));
        }

        private void step(SetupStep step) {
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

        /** @param product that the price is created for; null: it cannot be used */
        private void price(String key, Function<WantedPrice, @Nullable String> product, boolean recurring) {
            var price = catalog.prices(List.of(key)).stream().findFirst();
            var wanted = request.toCreate(key);
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
                var of = product.apply(wanted.get());
                if (of != null) {
                    create(of, wanted.get());
                }
            }
        }

        /** Such as "GrowAlert Monthly"; of several plans with one interval, such as "GrowAlert pro". */
        private String planName(WantedPrice wanted) {
            boolean isAlone = request.plans().stream()
                    .filter(key -> !key.equals(wanted.lookupKey()))
                    .flatMap(key -> request.toCreate(key).stream())
                    .noneMatch(other -> Objects.equals(other.interval(), wanted.interval()));
            var rhythm = isAlone && wanted.interval() != null ? RHYTHMS.get(wanted.interval()) : null;
            return "%s %s"
                    .formatted(
                            request.product(),
                            rhythm == null ? wanted.lookupKey().replaceAll("[-_.]+", " ") : rhythm);
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
                step(new SetupStep(
                        Kind.FOUND,
                        "price '%s' (%s): %s"
                                .formatted(
                                        price.lookupKey(),
                                        price.id(),
                                        shown(price.amount(), price.currency(), price.interval())),
                        price.lookupKey()));
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
                step(new SetupStep(
                        Kind.WOULD_CREATE,
                        "price '%s': %s".formatted(wanted.lookupKey(), shown(wanted)),
                        wanted.lookupKey()));
            } else {
                var id = catalog.createPrice(product, wanted);
                step(new SetupStep(
                        Kind.CREATED,
                        "price '%s' (%s): %s".formatted(wanted.lookupKey(), id, shown(wanted)),
                        wanted.lookupKey()));
            }
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
