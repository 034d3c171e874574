package io.growalert.billing.stripe;

import static io.growalert.billing.stripe.StripeFailure.orFail;

import com.stripe.Stripe;
import com.stripe.StripeClient;
import com.stripe.model.WebhookEndpoint;
import com.stripe.param.EventListParams;
import com.stripe.param.WebhookEndpointCreateParams;
import com.stripe.param.WebhookEndpointCreateParams.EnabledEvent;
import com.stripe.param.WebhookEndpointListParams;
import com.stripe.param.WebhookEndpointUpdateParams;
import io.growalert.definitions.Secret;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The account's webhook endpoints, and how Stripe's deliveries to them go. */
public final class StripeWebhooks {
    /** More are not possible: Stripe permits 16. */
    private static final long ALL = 100;

    private static final long PAGE = 100;
    private static final int MOST_EVENTS = 2_000;
    private static final String ANY = "*";
    private static final String DESCRIPTION = "GrowAlert billing";

    private final StripeClient stripe;

    StripeWebhooks(StripeClient stripe) {
        this.stripe = stripe;
    }

    /**
     * @param apiVersion null: the account's default
     * @param types of events; {@code *} for all
     */
    public record Endpoint(
            String id,
            String url,
            boolean enabled,
            @Nullable String apiVersion,
            List<String> types) {
        public Endpoint {
            types = List.copyOf(types);
        }

        /** Those of its types that are none of these. */
        public List<String> typesBeside(Collection<String> wanted) {
            return types.stream().filter(type -> !wanted.contains(type)).toList();
        }

        public boolean receives(String type) {
            return types.contains(ANY) || types.contains(type);
        }

        /** Whether its events have the fields that this release reads: those of later versions of the same release train, too. */
        public boolean isOfOurVersion() {
            return apiVersion == null || apiVersion.endsWith("." + Stripe.MAJOR_API_VERSION);
        }
    }

    /** @param secret signs its events; Stripe shows it only this time */
    public record Created(Endpoint endpoint, Secret secret) {}

    /** @param delivered to every endpoint that subscribes to it */
    public record SentEvent(String id, String type, Instant created, boolean delivered) {}

    /** The version of the API whose events this release reads. */
    public static String apiVersion() {
        return Stripe.API_VERSION;
    }

    /** Stripe's types of events that fulfil the condition, in alphabetical order. */
    public static List<String> eventTypes(Predicate<String> condition) {
        return Arrays.stream(EnabledEvent.values())
                .map(EnabledEvent::getValue)
                .filter(type -> !type.equals(ANY) && condition.test(type))
                .sorted()
                .toList();
    }

    /**
     * All endpoints, the newest first.
     *
     * @throws StripeFailure when the request failed
     */
    public List<Endpoint> list() {
        var parameters = WebhookEndpointListParams.builder().setLimit(ALL).build();
        return orFail(() -> stripe.v1().webhookEndpoints().list(parameters)).getData().stream()
                .map(StripeWebhooks::endpoint)
                .toList();
    }

    /** Creates an endpoint of {@link #apiVersion}. */
    public Created create(URI url, List<String> types) {
        var parameters = WebhookEndpointCreateParams.builder()
                .setUrl(url.toString())
                .setDescription(DESCRIPTION)
                .addAllEnabledEvent(types.stream().map(StripeWebhooks::enabled).toList())
                .putExtraParam("api_version", apiVersion())
                .build();
        var created = orFail(() -> stripe.v1().webhookEndpoints().create(parameters));
        return new Created(endpoint(created), new Secret(Objects.requireNonNull(created.getSecret())));
    }

    /** Enables an endpoint, with these types of events alone. */
    public void update(String id, List<String> types) {
        var parameters = WebhookEndpointUpdateParams.builder()
                .setDisabled(false)
                .putExtraParam("enabled_events", types)
                .build();
        orFail(() -> stripe.v1().webhookEndpoints().update(id, parameters));
    }

    public void delete(String id) {
        orFail(() -> stripe.v1().webhookEndpoints().delete(id));
    }

    /** The latest event of the account; empty when there is none in the last 30 days. */
    public List<SentEvent> latest() {
        return deliveries(EventListParams.builder().setLimit(1L).build());
    }

    /** Events since then that an endpoint has not accepted, the latest first, at most 2,000. */
    public List<SentEvent> undelivered(Instant since) {
        var found = new ArrayList<SentEvent>();
        @Nullable String last = null;
        do {
            var page = deliveries(EventListParams.builder()
                    .setDeliverySuccess(false)
                    .setCreated(EventListParams.Created.builder()
                            .setGte(since.getEpochSecond())
                            .build())
                    .setLimit(PAGE)
                    .setStartingAfter(last)
                    .build());
            found.addAll(page);
            last = page.size() == PAGE ? page.getLast().id() : null;
        } while (last != null && found.size() < MOST_EVENTS);
        return List.copyOf(found);
    }

    private List<SentEvent> deliveries(EventListParams parameters) {
        var events = orFail(() -> stripe.v1().events().list(parameters));
        return StripeFields.parse(events.getLastResponse().body())
                .path("data")
                .valueStream()
                .map(event -> new StripeFields(event, "event"))
                .map(event -> new SentEvent(
                        event.text("id"),
                        event.text("type"),
                        event.time("created"),
                        event.number("pending_webhooks", 0) == 0))
                .toList();
    }

    private static EnabledEvent enabled(String type) {
        return Arrays.stream(EnabledEvent.values())
                .filter(event -> event.getValue().equals(type))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("Stripe has no events of the type " + type));
    }

    private static Endpoint endpoint(WebhookEndpoint endpoint) {
        return new Endpoint(
                endpoint.getId(),
                endpoint.getUrl(),
                "enabled".equals(endpoint.getStatus()),
                endpoint.getApiVersion(),
                endpoint.getEnabledEvents());
    }
}
