package io.growalert.sandbox.webhook;

import io.growalert.sandbox.fault.Faults;
import io.growalert.sandbox.http.JsonNodes;
import io.growalert.sandbox.object.Store;
import java.net.http.HttpClient;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Sends each event to every endpoint that subscribes to its type. The endpoints that have not accepted it are stored with the event. An event is
 * staged with its change and sent once the change is in the journal, so that no endpoint receives an event of a change that a crash
 * undoes. Everything here but {@link #close()} is called under the store's lock.
 */
public final class WebhookDelivery implements AutoCloseable {
    /** The endpoints that have not accepted the event. */
    private static final String UNDELIVERED = "_undelivered";
    /** Those of them that it is never sent to; absent where there are none. */
    private static final String DROPPED = "_dropped";

    private final Store store;
    private final Faults faults;
    private final InstantSource clock;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(Duration.ofSeconds(5))
            .executor(threads)
            .build();

    private final Map<String, EndpointQueue> outlets = new LinkedHashMap<>();
    private final List<Runnable> staged = new ArrayList<>();

    public WebhookDelivery(Store store, Faults faults, InstantSource clock) {
        this.store = store;
        this.faults = faults;
        this.clock = clock;
    }

    /** Opens an endpoint, which replaces the one with the same id, and sends it what that one or an earlier run has not delivered. */
    public void open(WebhookEndpoint endpoint) {
        close(endpoint.id());
        var outlet = new EndpointQueue(endpoint, client, clock, this::rendered, event -> taken(event, endpoint.id()));
        outlets.put(endpoint.id(), outlet);
        store.kind("event").values().stream()
                .filter(event -> index(event.path(UNDELIVERED), endpoint.id()) >= 0)
                .filter(event -> index(event.path(DROPPED), endpoint.id()) < 0)
                .forEach(event -> outlet.offer(event, Duration.ZERO));
    }

    /** What waits for it is never sent. */
    void close(String endpointId) {
        var outlet = outlets.remove(endpointId);
        if (outlet != null) {
            outlet.close();
        }
    }

    /** Sends the new event with the next {@link #release}. */
    public void stage(ObjectNode event) {
        var type = JsonNodes.textOf(event, "type");
        var undelivered = event.putArray(UNDELIVERED);
        for (var outlet : outlets.values()) {
            if (outlet.endpoint().takes(type)) {
                var id = outlet.endpoint().id();
                undelivered.add(id);
                var copies = faults.copies(type);
                if (copies.isEmpty()) {
                    event.withArray(DROPPED).add(id);
                }
                copies.forEach(wait -> staged.add(() -> outlet.offer(event, wait)));
            }
        }
        event.put("pending_webhooks", undelivered.size());
        store.save(event);
    }

    public void release() {
        staged.forEach(Runnable::run);
        staged.clear();
    }

    /** Lets every endpoint read the clock again. */
    void wake() {
        outlets.values().forEach(EndpointQueue::wake);
    }

    /** For the status page: how many deliveries wait or are under way, by endpoint. */
    public Map<WebhookEndpoint, Integer> waiting() {
        var waiting = new LinkedHashMap<WebhookEndpoint, Integer>();
        outlets.values().forEach(outlet -> waiting.put(outlet.endpoint(), outlet.waiting()));
        return waiting;
    }

    public long undelivered() {
        return store.kind("event").values().stream()
                .filter(event -> JsonNodes.number(event, "pending_webhooks") > 0)
                .count();
    }

    @Override
    public void close() {
        store.locked(() -> {
            List.copyOf(outlets.keySet()).forEach(this::close);
            return null;
        });
        client.shutdownNow();
        threads.shutdownNow();
    }

    private ObjectNode rendered(ObjectNode event) {
        return store.locked(() -> JsonNodes.shown(event));
    }

    private void taken(ObjectNode event, String endpointId) {
        store.locked(() -> {
            var undelivered = event.withArray(UNDELIVERED);
            int index = index(undelivered, endpointId);
            if (index >= 0) { // no other copy came first
                undelivered.remove(index);
                event.put("pending_webhooks", undelivered.size());
                store.save(event);
            }
            return null;
        });
    }

    private static int index(JsonNode ids, String id) {
        for (int i = 0; i < ids.size(); i++) {
            if (ids.path(i).asString().equals(id)) {
                return i;
            }
        }
        return -1;
    }
}
