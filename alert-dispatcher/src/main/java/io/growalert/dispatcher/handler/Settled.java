package io.growalert.dispatcher.handler;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.growalert.events.Json;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The addresses of a delivery that are settled; no further attempt goes to them.
 *
 * @param accepted addresses that accepted the message
 * @param refused addresses that refused it permanently, each with the response
 */
public record Settled(Set<String> accepted, Map<String, String> refused) {
    public static final Settled NONE = new Settled(Set.of(), Map.of());

    public Settled {
        accepted = Set.copyOf(accepted);
        refused = Map.copyOf(refused);
    }

    public boolean contains(String address) {
        return accepted.contains(address) || refused.containsKey(address);
    }

    public String json() {
        return new String(Json.write(this), UTF_8);
    }

    public static Settled read(@Nullable String json) {
        return json == null ? NONE : Json.read(json.getBytes(UTF_8), Settled.class);
    }
}
