package io.growalert.billing.doctor;

import static io.growalert.billing.doctor.Diagnosis.note;
import static io.growalert.billing.doctor.Diagnosis.ok;
import static io.growalert.billing.doctor.Diagnosis.problem;

import io.growalert.billing.doctor.Diagnosis.Area;
import io.growalert.billing.stripe.StripeConnection;
import io.growalert.billing.stripe.StripeFailure;
import io.growalert.billing.stripe.StripeKeys;
import io.growalert.billing.stripe.StripeRights;
import io.growalert.billing.stripe.StripeSettings;
import io.growalert.billing.stripe.StripeTrial;
import io.growalert.billing.stripe.StripeTrial.CallResult;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Checks what billing needs: the key and its rights, the prices, the webhook endpoint and its deliveries, mail, and the clock. Changes
 * nothing. The command line, the start and the health of the service report the same.
 */
public final class Doctor {
    /** Beyond it, webhooks are close to being rejected, and times in records are wrong. */
    private static final Duration CLOCK_LIMIT = Duration.ofMinutes(1);

    private final StripeSettings settings;
    private final Offer offer;
    private final StripeConnection stripe;
    private final WebhookCheck webhooks;
    private final Supplier<List<Diagnosis>> mail;
    private final Optional<Arrivals> arrivals;

    /**
     * What is sold.
     *
     * @param prices lookup keys; empty: the setting is missing
     * @param device the lookup key of the price of a device; empty: an amount is configured
     * @param portal whether customers may open Stripe's Customer Portal
     */
    public record Offer(List<String> prices, String device, boolean portal) {
        public Offer {
            prices = List.copyOf(prices);
        }
    }

    Doctor(
            StripeSettings settings,
            Offer offer,
            StripeConnection stripe,
            @Nullable URI webhook,
            Supplier<List<Diagnosis>> mail,
            Optional<Arrivals> arrivals,
            InstantSource clock) {
        this.settings = settings;
        this.offer = offer;
        this.stripe = stripe;
        this.mail = mail;
        this.arrivals = arrivals;
        webhooks = new WebhookCheck(stripe.webhooks(), Optional.ofNullable(webhook), arrivals, clock);
    }

    /**
     * For the command line: what only a running service knows is left out, and mail.
     *
     * @param webhook the address to which Stripe should post; null: any address of a gateway
     */
    public static Doctor withoutService(StripeSettings settings, Offer offer, @Nullable URI webhook) {
        return new Doctor(
                settings,
                offer,
                StripeConnection.open(settings),
                webhook,
                List::of,
                Optional.empty(),
                InstantSource.system());
    }

    /** Runs all checks, which takes some seconds. Without a working key those that need Stripe are left out. */
    public List<Diagnosis> examine() {
        var report = stripe.trial().run(offer.portal());
        var diagnoses = new ArrayList<Diagnosis>();
        diagnoses.add(key(report));
        diagnoses.addAll(publishableKey());
        if (report.failure().isEmpty()) {
            diagnoses.addAll(rights(report));
            diagnoses.add(clock(report.ahead()));
            diagnoses.addAll(asked(Area.PRICES, this::prices));
            diagnoses.addAll(asked(Area.PRICES, this::device));
            diagnoses.addAll(asked(Area.WEBHOOK, webhooks::endpoint));
            diagnoses.addAll(asked(Area.EVENTS, webhooks::deliveries));
        }
        arrivals.map(Arrivals::signatures).ifPresent(diagnoses::add);
        diagnoses.addAll(mail.get());
        return List.copyOf(diagnoses);
    }

    private Diagnosis key(StripeTrial.TrialReport report) {
        var failure = report.failure();
        if (failure.isPresent()) {
            return failure.get() instanceof CallResult.Denied
                    ? problem(
                            Area.KEY,
                            "Stripe at %s rejected the secret key (HTTP 401)".formatted(settings.apiBase()),
                            "set %s to a valid one".formatted(StripeKeys.SECRET_KEY_VARIABLE))
                    : problem(
                            Area.KEY,
                            "Stripe at %s is unreachable".formatted(settings.apiBase()),
                            "check the network; then run this again");
        }
        var key = settings.secretKey().value();
        var mode = StripeKeys.isLive(key) ? "live, cards are charged" : "test mode, no money moves";
        return key.startsWith("rk_")
                ? ok(Area.KEY, "restricted key: " + mode)
                : note(
                        Area.KEY,
                        "key with all rights: %s. A restricted key limits what a thief can do: %s"
                                .formatted(mode, StripeRights.form(StripeKeys.isLive(key), offer.portal())));
    }

    /** Nothing where it is as it should be, or not known here. */
    private List<Diagnosis> publishableKey() {
        var key = settings.publishableKey();
        if (key.isBlank()) {
            return List.of();
        }
        if (!StripeKeys.isPublishable(key)) {
            return List.of(problem(
                    Area.KEY,
                    "the publishable key is not a publishable key, and browsers would get it",
                    "set %s to pk_...".formatted(StripeKeys.PUBLISHABLE_KEY_VARIABLE)));
        }
        return StripeKeys.isLive(key) == StripeKeys.isLive(settings.secretKey().value())
                ? List.of()
                : List.of(problem(
                        Area.KEY,
                        "the secret key and the publishable key are of two modes",
                        "set %s to the one of the same mode".formatted(StripeKeys.PUBLISHABLE_KEY_VARIABLE)));
    }

    /** The rights to a resource that calls lack, and what billing does by these calls. */
    private record Missing(Set<String> rights, Set<String> purposes) {
        Missing() {
            this(new LinkedHashSet<>(), new LinkedHashSet<>());
        }

        Diagnosis diagnosis() {
            var needed = StripeRights.strongest(rights);
            return problem(
                    Area.RIGHTS,
                    "the key lacks the right %s, by which billing %s"
                            .formatted(String.join(" or ", needed), String.join(", ", purposes)),
                    "grant '%s' to the key in Stripe's dashboard"
                            .formatted(needed.stream().map(StripeRights::shown).collect(Collectors.joining("' or '"))));
        }
    }

    /** A problem for each resource to which the key lacks rights, with all that does not work. */
    private static List<Diagnosis> rights(StripeTrial.TrialReport report) {
        var missing = new TreeMap<String, Missing>();
        var unknown = new LinkedHashSet<String>();
        for (var tried : report.attempts()) {
            switch (tried.result()) {
                case CallResult.Permitted _, CallResult.Denied _, CallResult.Unreachable _ -> {}
                case CallResult.Forbidden(var rights) -> {
                    var resources = rights.stream()
                            .map(right -> right.replaceAll("_(read|write)$", ""))
                            .sorted()
                            .collect(Collectors.joining(" "));
                    var lacking = missing.computeIfAbsent(resources, _ -> new Missing());
                    lacking.rights().addAll(rights);
                    lacking.purposes().add(tried.purpose());
                }
                case CallResult.Unknown(var reason) -> unknown.add("%s: %s".formatted(tried.call(), reason));
            }
        }
        var all = Stream.concat(
                        missing.values().stream().map(Missing::diagnosis),
                        unknown.stream().map(call -> note(Area.RIGHTS, "could not be tried: " + call)))
                .toList();
        return all.isEmpty()
                ? List.of(ok(
                        Area.RIGHTS,
                        "all %d calls are permitted".formatted(report.attempts().size())))
                : all;
    }

    /** @param measured how far our clock is ahead of Stripe's; empty: unknown */
    static Diagnosis clock(Optional<Duration> measured) {
        if (measured.isEmpty()) {
            return note(Area.CLOCK, "Stripe's responses have no date");
        }
        var ahead = measured.get();
        if (ahead.abs().compareTo(CLOCK_LIMIT) <= 0) {
            return ok(
                    Area.CLOCK, "within %d s of Stripe's".formatted(ahead.abs().toSeconds() + 1));
        }
        return problem(
                Area.CLOCK,
                "this computer's clock is %d s %s Stripe's"
                        .formatted(ahead.abs().toSeconds(), ahead.isNegative() ? "behind" : "ahead of"),
                "synchronize it (NTP): webhooks are rejected beyond growalert.billing.webhook.tolerance");
    }

    private List<Diagnosis> prices() {
        if (offer.prices().isEmpty() && arrivals.isEmpty()) {
            return List.of(
                    note(
                            Area.PRICES,
                            "no prices are set here; the running service has its own, and compose offers growalert-monthly and growalert-yearly"));
        }
        if (offer.prices().isEmpty()) {
            return List.of(problem(
                    Area.PRICES,
                    "no prices are configured",
                    "run 'growalert billing setup' and set GROWALERT_BILLING_CUSTOMER_PRICES as it says"));
        }
        var found = stripe.prices().withKeys(offer.prices());
        return offer.prices().stream()
                .map(key -> found.stream()
                        .filter(price -> price.lookupKey().equals(key))
                        .findFirst()
                        .map(price -> price.obstacle() == null
                                ? ok(Area.PRICES, "'%s' is %s".formatted(key, price.id()))
                                : problem(
                                        Area.PRICES,
                                        "'%s' is %s, which cannot be offered: %s"
                                                .formatted(key, price.id(), price.obstacle()),
                                        "create another price at Stripe and give it this lookup key"))
                        .orElseGet(() -> problem(
                                Area.PRICES,
                                "Stripe has no active price with the lookup key '%s'".formatted(key),
                                "run 'growalert billing setup'")))
                .toList();
    }

    private List<Diagnosis> device() {
        if (offer.device().isBlank()) {
            return List.of();
        }
        return List.of(stripe.prices()
                .unitPrice(offer.device())
                .map(price -> price.obstacle() == null
                        ? ok(Area.PRICES, "'%s', of a device, is %s".formatted(offer.device(), price.id()))
                        : problem(
                                Area.PRICES,
                                "'%s' is %s, which cannot be charged for a device: %s"
                                        .formatted(offer.device(), price.id(), price.obstacle()),
                                "create another price at Stripe and give it this lookup key"))
                .orElseGet(() -> problem(
                        Area.PRICES,
                        "Stripe has no active price with the lookup key '%s', of a device".formatted(offer.device()),
                        "run 'growalert billing setup'")));
    }

    /** A missing right is reported as such; another failure leaves the area unknown. */
    private static List<Diagnosis> asked(Area area, Supplier<List<Diagnosis>> check) {
        try {
            return check.get();
        } catch (StripeFailure e) {
            return List.of(note(area, "unknown: " + e.getMessage()));
        }
    }
}
