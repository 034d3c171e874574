package io.growalert.sandbox.http;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The handler of each route, the key that it requires, and the parameters that it supports. */
public final class ApiRoutes {
    /** The required key: the secret one, that or the publishable one, or none. */
    public enum Access {
        SECRET,
        CLIENT,
        ANYBODY
    }

    /**
     * @param known the names of the parameters, with {@code []} for a number and {@code *} for the rest of any name; null
     *     when all are accepted
     */
    public record Route(
            String method,
            List<String> segments,
            Access access,
            @Nullable Set<String> known,
            Function<ApiCall, ApiResponse> handler) {}

    public record Found(Route route, Map<String, String> variables) {}

    private static final Pattern NUMBER = Pattern.compile("\\[\\d*]");
    private static final Set<String> EVERYWHERE = Set.of("expand[]", "expand", "key");

    private final List<Route> routes = new ArrayList<>();

    /** Adds an address outside Stripe's API, with any parameters, which requires no key. */
    public void open(String method, String path, Function<ApiCall, ApiResponse> handler) {
        routes.add(new Route(method, segments(path), Access.ANYBODY, null, handler));
    }

    public void add(String method, String path, Access access, String known, Function<ApiCall, ApiResponse> handler) {
        routes.add(
                new Route(method, segments(path), access, Set.of(known.strip().split("\\s+", -1)), handler));
    }

    public List<Route> all() {
        return List.copyOf(routes);
    }

    /** @return null when there is nothing at this address */
    @Nullable
    public Found find(String method, String path) {
        var asked = segments(path);
        for (var route : routes) {
            var variables = route.method.equals(method) ? match(route.segments, asked) : null;
            if (variables != null) {
                return new Found(route, variables);
            }
        }
        return null;
    }

    private static @Nullable Map<String, String> match(List<String> pattern, List<String> asked) {
        if (pattern.size() != asked.size()) {
            return null;
        }
        var variables = new LinkedHashMap<String, String>();
        for (int i = 0; i < pattern.size(); i++) {
            var segment = pattern.get(i);
            if (segment.startsWith("{")) {
                variables.put(segment.substring(1, segment.length() - 1), asked.get(i));
            } else if (!segment.equals(asked.get(i))) {
                return null;
            }
        }
        return variables;
    }

    /**
     * A misspelt parameter is noticed.
     *
     * @throws ApiError parameter_unknown, which names it
     */
    public static void check(Route route, Params params) {
        var known = route.known;
        if (known == null) {
            return;
        }
        params.eachName(name -> {
            var general = NUMBER.matcher(name).replaceAll("[]");
            if (!known.contains(general) && !EVERYWHERE.contains(general) && !known(known, general)) {
                throw ApiError.invalid("parameter_unknown", "Received unknown parameter: " + name)
                        .param(name);
            }
        });
    }

    private static boolean known(Set<String> known, String name) {
        for (int end = name.lastIndexOf('['); end > 0; end = name.lastIndexOf('[', end - 1)) {
            if (known.contains(name.substring(0, end) + "*")) {
                return true;
            }
        }
        // An object or list that is emptied as a whole.
        return known.contains(name + "*") || known.contains(name + "[]");
    }

    private static List<String> segments(String path) {
        return List.of(path.split("/", -1));
    }
}
