package io.growalert.sandbox.webhook;

import java.net.URI;
import java.util.List;

/**
 * A webhook endpoint, which receives events.
 *
 * @param events the types that it subscribes to; {@code *} is all
 */
public record WebhookEndpoint(String id, URI url, String secret, List<String> events) {
    public WebhookEndpoint {
        events = List.copyOf(events);
    }

    boolean takes(String eventType) {
        return events.contains("*") || events.contains(eventType);
    }

    /** Leaves the secret out. */
    @Override
    public String toString() {
        return "WebhookEndpoint[" + id + "]";
    }
}
