package io.growalert.benchmarks.billing;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.growalert.benchmarks.load.SignedWebhook;
import io.growalert.benchmarks.load.StripeSigner;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Events in the order in which they happened.
 *
 * @param ties how many share their second with the one before of the same object
 */
record EventHistory(List<Event> events, int ties) {
    private static final int NEAR = 8;

    EventHistory {
        events = List.copyOf(events);
    }

    /** @param object that it is about, by kind and id */
    record Event(String id, String type, String object, ObjectNode json) {

        /** As Stripe writes it. */
        byte[] body() {
            return json.toPrettyString().getBytes(UTF_8);
        }

        static Event of(JsonNode json) {
            var object = json.at("/data/object");
            return new Event(
                    json.path("id").asString(),
                    json.path("type").asString(),
                    object.path("object").asString() + " " + object.path("id").asString(""),
                    (ObjectNode) json);
        }
    }

    /**
     * Gives each event its own second, and this share of them that of the previous event of the same object, if it is near
     * and no customer was deleted in between: that would be another history.
     *
     * @param end the second after the last
     */
    static EventHistory spread(List<Event> events, long end, double share, long seed) {
        var random = new Random(seed);
        var seconds = new HashMap<String, Long>();
        var indexes = new HashMap<String, Integer>();
        int lastDeletion = -1;
        int tied = 0;
        var candidates = candidates(events).size();
        double chance = Math.min(1, share * events.size() / Math.max(1, candidates));
        for (int i = 0; i < events.size(); i++) {
            var event = events.get(i);
            if (event.type().equals("customer.deleted")) {
                lastDeletion = i;
            }
            long second = end - events.size() + i;
            var before = indexes.put(event.object(), i);
            boolean ties = isNear(before, i, lastDeletion) && random.nextDouble() < chance;
            if (ties) {
                second = seconds.getOrDefault(event.object(), second);
                tied++;
            }
            seconds.put(event.object(), second);
            event.json().put("created", second);
        }
        return new EventHistory(events, tied);
    }

    private static List<Event> candidates(List<Event> events) {
        var candidates = new ArrayList<Event>();
        var indexes = new HashMap<String, Integer>();
        int lastDeletion = -1;
        for (int i = 0; i < events.size(); i++) {
            if (events.get(i).type().equals("customer.deleted")) {
                lastDeletion = i;
            }
            if (isNear(indexes.put(events.get(i).object(), i), i, lastDeletion)) {
                candidates.add(events.get(i));
            }
        }
        return candidates;
    }

    private static boolean isNear(@Nullable Integer before, int index, int lastDeletion) {
        return before != null && index - before <= NEAR && (lastDeletion < before || lastDeletion == index);
    }

    /** These events as webhooks, one after the other, each signed on demand; null at the end. */
    static Supplier<@Nullable SignedWebhook> webhooks(Iterable<Event> events) {
        var signature = new StripeSigner(BillingInstance.WEBHOOK_SECRET);
        var each = events.iterator();
        return () -> {
            if (!each.hasNext()) {
                return null;
            }
            var event = each.next();
            return SignedWebhook.signed(event.id(), event.body(), signature);
        };
    }

    /** How many objects there are of each kind. */
    Map<String, Integer> objects() {
        var kinds = new HashMap<String, Integer>();
        var seen = new HashSet<String>();
        for (var event : events) {
            if (seen.add(event.object())) {
                kinds.merge(event.object().replaceAll(" .*", ""), 1, Integer::sum);
            }
        }
        return kinds;
    }
}
