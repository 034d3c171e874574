package io.growalert.sandbox.object;

import io.growalert.sandbox.http.ApiCall;
import io.growalert.sandbox.http.ApiError;
import io.growalert.sandbox.http.ApiResponse;
import io.growalert.sandbox.http.ApiRoutes;
import io.growalert.sandbox.http.JsonNodes;
import io.growalert.sandbox.http.Params;
import java.util.ArrayList;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** The routes of Stripe's API, which respond with an object, expanded as requested, or with a page of a list. */
public final class ResourceRoutes {
    private static final String PAGE =
            " limit starting_after ending_before created created[gt] created[gte] created[lt] created[lte]";

    private final ApiRoutes routes;
    private final Store store;
    private final Expander expand;

    public ResourceRoutes(ApiRoutes routes, Store store, Expander expand) {
        this.routes = routes;
        this.store = store;
        this.expand = expand;
    }

    public void get(String path, Function<ApiCall, ObjectNode> answer) {
        get(path, "", answer);
    }

    /** @param known the parameters, separated by spaces */
    public void get(String path, String known, Function<ApiCall, ObjectNode> answer) {
        routes.add("GET", path, ApiRoutes.Access.SECRET, known, one(answer));
    }

    /**
     * @param known the parameters, separated by spaces
     */
    public void post(String path, String known, Function<ApiCall, ObjectNode> answer) {
        routes.add("POST", path, ApiRoutes.Access.SECRET, known, one(answer));
    }

    public void delete(String path, String known, Function<ApiCall, ObjectNode> answer) {
        routes.add("DELETE", path, ApiRoutes.Access.SECRET, known, one(answer));
    }

    /** An address that a browser may call with the publishable key. */
    public void client(String method, String path, String known, Function<ApiCall, ObjectNode> answer) {
        routes.add(method, path, ApiRoutes.Access.CLIENT, known, one(answer));
    }

    /**
     * A list of all objects of a kind that match a request's filter, the newest first.
     *
     * @param known the filter's parameters, separated by spaces
     */
    public void list(String path, String kind, String known, Function<ApiCall, Predicate<ObjectNode>> filter) {
        routes.add("GET", path, ApiRoutes.Access.SECRET, (known + PAGE).strip(), call -> {
            var page = page(call, kind, filter.apply(call));
            return ApiResponse.json(200, expand.apply(page, call.params().texts("expand")));
        });
    }

    /**
     * A search of the objects of a kind, the newest first.
     *
     * @param fields that can be searched, separated by spaces
     */
    public void search(String path, String kind, String fields) {
        var known = Set.of(fields.split(" ", -1));
        routes.add("GET", path, ApiRoutes.Access.SECRET, "query limit page", call -> {
            var params = call.params();
            var matches = SearchQuery.parse(params.require("query"), known);
            var found = store.kind(kind).descendingMap().values().stream()
                    .filter(object -> !JsonNodes.flag(object, "deleted") && matches.test(object))
                    .toList();
            var page = SearchQuery.page(call.path(), found, (int) params.number("page", 0), (int) limit(params));
            return ApiResponse.json(200, expand.apply(page, params.texts("expand")));
        });
    }

    private static long limit(Params params) {
        var limit = params.number("limit", 10);
        if (limit < 1 || limit > 100) {
            throw ApiError.invalid("parameter_invalid_integer", "Invalid limit: it must be from 1 to 100.")
                    .param("limit");
        }
        return limit;
    }

    /** A list of all of these, as inside another object. */
    public static ObjectNode all(String url, Iterable<ObjectNode> objects) {
        var list = JsonNodes.object();
        list.put("object", "list");
        var data = list.putArray("data");
        objects.forEach(object -> data.add(JsonNodes.shown(object)));
        list.put("has_more", false);
        list.put("url", url);
        return list;
    }

    private Function<ApiCall, ApiResponse> one(Function<ApiCall, ObjectNode> answer) {
        return call -> ApiResponse.json(
                200,
                expand.apply(JsonNodes.shown(answer.apply(call)), call.params().texts("expand")));
    }

    private ObjectNode page(ApiCall call, String kind, Predicate<ObjectNode> filter) {
        var params = call.params();
        var limit = limit(params);
        var objects = store.kind(kind);
        var after = cursor(params, "starting_after", kind);
        var before = cursor(params, "ending_before", kind);
        if (after != null && before != null) {
            throw ApiError.invalid("You cannot parameterize both starting_after and ending_before.");
        }
        var created = created(params);
        Map<Long, ObjectNode> candidates = before != null
                ? objects.tailMap(before, false)
                : (after == null ? objects : objects.headMap(after, false)).descendingMap();
        var data = new ArrayList<ObjectNode>();
        var more = false;
        for (var object : candidates.values()) {
            if (JsonNodes.flag(object, "deleted") || !created.test(object) || !filter.test(object)) {
                continue;
            }
            if (data.size() == limit) {
                more = true;
                break;
            }
            data.add(object);
        }
        var page = all(call.path(), before == null ? data : data.reversed());
        page.put("has_more", more);
        return page;
    }

    private @Nullable Long cursor(Params params, String name, String kind) {
        var id = params.text(name);
        if (id == null) {
            return null;
        }
        var object = store.find(kind, id);
        if (object == null) {
            throw ApiError.refersToNone(kind, id, name);
        }
        return Store.place(object, name);
    }

    private static Predicate<ObjectNode> created(Params params) {
        var range = params.child("created");
        if (range.isEmpty() && params.has("created")) {
            var exactly = params.number("created", 0);
            return object -> JsonNodes.number(object, "created") == exactly;
        }
        var gt = range.number("gt", Long.MIN_VALUE);
        var gte = range.number("gte", Long.MIN_VALUE);
        var lt = range.number("lt", Long.MAX_VALUE);
        var lte = range.number("lte", Long.MAX_VALUE);
        return object -> {
            var second = JsonNodes.number(object, "created");
            return second > gt && second >= gte && second < lt && second <= lte;
        };
    }
}
