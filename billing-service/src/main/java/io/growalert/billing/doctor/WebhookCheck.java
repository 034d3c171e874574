package io.growalert.billing.doctor;

import static io.growalert.billing.doctor.Diagnosis.note;
import static io.growalert.billing.doctor.Diagnosis.ok;
import static io.growalert.billing.doctor.Diagnosis.problem;

import io.growalert.billing.doctor.Diagnosis.Area;
import io.growalert.billing.projection.EventTypes;
import io.growalert.billing.stripe.StripeWebhooks;
import io.growalert.billing.stripe.StripeWebhooks.Endpoint;
import io.growalert.billing.stripe.StripeWebhooks.SentEvent;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Whether Stripe posts the events that billing applies, and whether they arrive. */
final class WebhookCheck {
    private static final String SETUP = "run 'growalert billing setup --webhook-url https://YOUR-GATEWAY/webhook'";
    private static final String PATH = "/webhook";
    /** For which Stripe retries. */
    private static final Duration RETRIED = Duration.ofDays(3);
    /** An event may be on its way. */
    private static final Duration ON_ITS_WAY = Duration.ofMinutes(10);

    private static final int NAMED = 3;

    private final StripeWebhooks webhooks;
    private final Optional<URI> expected;
    private final Optional<Arrivals> arrivals;
    private final InstantSource clock;

    /**
     * @param expected the address to which Stripe should post; empty: any with the gateway's path
     * @param arrivals empty: not known
     */
    WebhookCheck(StripeWebhooks webhooks, Optional<URI> expected, Optional<Arrivals> arrivals, InstantSource clock) {
        this.webhooks = webhooks;
        this.expected = expected;
        this.arrivals = arrivals;
        this.clock = clock;
    }

    List<Diagnosis> endpoint() {
        return List.of(endpoint(webhooks.list()));
    }

    private Diagnosis endpoint(List<Endpoint> endpoints) {
        var ours = endpoints.stream().filter(this::isOurs).toList();
        if (ours.isEmpty()) {
            return arrivals.flatMap(Arrivals::last)
                    .filter(last -> last.isAfter(clock.instant().minus(RETRIED)))
                    .map(last -> note(
                            Area.WEBHOOK,
                            "no webhook endpoint at Stripe, but events arrive, the last at %s: by the Stripe CLI?"
                                    .formatted(last)))
                    .orElseGet(() -> problem(
                            Area.WEBHOOK,
                            "no webhook endpoint at Stripe posts to %s"
                                    .formatted(expected.map(URI::toString).orElse("a gateway's " + PATH)),
                            SETUP));
        }
        var doubled = ours.stream()
                .filter(endpoint -> endpoint.enabled()
                        && ours.stream()
                                .anyMatch(other -> !other.id().equals(endpoint.id())
                                        && other.enabled()
                                        && other.url().equals(endpoint.url())))
                .findFirst();
        if (doubled.isPresent()) {
            return problem(
                    Area.WEBHOOK,
                    "two webhook endpoints post to %s: each event arrives twice, once with a signature that the service rejects"
                            .formatted(doubled.get().url()),
                    "delete the one in Stripe's dashboard whose secret the service does not have");
        }
        // of several, the one with the least problems
        return ours.stream()
                .map(WebhookCheck::diagnosis)
                .min(Comparator.comparing(Diagnosis::severity))
                .orElseThrow();
    }

    private boolean isOurs(Endpoint endpoint) {
        return expected.map(url -> endpoint.url().equals(url.toString()))
                .orElseGet(() -> endpoint.url().endsWith(PATH));
    }

    private static Diagnosis diagnosis(Endpoint endpoint) {
        var applied = StripeWebhooks.eventTypes(EventTypes::areApplied);
        var missing = applied.stream().filter(type -> !endpoint.receives(type)).toList();
        var beside = endpoint.typesBeside(applied);
        if (!endpoint.enabled()) {
            return problem(
                    Area.WEBHOOK,
                    "the webhook endpoint %s is disabled".formatted(endpoint.url()),
                    "make it reachable, then " + SETUP);
        }
        if (!endpoint.isOfOurVersion()) {
            return problem(
                    Area.WEBHOOK,
                    "the webhook endpoint %s is of API version %s, not %s"
                            .formatted(endpoint.url(), endpoint.apiVersion(), StripeWebhooks.apiVersion()),
                    "delete it in Stripe's dashboard, then " + SETUP);
        }
        if (!missing.isEmpty()) {
            return problem(
                    Area.WEBHOOK,
                    "the webhook endpoint %s does not receive %d types of events: %s%s"
                            .formatted(
                                    endpoint.url(),
                                    missing.size(),
                                    missing.stream().limit(NAMED).collect(Collectors.joining(", ")),
                                    missing.size() > NAMED ? " ..." : ""),
                    SETUP);
        }
        if (!beside.isEmpty()) {
            return note(
                    Area.WEBHOOK,
                    "%s posts to %s, also types of events that billing does not apply: %s%s"
                            .formatted(
                                    endpoint.id(),
                                    endpoint.url(),
                                    beside.stream().limit(NAMED).collect(Collectors.joining(", ")),
                                    beside.size() > NAMED ? " ..." : ""));
        }
        return ok(Area.WEBHOOK, "%s posts to %s".formatted(endpoint.id(), endpoint.url()));
    }

    List<Diagnosis> deliveries() {
        var late = webhooks.undelivered(clock.instant().minus(RETRIED)).stream()
                .filter(event -> EventTypes.areApplied(event.type()))
                .filter(event -> event.created().isBefore(clock.instant().minus(ON_ITS_WAY)))
                .toList();
        var missing = arrivals.map(known -> {
                    var ids = known.missing(late.stream().map(SentEvent::id).toList());
                    return late.stream()
                            .filter(event -> ids.contains(event.id()))
                            .toList();
                })
                .orElse(late);
        if (!missing.isEmpty()) {
            var oldest = "%s of %s"
                    .formatted(missing.getLast().type(), missing.getLast().created());
            if (arrivals.isEmpty()) {
                // an endpoint of other software may be the one that has not accepted them
                return List.of(note(
                        Area.EVENTS,
                        "%d events of the last 3 days were not accepted by an endpoint, the oldest %s; the running service knows whether they arrived"
                                .formatted(missing.size(), oldest)));
            }
            return List.of(problem(
                    Area.EVENTS,
                    "%d events of the last 3 days did not arrive, the oldest %s".formatted(missing.size(), oldest),
                    "see the deliveries of the webhook endpoint in Stripe's dashboard; when they arrive again, run"
                            + " 'growalert billing reconcile'"));
        }
        return List.of(last());
    }

    private Diagnosis last() {
        var latest = webhooks.latest().stream().findFirst();
        var recorded = arrivals.flatMap(Arrivals::last);
        if (latest.isEmpty()) {
            return note(Area.EVENTS, "Stripe has had no event in the last 30 days");
        }
        var text = "the latest is %s of %s, %s%s"
                .formatted(
                        latest.get().type(),
                        latest.get().created(),
                        latest.get().delivered() ? "delivered" : "not delivered yet",
                        recorded.map(at -> "; last recorded at " + seconds(at)).orElse(""));
        return latest.get().delivered() ? ok(Area.EVENTS, text) : note(Area.EVENTS, text);
    }

    private static Instant seconds(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS);
    }
}
