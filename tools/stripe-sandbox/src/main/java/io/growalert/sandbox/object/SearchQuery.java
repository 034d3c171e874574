package io.growalert.sandbox.object;

import io.growalert.sandbox.http.ApiError;
import io.growalert.sandbox.http.JsonNodes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Stripe's search query language (docs.stripe.com/search): {@code active:'true' AND metadata['plan']:'basic'}. */
final class SearchQuery {
    private static final Pattern CLAUSE = Pattern.compile(
            "\\s*(-?)([a-z_.0-9]+)(?:\\[[\"']([^\"']+)[\"']])?\\s*(:|~|>=|<=|>|<)\\s*(?:\"([^\"]*)\"|'([^']*)'|(null|-?\\d+))\\s*");
    private static final Pattern JOIN = Pattern.compile("(?i)(AND|OR)\\b");

    private SearchQuery() {}

    /**
     * @param fields that can be searched
     * @throws ApiError 400 for a query that is malformed, or names another field
     */
    static Predicate<ObjectNode> parse(String query, Set<String> fields) {
        var clauses = new ArrayList<Predicate<ObjectNode>>();
        var join = "";
        int at = 0;
        while (true) {
            var clause = CLAUSE.matcher(query).region(at, query.length());
            if (!clause.lookingAt()) {
                throw invalid("We were unable to parse your search query at: " + query.substring(at));
            }
            clauses.add(clause(
                    clause.group(1).isEmpty(),
                    field(clause.group(2), clause.group(3), fields),
                    clause.group(4),
                    value(clause.group(5), clause.group(6), clause.group(7))));
            at = clause.end();
            if (at == query.length()) {
                return join.equals("OR") ? any(clauses) : all(clauses);
            }
            var next = JOIN.matcher(query).region(at, query.length());
            if (!next.lookingAt()) {
                throw invalid("We were unable to parse your search query at: " + query.substring(at));
            }
            var word = next.group(1).toUpperCase(Locale.ROOT);
            if (!join.isEmpty() && !join.equals(word)) {
                throw invalid("AND and OR cannot be combined in one search query.");
            }
            join = word;
            at = next.end();
        }
    }

    private static Predicate<ObjectNode> all(List<Predicate<ObjectNode>> clauses) {
        return object -> clauses.stream().allMatch(clause -> clause.test(object));
    }

    private static Predicate<ObjectNode> any(List<Predicate<ObjectNode>> clauses) {
        return object -> clauses.stream().anyMatch(clause -> clause.test(object));
    }

    private static String field(String name, @Nullable String key, Set<String> fields) {
        if (!fields.contains(name) || name.equals("metadata") != (key != null)) {
            throw invalid("Field `%s` is an unsupported search field for this resource.".formatted(name));
        }
        return key == null
                ? "/" + name.replace('.', '/')
                : "/metadata/" + key.replace("~", "~0").replace("/", "~1");
    }

    private static String value(@Nullable String quoted, @Nullable String single, @Nullable String bare) {
        return Objects.requireNonNull(quoted != null ? quoted : single != null ? single : bare);
    }

    private static Predicate<ObjectNode> clause(boolean positive, String pointer, String operator, String value) {
        return object -> positive == holds(object.at(pointer), operator, value);
    }

    private static boolean holds(JsonNode actual, String operator, String value) {
        if (value.equals("null")) {
            return actual.isNull() || actual.isMissingNode();
        }
        var text = actual.isValueNode() && !actual.isNull() ? actual.asString("") : "";
        return switch (operator) {
            case ":" -> text.equalsIgnoreCase(value);
            case "~" -> text.toLowerCase(Locale.ROOT).contains(value.toLowerCase(Locale.ROOT));
            case ">" -> actual.asLong(0) > number(value);
            case "<" -> actual.asLong(0) < number(value);
            case ">=" -> actual.asLong(0) >= number(value);
            default -> actual.asLong(0) <= number(value);
        };
    }

    private static long number(String value) {
        try {
            return Long.parseLong(value);
        } catch (NumberFormatException _) {
            throw invalid("Invalid number in the search query: " + value);
        }
    }

    private static ApiError invalid(String message) {
        return ApiError.invalid(message).param("query");
    }

    /** The page of a result that begins at a position. */
    static ObjectNode page(String url, List<ObjectNode> found, int from, int limit) {
        var to = Math.min(found.size(), from + limit);
        var page = JsonNodes.object();
        page.put("object", "search_result").put("url", url).put("has_more", to < found.size());
        page.put("next_page", to < found.size() ? Integer.toString(to) : null);
        var data = page.putArray("data");
        found.subList(Math.min(from, to), to).forEach(object -> data.add(JsonNodes.shown(object)));
        return page;
    }
}
